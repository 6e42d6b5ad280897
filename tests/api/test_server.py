"""How the service starts and stops."""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest
from fastapi import FastAPI
from uvicorn.importer import import_from_string

from hub.api.application import make_application
from hub.core.access.tokens import Scope
from hub.core.app import Hub, make_home, open_hub
from hub.core.contracts.errors import NotFound, SettingsError
from hub.core.store.schema import HEAD
from hub.core.store.tables import Organisation
from hub.serving import from_environment

Serve = Callable[[FastAPI], AbstractContextManager[str]]


@pytest.mark.parametrize("home", [None, ""])
def test_without_a_home_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
    monkeypatch.delenv("HUB_HOME", raising=False)
    if home is not None:
        monkeypatch.setenv("HUB_HOME", home)
    with pytest.raises(SettingsError, match="HUB_HOME"):
        from_environment()


def test_without_a_hub_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    with pytest.raises(NotFound, match="there is no hub"):
        from_environment()


def test_the_hub_is_served_and_closed_at_the_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, serve: Serve
) -> None:
    home = tmp_path / "home"
    make_home(home, Organisation(name="Kino", time_zone="Europe/Paris", currency="EUR", country="FR"))
    monkeypatch.setenv("HUB_HOME", str(home))
    served: list[Hub] = []

    def seen(home: Path) -> Hub:
        served.append(open_hub(home))
        return served[0]

    monkeypatch.setattr("hub.serving.open_hub", seen)
    application = import_from_string("hub.serving:from_environment")()
    (hub,) = served
    token = hub.tokens.create("t", [Scope.SEGMENTS_READ])
    with serve(application) as address:
        answer = httpx.get(
            f"{address}/api/v1/segments", headers={"Authorization": f"Bearer {token}"}, trust_env=False
        )
        assert answer.json() == {"items": [], "next_cursor": None}
    with pytest.raises(duckdb.ConnectionException):
        hub.engine.refresh()


def test_a_server_that_stops_lets_runs_end_after_their_batch(
    open_theatre: Callable[..., Hub], platform: Any, serve: Serve
) -> None:
    hub = open_theatre()
    hub.segments.create("All", "everyone")
    sync = hub.syncs.create("all", "All", "mailing", permission=None)
    headers = {"Authorization": f"Bearer {hub.tokens.create('t', list(Scope))}"}
    platform.opened.clear()

    def open_once_cancelled() -> None:
        while not hub.syncs.history(sync)[0].cancel_requested:
            time.sleep(0.01)
        platform.opened.set()

    with serve(make_application(hub)) as address:
        started = httpx.post(f"{address}/api/v1/syncs/{sync.id}/runs", headers=headers, trust_env=False)
        assert started.status_code == 202
        assert platform.entered.wait(60)
        watching = threading.Thread(target=open_once_cancelled)
        watching.start()
    watching.join()
    (run,) = hub.syncs.history(sync)
    assert (run.status, run.added + run.rejected) == ("cancelled", 10)
    assert hub.syncs.run(sync).status == "partial"  # the hub itself was not closed


def test_health_needs_no_token_and_is_kept_nowhere(stranger: httpx.Client) -> None:
    answer = stranger.get("/api/v1/health")
    assert answer.json() == {"status": "ok", "schema_version": HEAD}
    assert answer.headers["Cache-Control"] == "no-store"
    assert stranger.get("/api/v1/health/live").json() == {"status": "ok"}


def test_plugins_are_listed_with_what_they_bring(api: httpx.Client) -> None:
    plugins = {plugin["name"]: plugin for plugin in api.get("/plugins").json()["items"]}
    assert plugins["platform"]["state"] == "loaded"
    assert plugins["platform"]["components"] == [
        {"kind": "audience_sink", "name": "platform", "label": "Platform"}
    ]
    assert "orders" in {one["name"] for one in plugins["criteria"]["components"]}
    assert plugins["criteria"]["hooks"] == ["hub_criteria"]

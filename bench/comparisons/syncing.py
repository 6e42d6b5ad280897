"""Syncs to a Facebook server in another process: a first beside hashing, JSON and HTTP, a later one beside it."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager

import httpx

from bench.changing import changed_hub
from bench.comparison import Comparison, Work
from bench.world import World, clock
from hub.core.app import Hub, open_hub
from hub.core.store.tables import RunStatus, SyncRun
from hub.core.sync.runner import Manner

_TOKEN, _ACCOUNT = "EAAinvented", "77"
_SYNC = "Everyone"
_REQUEST = 10_000
"""Rows; the platform's limit."""
_COLUMNS: Mapping[str, str] = {
    "EMAIL": "email", "GEN": "gender", "LN": "last_name", "FN": "first_name", "CT": "city", "ST": "region",
    "ZIP": "postcode", "COUNTRY": "country",
}  # fmt: skip


def comparisons() -> Sequence[Comparison]:
    """The first sync, and one after one customer in a thousand changed."""
    return [
        Comparison(
            "sync.first",
            first,
            hash_and_send,
            "the first sync of all customers to a Facebook audience",
            "SHA-256, JSON and HTTP of the same members",
            budget=1.5,
        ),
        Comparison(
            "sync.later",
            later,
            first_after_change,
            "a later run, 0.1 % of all customers changed",
            "the first run",
            budget=0.02,
        ),
        Comparison(
            "sync.idle",
            idle,
            first,
            "a later run, nothing changed",
            "the first run",
        ),
    ]


@contextmanager
def first(world: World) -> Iterator[Work]:
    """Sync everyone."""
    with _server() as url, changed_hub(world, lambda hub: _prepare(hub, url), 0) as hub:
        yield lambda: _held(_run(hub), hub)


@contextmanager
def first_after_change(world: World) -> Iterator[Work]:
    """Sync everyone after the same change."""
    with _server() as url, changed_hub(world, lambda hub: _prepare(hub, url), world.customers // 1_000) as hub:
        yield lambda: _held(_run(hub), hub)


@contextmanager
def later(world: World) -> Iterator[Work]:
    """Sync what changed since the first run."""
    with _server() as url:

        def sync_first(hub: Hub) -> None:
            _prepare(hub, url)
            _run(hub)

        with changed_hub(world, sync_first, world.customers // 1_000) as hub:

            def work() -> int:
                run = _run(hub)
                assert run.updated <= world.customers // 1_000, run.message  # some lived in Kiel already
                return _held(run, hub)

            yield work


@contextmanager
def idle(world: World) -> Iterator[Work]:
    """Sync when there is nothing to do."""
    with _server() as url:

        def sync_first(hub: Hub) -> None:
            _prepare(hub, url)
            _run(hub)

        with changed_hub(world, sync_first, 0) as hub:
            yield lambda: _held(_run(hub), hub)


@contextmanager
def hash_and_send(world: World) -> Iterator[Work]:
    """Hash, encode and send the same members, who lie ready in memory, to an audience that is there."""
    with closing(open_hub(world.home, clock)) as hub:
        rows = hub.segments.rows(hub.segments.ask("everyone").members)
        values = [rows[name].to_pylist() for name in _COLUMNS.values()]
    with _server() as url, httpx.Client(timeout=120, trust_env=False) as http:
        headers = {"Authorization": f"Bearer {_TOKEN}"}
        audience = http.post(
            f"{url}/v25.0/act_{_ACCOUNT}/customaudiences",
            headers=headers,
            data={"name": _SYNC, "subtype": "CUSTOM", "customer_file_source": "USER_PROVIDED_ONLY"},
        ).json()["id"]

        def work() -> int:
            received = 0
            count = len(values[0])
            for start in range(0, count, _REQUEST):
                pieces = [_hashed(column[start : start + _REQUEST]) for column in values]
                data = [[row[0], *row] for row in zip(*pieces, strict=True)]
                session = {
                    "session_id": 1, "batch_seq": start // _REQUEST + 1, "estimated_num_total": count,
                    "last_batch_flag": start + _REQUEST >= count,
                }  # fmt: skip
                body = {"payload": {"schema": ["EXTERN_ID", *_COLUMNS], "data": data}, "session": session}
                sent = json.dumps(body, separators=(",", ":")).encode()
                answer = http.post(
                    f"{url}/v25.0/{audience}/users",
                    content=sent,
                    headers=headers | {"Content-Type": "application/json"},
                )
                received += answer.json()["num_received"]
            return received

        yield work


def _hashed(values: Sequence[str | None]) -> Sequence[str]:
    return [hashlib.sha256(value.strip().lower().encode()).hexdigest() if value else "" for value in values]


def _prepare(hub: Hub, url: str) -> None:
    """Make the segment, the connection and the sync."""
    settings = {"access_token": _TOKEN, "ad_account_id": _ACCOUNT, "base_url": url}
    hub.connections.connect("facebook", "adverts", settings)
    hub.segments.create(_SYNC, "everyone")
    hub.syncs.create(_SYNC, _SYNC, "adverts", permission=None)


def _run(hub: Hub) -> SyncRun:
    run = hub.syncs.run(hub.syncs.named(_SYNC), Manner(approved=True))
    assert run.status == RunStatus.SUCCEEDED, run.message
    return run


def _held(run: SyncRun, hub: Hub) -> int:
    """How many members the audience holds after a run."""
    runs = hub.syncs.history(hub.syncs.of_id(run.sync_id))
    return sum(run.added - run.removed for run in runs)


@contextmanager
def _server() -> Iterator[str]:
    """The base URL of an ad account that was just made."""
    command = [sys.executable, "-m", "hub.testing.platforms.facebook", "--token", _TOKEN, "--account", _ACCOUNT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        try:
            yield running.stdout.readline().strip()
        finally:
            running.terminate()

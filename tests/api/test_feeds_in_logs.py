"""No log of the server has a feed's secret, whatever it is set to tell: real processes, and what they write."""

import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from hub.api.logs import HideSecrets, keep_secrets_out
from hub.core.app import Hub, make_home, open_hub
from hub.core.feeds.secrets import new_secret, without_secrets
from hub.core.store.tables import Organisation

CONFIGURED = Path(__file__).parents[2] / "config" / "logging.ini"
SERVED = """
import sys, uvicorn
from hub.core.feeds.reading import FeedReading

read = FeedReading.read

def read_or_fail(self, secret, form, *arguments, **named):
    if form == "json":
        raise RuntimeError(f"at /feeds/{secret}.json, or {secret}")
    return read(self, secret, form, *arguments, **named)

FeedReading.read = read_or_fail
port, config = sys.argv[1:]
uvicorn.run(
    "hub.serving:from_environment", factory=True, port=int(port), log_level="trace",
    **({"log_config": config} if config else {}),
)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    make_home(home, Organisation(name="Kino", time_zone="Europe/Paris", currency="EUR", country="FR"))
    return home


def issue(home: Path) -> str:
    """The secret of a new feed."""
    hub: Hub = open_hub(home)
    hub.segments.create("All", "everyone")
    secret = hub.feeds.create("shop", "All", permission=None).secret
    hub.close()
    return secret


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def served_and_asked(command: Sequence[str], port: int, home: Path, secret: str) -> tuple[str, list[int]]:
    """Run a server, ask it in many ways, and end it; all that it wrote, and the statuses of its answers."""
    log = home.parent / "said"
    environment = {**os.environ, "HUB_HOME": str(home)}
    with (
        log.open("w") as said,
        subprocess.Popen(command, cwd=home.parent, env=environment, stdout=said, stderr=said) as process,
    ):
        try:
            statuses = asked(port, secret)
            process.send_signal(signal.SIGINT)
            process.wait(60)
        finally:
            process.kill()
    files = [log, *home.parent.glob("hub.log*")]
    return "".join(file.read_text() for file in files), statuses


def asked(port: int, secret: str) -> list[int]:
    """Ask a server in many ways once it is up; the statuses of its answers."""
    paths = (
        f"/feeds/{secret}.csv", f"/feeds/{secret}.json", f"/feeds/{secret}.csv?a={secret}", f"/Feeds/{secret}",
        f"//feeds/{secret}.csv", f"/feeds%2F{secret}.csv", f"/feed/{secret}", f"/{secret}",
        f"/feeds/x/{secret}.csv", f"/feeds/{secret[:20]}.csv",
        f"/%66EEDS%2f%{ord(secret[0]):x}{secret[1:]}.csv", f"/x%2F{secret}",
    )  # fmt: skip
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as client:
        for _ in range(300):
            with suppress(httpx.ConnectError):
                client.get("/api/v1/health/live")
                break
            time.sleep(0.1)
        client.get(paths[0], headers={**upgrade, "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})
        # Each by itself: after a bug, the server ends the connection.
        return [client.get(path, headers={"Connection": "close"}).status_code for path in paths]


@pytest.mark.parametrize("config", ["", str(CONFIGURED)])
def test_at_the_most_talkative_level_and_in_tracebacks(home: Path, config: str) -> None:
    secret, port = issue(home), free_port()
    said, statuses = served_and_asked([sys.executable, "-c", SERVED, str(port), config], port, home, secret)
    assert statuses[:3] == [200, 500, 200]
    assert "GET /feeds/*** HTTP/1.1" in said
    assert secret not in said
    assert secret[1:20] not in said
    if not config:  # that one tells little of errors
        assert "RuntimeError: at /feeds/***" in said
        assert "Started scope=" in said


def test_hub_serve_with_all_that_it_can_tell(home: Path) -> None:
    secret, port = issue(home), free_port()
    command = shutil.which("hub", path=Path(sys.executable).parent)
    assert command
    said, statuses = served_and_asked([command, "serve", "--port", str(port), "--verbose"], port, home, secret)
    assert statuses[:3] == [200, 200, 200]
    assert "GET /feeds/***" in said
    assert secret not in said


def test_what_is_no_secret_is_told_as_it_is() -> None:
    said = '127.0.0.1:1 - "GET /api/v1/feeds/3/rotate HTTP/1.1" 200 /api/v1/segments/1/members?limit=5'
    assert without_secrets(said) == said
    secret = new_secret()
    assert without_secrets(f"at {secret}, b'/hub/feeds/{secret}.csv'") == "at ***, b'/hub/feeds/***'"


def test_records_are_hidden_once_and_go_on(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        keep_secrets_out()
    access = logging.getLogger("uvicorn.access")
    assert sum(isinstance(each, HideSecrets) for each in access.filters) == 1
    with caplog.at_level(logging.INFO, "uvicorn.access"):
        access.info('%s - "%s %s HTTP/%s" %d', "127.0.0.1:1", "GET", "/feeds/x.csv", "1.1", 200)
    (record,) = caplog.records
    assert record.args == ("127.0.0.1:1", "GET", "/feeds/***", "1.1", 200)

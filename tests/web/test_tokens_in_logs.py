"""No log of the server has a token of a customer's address, whatever it is set to tell: a real process."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from hub.core.access.signatures import Purpose, Signatures
from hub.core.access.token_masking import without_tokens
from hub.core.app import make_home
from hub.core.store.tables import Organisation

SERVED = (
    "import sys, uvicorn; "
    "uvicorn.run('hub.serving:from_environment', factory=True, port=int(sys.argv[1]), log_level='trace')"
)


@pytest.mark.parametrize("by_hub", [True, False])
def test_at_the_most_talkative_level(tmp_path: Path, by_hub: bool) -> None:
    home = tmp_path / "home"
    make_home(home, Organisation(name="Kino", time_zone="Europe/Paris", currency="EUR", country="FR"))
    signatures = Signatures(home)
    click, leave = signatures.sign(Purpose.CLICK, 1, 10**6), signatures.sign(Purpose.UNSUBSCRIBE, 10**6)
    look, confirm = signatures.sign(Purpose.OPEN, 1), signatures.sign(Purpose.CONFIRM, 1)
    paths = [
        f"/l/{click}", f"/u/{leave}", f"/o/{look}.gif", f"/confirm/{confirm}", f"/x/{leave}", f"/u%2F{leave}",
        f"/U/{leave}?a={leave}", f"//u/{leave}/", f"/u/%{ord(leave[0]):x}{leave[1:]}", f"/%75/{leave}",
    ]  # fmt: skip
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-c", SERVED, str(port)]
    if by_hub:
        found = shutil.which("hub", path=Path(sys.executable).parent)
        assert found is not None
        command = [found, "serve", "--port", str(port), "--verbose"]
    log = tmp_path / "said"
    environment = {**os.environ, "HUB_HOME": str(home)}
    with (
        log.open("w") as said,
        subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=said, stderr=said) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as client,
    ):
        try:
            for _ in range(300):
                with suppress(httpx.ConnectError):
                    client.get("/api/v1/health/live")
                    break
                time.sleep(0.1)
            statuses = [client.get(path).status_code for path in paths]
            statuses.append(client.post(paths[1]).status_code)
            process.send_signal(signal.SIGINT)
            process.wait(60)
        finally:
            process.kill()
    text = log.read_text()
    assert statuses == [404, 404, 200, *[404] * 8]
    assert "GET /u/*** HTTP/1.1" in text
    assert "POST /u/*** HTTP/1.1" in text
    for token in (click, leave, look, confirm):
        assert token.partition(".")[2] not in text


def test_what_is_no_token_is_told_as_it_is() -> None:
    said = (
        '127.0.0.1:1 - "GET /api/v1/campaign-links/3 HTTP/1.1" 200 /c/k7wq2mzd /static/pages.css?0a1b2c3d4e5f 1.2'
    )
    assert without_tokens(said) == said

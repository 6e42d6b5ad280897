"""``serve=True``: the platform, the schedule and the REST API go on until the process is told to end."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

_SCRIPT = """
import sys
from pathlib import Path
from hub.demo.story import run
sys.exit(run(Path(sys.argv[1]), serve=True, say=lambda line: print(line, flush=True), customers=600))
"""


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, str(tmp_path / "home")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def said_until(process: subprocess.Popen[str], beginning: str) -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith(beginning):
            return lines
    assert process.stderr is not None
    raise AssertionError(process.stderr.read())


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_stopped(demo: subprocess.Popen[str], signal_number: signal.Signals) -> None:
    lines = said_until(demo, "What the platform holds:")
    command = next(line for line in lines if "curl" in line)
    found = re.search(r"Bearer (hub_\S+)' (\S+)$", command)
    assert found is not None
    transport = httpx.HTTPTransport(retries=20)  # it begins to listen a moment later
    with httpx.Client(transport=transport, timeout=30) as client:
        answer = client.get(found[2], headers={"Authorization": f"Bearer {found[1]}"})
        assert answer.status_code == 200
        assert "Win-back" in answer.text
        assert client.get(found[2]).status_code == 401
        state = client.get(lines[-1].rsplit(" ", 1)[1]).json()
        assert any("Win-back" in one["segments"] for one in state["lists"].values())
    demo.send_signal(signal_number)
    _, errors = demo.communicate(timeout=60)
    assert (demo.returncode, errors) == (0, "")

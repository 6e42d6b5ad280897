"""A sync that is killed at random moments, for real: the platform ends up with what it should hold.

``HUB_KILLS=50`` makes it a longer run.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

KILLS = int(os.environ.get("HUB_KILLS", "4"))
MEMBERS = 3000

RUN = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from hub.core.app import open_hub
from hub.core.sync.runner import Manner
later = datetime.now(UTC) + timedelta(hours=int(sys.argv[2]))
hub = open_hub(Path(sys.argv[1]), lambda: later)
run = hub.syncs.run(hub.syncs.named("readers"), Manner(approved=True))
print(run.status, run.message, flush=True)
hub.close()
"""


@pytest.fixture
def platform() -> Iterator[tuple[str, str]]:
    """A loopback platform in its own process: its URL and the id of its list."""
    command = [sys.executable, "-m", "hub.testing.platforms.mailchimp"]
    options = ["--port", "0", "--key", "invented-us3", "--list", "Readers"]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        list_id = process.stdout.readline().split("\t")[0].strip()
        yield url, list_id
        process.terminate()


def test_killed_at_random_moments_it_converges(platform: tuple[str, str], tmp_path: Path) -> None:
    from hub import Batch, ConsentRecord, CustomerRecord
    from hub.core.app import make_home, open_hub
    from hub.core.ingest.ingest import Ingest
    from hub.core.store.tables import Organisation

    url, list_id = platform
    home = tmp_path / "home"
    make_home(home, Organisation(name="Theater", time_zone="Europe/Berlin", currency="EUR", country="DE"))
    hub = open_hub(home)
    ingest = Ingest(hub.database, hub.organisation, "test")

    def bring(first: int, last: int, country: str) -> None:
        people = [
            CustomerRecord(id=str(n), email=f"reader{n}@example.org", country=country) for n in range(first, last)
        ]
        consents = [ConsentRecord(customer=str(n), permission="newsletter") for n in range(first, last)]
        list(ingest.store([Batch.of(*people, *consents)]))

    bring(0, MEMBERS, "DE")
    settings = {"api_key": "invented-us3", "list_id": list_id, "base_url": url}
    hub.connections.connect("mailchimp", "letters", settings)
    hub.segments.create("Germans", 'country in ("DE")')
    hub.syncs.create("readers", "Germans", "letters", permission="newsletter")
    expected = set(range(MEMBERS))
    chance = random.Random(20240615)
    for kill in range(KILLS):
        gone, came = chance.randrange(MEMBERS - 200), MEMBERS + kill * 50
        bring(gone, gone + 200, "DK")
        bring(came, came + 50, "DE")
        expected = expected - set(range(gone, gone + 200)) | set(range(came, came + 50))
        with subprocess.Popen(
            [sys.executable, "-c", RUN, str(home), str(kill + 1)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as process:
            time.sleep(chance.uniform(0.8, 3.0))
            process.send_signal(signal.SIGKILL)
            process.wait()
    final = subprocess.run(
        [sys.executable, "-c", RUN, str(home), str(KILLS + 2)], capture_output=True, text=True, check=True
    )
    assert final.stdout.startswith("succeeded"), final.stdout
    assert tagged(url, list_id) == {f"reader{number}@example.org" for number in expected}
    hub.close()


def tagged(url: str, list_id: str) -> set[str]:
    root = url.removesuffix("/3.0")
    with urllib.request.urlopen(f"{root}/__state") as answer:
        state: Any = json.load(answer)
    return set(addresses(state, list_id))


def addresses(state: Any, list_id: str) -> Iterator[str]:
    for address, member in state["lists"][list_id]["members"].items():
        if member["tags"]:
            yield address

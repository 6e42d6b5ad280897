"""A newsletter whose process is killed at random moments, for real, over a real mail server: nobody gets it twice.

``HUB_KILLS=50`` makes it a longer run.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from hub import Batch, ConsentRecord, CustomerRecord
from hub.core.app import Hub, open_hub
from hub.core.ingest.ingest import Ingest
from hub.core.messaging.newsletters.drafts import Draft
from hub.core.messaging.templates.contents import Wording
from tests.messaging.conftest import EMAIL, make_home_with_address
from tests.messaging.mail_server import mail_server

KILLS = int(os.environ.get("HUB_KILLS", "2"))
READERS = 500 * (KILLS + 1)
SIDE_BY_SIDE = 4

SEND = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from hub.core.app import open_hub
later = datetime.now(UTC) + timedelta(minutes=int(sys.argv[2]))
hub = open_hub(Path(sys.argv[1]), lambda: later)
print(hub.newsletters.run(hub.newsletters.named("News")).status, flush=True)
hub.close()
"""


def test_killed_at_random_moments_it_sends_nothing_twice(tmp_path: Path) -> None:
    home = tmp_path / "home"
    make_home_with_address(home)
    hub = open_hub(home)
    chance = random.Random(20261122)
    with mail_server(seconds=0.005) as server:
        prepare(hub, server.settings())
        for kill in range(KILLS):
            process = subprocess.Popen(
                [sys.executable, "-c", SEND, str(home), str(5 * kill)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            before = server.taken.total()
            while process.poll() is None and server.taken.total() == before:
                time.sleep(0.01)  # until it is at work
            time.sleep(chance.uniform(0.0, 1.5))
            process.send_signal(signal.SIGKILL)
            process.wait()
        final = subprocess.run(
            [sys.executable, "-c", SEND, str(home), str(5 * KILLS)], capture_output=True, text=True, check=True
        )
        assert final.stdout.strip() == "sent", final.stdout
        time.sleep(0.2)  # what the last process that was killed had handed over
        newsletter = hub.newsletters.named("News")
        counts = hub.newsletters.states([newsletter])[0].counts
        assert max(server.taken.values()) == 1, "somebody got it twice"
        assert counts["sent"] + counts.get("unknown", 0) == READERS
        assert counts["sent"] <= len(server.taken) <= READERS
        assert counts.get("unknown", 0) <= KILLS * SIDE_BY_SIDE, "only what was under way is of unknown fate"
    hub.close()


def prepare(hub: Hub, settings: dict[str, object]) -> None:
    """Readers, a template, a connection and a newsletter that is to go out."""
    people = [CustomerRecord(id=str(n), email=f"reader{n}@example.org") for n in range(READERS)]
    consents = [ConsentRecord(customer=str(n), permission="newsletter") for n in range(READERS)]
    list(Ingest(hub.database, hub.organisation, "test").store([Batch.of(*people, *consents)]))
    hub.connections.connect("email", "mail", {**settings, "connections": SIDE_BY_SIDE})
    template = hub.templates.create("News")
    hub.templates.set_wording(template, Wording(EMAIL, "", "News", "Hello, goodbye: {{ unsubscribe_url }}", ""))
    hub.newsletters.schedule(hub.newsletters.create(Draft("News", "News")))

"""The whole path to Facebook: customers are imported, a segment is asked, and its audience kept true to it."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hub_facebook import FacebookSettings, FacebookSink
from hub_facebook.normalising import hashed

from hub import ConsentRecord, Context, CustomerRecord
from hub.core import http
from hub.core.engines.duckdb import DuckDBEngine
from hub.core.segments.views import Views
from hub.core.store.facts.erasing import erase_customers
from hub.core.store.syncs import rejections
from hub.core.store.tables import Sync, SyncRun
from hub.core.sync.guarded_sink import GuardedSink
from hub.core.sync.runner import Manner, SyncRunner, SyncWorld
from hub.testing.platforms.facebook import FacebookServer
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.messages import Reply
from tests.mortal_database import Killed

from .conftest import NOW, Stage

TOKEN = "EAAinventedtoken"
NAMES = ("ada", "bo", "cy", "di", "ed", "flo")


@dataclass
class Theatre:
    """A hub with a segment that a sync keeps on a loopback Facebook."""

    stage: Stage
    server: FacebookServer
    sync: Sync
    waited: list[float] = field(default_factory=list)

    def run(self) -> SyncRun:
        """Run the sync with a new sink, as each run has."""
        with http.client(repeatable=True, attempts=2, sleep=self._wait) as client:
            return self._runner(client).finish(self._runner(client).begin(self.sync), Manner(approved=True))

    def _wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.stage.now += timedelta(seconds=seconds)

    def _runner(self, client: Any) -> SyncRunner:
        stage = self.stage
        context = Context(
            client,
            lambda: stage.now,
            logging.getLogger("test"),
            ZoneInfo("Europe/Berlin"),
            "EUR",
            "DE",
            stage.folder,
            sleep=self._wait,
        )
        settings = FacebookSettings.model_validate(
            {"access_token": TOKEN, "ad_account_id": "77", "base_url": self.server.url, "timeout": 0.4}
        )
        segments = stage.segments()
        world = SyncWorld(
            stage.database, stage.organisation, DuckDBEngine(stage.replica, 2), segments,
            Views(stage.database, stage.organisation, segments),
            lambda connection: GuardedSink(FacebookSink(settings, context), "facebook"), lambda: stage.now,
            self._wait,
        )  # fmt: skip
        return SyncRunner(world, "test")

    @property
    def audience(self) -> str:
        """The id of the only audience."""
        (audience,) = self.server.account.audiences
        return audience

    @property
    def held(self) -> set[str]:
        """The hashes of the addresses in the audience."""
        return {row["EMAIL"] for row in self.server.people(self.audience)}

    def uploads(self) -> int:
        """How many requests changed the audience's members."""
        return sum(request.path.endswith("/users") for request in self.server.requests)


def hashes(*names: str) -> set[str]:
    return {hashed(f"{name}@example.com") for name in names}


@pytest.fixture
def theatre(stage: Stage) -> Iterator[Theatre]:
    with FacebookServer(TOKEN, "77") as server:
        stage.bring_readers(*NAMES)
        yield Theatre(stage, server, stage.sync())


def test_the_audience_follows_the_segment(theatre: Theatre) -> None:
    stage = theatre.stage
    first = theatre.run()
    assert (first.status, first.added) == ("succeeded", 6)
    assert theatre.held == hashes(*NAMES)
    before = theatre.uploads()
    assert theatre.run().status == "succeeded"
    assert theatre.uploads() == before
    stage.bring(CustomerRecord(id="ada", country="DK"))
    stage.bring(CustomerRecord(id="bo", email="bo.new@example.com"))
    stage.bring(ConsentRecord(customer="cy", permission="newsletter", given=False))
    stage.bring(CustomerRecord(id="di", phone="0151 12345678"))
    with stage.database.writing() as connection:
        erase_customers(connection, [5])
    run = theatre.run()
    assert run.status == "succeeded"
    assert theatre.held == hashes("bo.new", "di", "flo")
    (di,) = [row for row in theatre.server.people(theatre.audience) if row["EMAIL"] in hashes("di")]
    assert di["PHONE"] == hashed("4915112345678")


FAULTS = [
    Fault.bodyless(502),
    Fault.html(200),
    Fault(reset="after"),
    Fault(truncate=True),
    Fault(delay=0.6),
    Fault(Reply.of({"error": {"code": 80003, "message": "too many calls"}}, 400)),
    Fault(Reply.of({"num_received": 7, "num_invalid_entries": 0})),
]


def test_passing_faults_are_waited_out(theatre: Theatre) -> None:
    theatre.stage.bring(CustomerRecord(id="ada", country="DK"))
    theatre.run()
    gone, there = "ada", "bo"
    for fault in FAULTS:
        # Both in one run: one customer leaves while another returns.
        theatre.server.faults.add(fault, on="POST .*/users$", times=1 if fault.delay else 2)
        theatre.server.faults.add(fault, on="DELETE .*/users$", times=1 if fault.delay else 2)
        gone, there = there, gone
        theatre.stage.bring(CustomerRecord(id=gone, country="DK"), CustomerRecord(id=there, country="DE"))
        run = theatre.run()
        assert (run.status, len(theatre.server.faults)) == ("succeeded", 0), fault
        assert theatre.held == hashes(*NAMES) - hashes(gone), fault


def test_meta_says_how_long_to_wait(theatre: Theatre) -> None:
    throttled = Reply.of({"error": {"code": 17, "message": "limit"}}, 400)
    usage = {"x-business-use-case-usage": '{"77": [{"estimated_time_to_regain_access": 1}]}'}
    theatre.server.faults.add(Fault(Reply(400, throttled.body, headers=usage)), on="users")
    run = theatre.run()
    assert run.message == "6 added, 0 updated, 0 removed"
    assert 60.0 in theatre.waited


def test_refused_customers_are_named(theatre: Theatre) -> None:
    theatre.server.account.refused = hashes("bo", "ed")
    theatre.server.account.most_samples = 1
    run = theatre.run()
    assert (run.status, run.added, run.rejected) == ("partial", 4, 2)
    assert theatre.held == hashes("ada", "cy", "di", "flo")
    with theatre.stage.database.session() as session:
        assert len(rejections(session, run)) == 2


def test_the_token_expires_in_mid_run(theatre: Theatre) -> None:
    expired = Reply.of({"error": {"code": 190, "error_subcode": 463, "message": TOKEN}}, 401)
    theatre.server.faults.add(Fault(expired), on="users")
    run = theatre.run()
    assert run.status == "failed"
    assert run.message is not None
    assert "expired" in run.message
    assert TOKEN not in run.message
    assert theatre.run().status == "succeeded"
    assert theatre.held == hashes(*NAMES)


def test_the_audience_is_deleted_behind_our_back(theatre: Theatre) -> None:
    theatre.run()
    theatre.server.account.audiences.clear()
    run = theatre.run()
    assert run.status == "failed"
    assert run.message is not None
    assert "set the sync up anew" in run.message


def test_killed_between_any_two_steps_it_converges(make_stage: Callable[[Path], Stage], tmp_path: Path) -> None:
    with FacebookServer(TOKEN, "77") as server:
        stage = make_stage(tmp_path)
        stage.bring_readers(*NAMES)
        theatre = Theatre(stage, server, stage.sync())
        for left in (2, 3, 5):
            stage.database.transactions_left = left
            try:
                theatre.run()
            except Killed:
                stage.database.dead = False
                stage.now += (NOW - NOW.replace(hour=11)) * 2  # the lease of the dead is over
            stage.database.transactions_left = None
            country = "DK" if left % 2 else "DE"
            stage.bring(CustomerRecord(id="ada", country=country))
        stage.bring(CustomerRecord(id="ada", country="DK"))
        stage.now += (NOW - NOW.replace(hour=11)) * 2
        assert theatre.run().status == "succeeded"
        assert theatre.held == hashes(*NAMES[1:])
        stage.close()


def test_a_new_address_of_a_person_meta_knows_by_phone(theatre: Theatre) -> None:
    """Both addresses are the same person to Meta: taking out the old one last takes out the new one."""
    theatre.stage.bring(CustomerRecord(id="bo", phone="+4915112345678"))
    theatre.run()
    theatre.stage.bring(CustomerRecord(id="bo", email="bo.new@example.com"))
    theatre.run()
    assert hashes("bo.new") <= theatre.held

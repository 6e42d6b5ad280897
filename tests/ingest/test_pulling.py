"""Imports of connected sources are recorded batch by batch, one at a time, and say how they ended."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from hub import (
    Batch,
    CustomerRecord,
    InUse,
    NotAuthorised,
    NotFound,
    RejectedRow,
    SettingsError,
    TryAgain,
    UserError,
)
from hub.core.ingest.connected import ConnectedSources
from hub.core.ingest.heartbeat import heartbeat
from hub.core.ingest.ingest import Ingest
from hub.core.ingest.pulling import SILENCE, Puller
from hub.core.ingest.service import Imports
from hub.core.schedules import Schedule
from hub.core.store.database import Database
from hub.core.store.tables import Connection, ImportRun, Organisation

START = datetime(2024, 6, 1, 12, tzinfo=UTC)


@dataclass
class Scripted:
    """A source that brings what it is told to, one batch after the other, and notes its cursor."""

    script: list[Batch | Exception | Callable[[], None]] = field(default_factory=list)
    cursors: list[str | None] = field(default_factory=list)

    def check(self) -> None: ...

    def read(self, cursor: str | None) -> Iterator[Batch]:
        self.cursors.append(cursor)
        for step in self.script:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, Batch):
                yield step
            else:
                step()


class Desk:
    """A hub's imports with one connected source, and a clock that a test sets."""

    def __init__(self, database: Database, organisation: Organisation) -> None:
        self.database, self.now = database, START
        self.script = Scripted()
        self.sources = self.in_another_process(organisation)
        with database.session(write=True) as session:
            for name, kind in (("shop", "data_source"), ("mail", "audience_sink")):
                made = Connection(
                    organisation_id=organisation.id or 0, name=name, kind=kind, component="scripted",
                    settings="{}", created_at=START, changed_at=START,
                )  # fmt: skip
                session.add(made)
        self.shop = self.sources.named("shop")

    def in_another_process(self, organisation: Organisation) -> ConnectedSources:
        imports = Imports(self.database, organisation, lambda _kind: "scripted", lambda: self.now)
        puller = Puller(self.database, imports, lambda _connection: self.script, lambda: self.now)
        return ConnectedSources(self.database, organisation, puller, _no_second, lambda: self.now)

    def run(self, *script: Any, **how: Any) -> ImportRun:
        self.script.script = list(script)
        return self.sources.run(self.shop, **how).run

    def runs(self) -> list[ImportRun]:
        with self.database.session() as session:
            return list(session.scalars(select(ImportRun)).all())


def _no_second(schedule: Schedule) -> None:
    if schedule.cron == "0 0 30 2 *":
        raise UserError("it never comes")


@pytest.fixture
def desk(database: Database, organisation: Organisation) -> Desk:
    return Desk(database, organisation)


def people(*names: str, cursor: str | None = None) -> Batch:
    return Batch.of(*(CustomerRecord(id=name) for name in names), cursor=cursor)


def test_a_run_is_recorded_with_what_it_did(desk: Desk) -> None:
    run = desk.run(people("a", "b", cursor="1"), people("b", "c"), Batch(deletions={"customers": ["a", "?"]}))
    assert (run.status, run.message) == ("succeeded", "3 new, 0 changed, 1 deleted")
    assert (run.inserted, run.updated, run.unchanged, run.deleted, run.rejected) == (3, 0, 2, 1, 0)
    assert run.ended_at == START
    desk.run()
    assert desk.script.cursors == [None, "1"]
    assert [one.id for one in desk.sources.history(desk.shop)] == [2, 1]
    assert desk.sources.newest_runs(desk.sources.all())[desk.shop.id or 0].id == 2


def test_rejected_rows_are_kept_up_to_a_bound_and_all_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.core.store.imports.MOST_REJECTIONS", 5)
    bad = [
        Batch(rejected=[RejectedRow(line, "it is wrong", "email") for line in lines])
        for lines in ((2, 3, 4), range(5, 9))
    ]
    run = desk.run(people("a"), *bad)
    assert (run.status, run.rejected) == ("partial", 7)
    assert run.message == "1 new, 0 changed, 0 deleted; 7 rejected, each with its reason"
    kept = desk.sources.rejections(run)
    assert [(one.line, one.field, one.reason) for one in kept] == [
        (line, "email", "it is wrong") for line in (2, 3, 4, 5, 6)
    ]
    assert [one.line for one in desk.sources.rejections(run, after=kept[1].id, limit=2)] == [4, 5]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (TryAgain("the shop is slow."), "the shop is slow; the next run goes on from here"),
        (NotAuthorised("the key is refused"), "the key is refused; enter a valid key with `hub connect`"),
        (UserError("the shop is closed"), "the shop is closed"),
        (KeyError("x"), "plugin 'scripted': raised KeyError"),
    ],
)
def test_what_stops_a_run_is_told_and_the_next_goes_on(desk: Desk, error: Exception, message: str) -> None:
    run = desk.run(people("a", cursor="1"), error)
    assert run.status == "failed"
    assert run.message.startswith(message)
    assert run.inserted == 1
    assert desk.run(people("b")).status == "succeeded"
    assert desk.script.cursors == [None, "1"]


def test_a_bug_in_the_hub_is_recorded_and_raised(desk: Desk) -> None:
    def stumble(_report: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        desk.run(people("a"), progress=stumble)
    (run,) = desk.runs()
    assert (run.status, run.message) == ("failed", "an unexpected ZeroDivisionError; this is a bug in the hub")


def test_one_run_at_a_time_and_it_can_be_cancelled_from_elsewhere(desk: Desk, organisation: Organisation) -> None:
    elsewhere = desk.in_another_process(organisation)

    def cancel() -> None:
        with pytest.raises(InUse, match="'shop' is being imported already"):
            elsewhere.run(desk.shop)
        elsewhere.cancel(desk.shop)

    run = desk.run(people("a", cursor="1"), cancel, people("b", cursor="2"))
    assert (run.status, run.message) == ("cancelled", "somebody cancelled it; the next run goes on from here")
    assert run.inserted == 1
    with pytest.raises(InUse, match="is not being imported"):
        desk.sources.cancel(desk.shop)
    assert desk.run().status == "succeeded"
    assert desk.script.cursors == [None, "1"]


def test_a_silent_run_is_taken_over_and_stores_nothing_more(desk: Desk, organisation: Organisation) -> None:
    elsewhere = desk.in_another_process(organisation)

    def fall_silent() -> None:
        desk.now += SILENCE + timedelta(seconds=1)
        desk.script.script = [people("b", cursor="of the second")]
        assert elsewhere.run(desk.shop).run.status == "succeeded"

    run = desk.run(people("a", cursor="1"), fall_silent, people("late", cursor="2"))
    assert (run.status, run.message) == (
        "interrupted",
        "its process ended before the run did; the next run goes on from there",
    )
    assert desk.script.cursors == [None, "1"]
    ingest = Ingest(desk.database, organisation, "shop", lambda: START)
    assert ingest.cursor() == "of the second"
    assert run.inserted == 1


def test_a_run_that_tells_it_is_at_work_is_not_taken_over(desk: Desk) -> None:
    begun = desk.sources.begin(desk.shop)
    desk.now += SILENCE
    with pytest.raises(InUse):
        desk.sources.begin(desk.shop)
    desk.now += timedelta(seconds=1)
    assert desk.sources.begin(desk.shop).run_id > begun.run_id


def test_two_that_begin_at_once_are_told_apart(desk: Desk) -> None:
    ready, begun, refused = threading.Barrier(4), [], []

    def begin() -> None:
        ready.wait()
        try:
            begun.append(desk.sources.begin(desk.shop))
        except InUse as error:
            refused.append(error)

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(begun), len(refused)) == (1, 3)


def test_a_heart_beats_while_something_works_and_not_after() -> None:
    beats = threading.Semaphore(0)

    def beat() -> None:
        beats.release()
        raise TryAgain("the store is locked")

    with heartbeat(beat, timedelta(milliseconds=1)):
        assert all(beats.acquire(timeout=10) for _ in range(3))
    assert not [thread for thread in threading.enumerate() if thread.name == "import heartbeat"]


def test_a_schedule_is_checked_and_kept(desk: Desk) -> None:
    assert desk.sources.schedule(desk.shop, "every 15 minutes").schedule == "every 15 minutes"
    assert desk.sources.pause(desk.shop, paused=True).paused
    for wrong in ("sometimes", "0 0 30 2 *"):
        with pytest.raises(UserError):
            desk.sources.schedule(desk.shop, wrong)
    kept = desk.sources.named("shop")
    assert (kept.schedule, kept.paused) == ("every 15 minutes", True)
    assert desk.sources.schedule(desk.shop, None).schedule is None


def test_only_data_sources_are_there(desk: Desk) -> None:
    assert [source.name for source in desk.sources.all()] == ["shop"]
    with pytest.raises(SettingsError, match="is no data source"):
        desk.sources.named("mail")
    with pytest.raises(NotFound):
        desk.sources.of_id((desk.shop.id or 0) + 1)
    with pytest.raises(NotFound):
        desk.sources.run_of(1)


def test_a_dry_run_is_not_recorded(desk: Desk) -> None:
    desk.script.script = [people("a")]
    assert desk.sources.try_out(desk.shop).inserted["customers"] == 1
    assert desk.runs() == []

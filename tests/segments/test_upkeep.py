"""All segments follow their customers by themselves, at no cost while nothing happens."""

import logging
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from hub import Batch, CustomerRecord, TryAgain
from hub.core.app import make_home, open_hub
from hub.core.ingest.ingest import Ingest
from hub.core.segments.definition import Tree
from hub.core.segments.evaluator import Evaluation
from hub.core.segments.history.upkeep import Upkeep
from hub.core.store.database import Database
from hub.core.store.tables import Organisation, Segment
from tests.segments.history_world import NOON, World, order


class Kept:
    """A world and its upkeep, with every question counted."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked: list[int] = []
        self.breaks: Exception | None = None
        self.upkeep = self.fresh()

    def fresh(self) -> Upkeep:
        world = self.world
        return Upkeep(
            world.database, world.organisation, self.evaluate, world.fresh_history(), world.segments.calendar
        )

    def evaluate(self, trees: Sequence[Tree]) -> Sequence[Evaluation]:
        self.asked.append(len(trees))
        if self.breaks:
            raise self.breaks
        return self.world.evaluator.evaluate_many(trees, self.world.segments.calendar())

    def run(self) -> dict[str, tuple[int, int]]:
        return {each.segment.name: (each.entered, each.departed) for each in self.upkeep.run()}


@pytest.fixture
def kept(database: Database, organisation: Organisation) -> Iterator[Kept]:
    world = World(database, organisation)
    yield Kept(world)
    world.close()


def test_segments_are_evaluated_together_and_only_when_something_happened(kept: Kept) -> None:
    world = kept.world
    world.bring(CustomerRecord(id="a", country="DE"), order("1", "b", NOON - timedelta(days=9)))
    world.make("Germans", 'country in ("DE")')
    world.make("Recent", "last_purchase within 10 days")
    assert kept.run() == {"Germans": (1, 0), "Recent": (1, 0)}
    assert kept.run() == {}
    assert kept.asked == [2]
    world.bring(CustomerRecord(id="c", country="DE"))
    assert kept.run() == {"Germans": (1, 0)}
    world.now += timedelta(hours=11, minutes=50)  # ten to midnight in Berlin
    assert kept.run() == {}
    assert kept.asked == [2, 2]
    world.now += timedelta(minutes=15, days=1)
    assert kept.run() == {"Recent": (0, 1)}


def test_what_finds_nothing_new_writes_nothing(kept: Kept) -> None:
    kept.world.bring(CustomerRecord(id="a", country="DE"))
    for number in range(5):
        kept.world.make(f"Segment {number}", f'country in ("DE") and orders <= {number}')
    kept.run()
    before = kept.world.stored()
    kept.world.bring(CustomerRecord(id="a", first_name="Ada"))
    kept.upkeep = kept.fresh()
    assert kept.run() == {}
    assert kept.asked == [5, 5]
    assert kept.world.stored() == before


def test_a_new_segment_is_seen_and_a_removed_one_is_left_alone(kept: Kept) -> None:
    world = kept.world
    world.bring(CustomerRecord(id="a"))
    first = world.make("First", "everyone")
    kept.run()
    world.make("Second", "everyone")
    assert kept.run() == {"Second": (1, 0)}
    world.segments.remove(first)
    world.bring(CustomerRecord(id="b"))
    assert kept.run() == {"Second": (1, 0)}


def test_what_another_process_kept_late_is_put_right(kept: Kept) -> None:
    world = kept.world
    world.bring(CustomerRecord(id="a", country="DE"))
    segment = world.make("Germans", 'country in ("DE")')
    kept.run()
    world.bring(CustomerRecord(id="b", country="DE"))
    slow = world.evaluation('country in ("DE")')
    world.bring(CustomerRecord(id="b", country="DK"))
    assert kept.run() == {}
    world.fresh_history().keep(segment, slow)
    assert world.segments.state(segment).size == 2
    assert kept.run() == {"Germans": (0, 1)}


def test_a_broken_segment_keeps_no_other_back(kept: Kept, caplog: pytest.LogCaptureFixture) -> None:
    world = kept.world
    world.bring(CustomerRecord(id="a", country="DE"))
    world.make("Germans", 'country in ("DE")')
    broken = world.make("Broken", "everyone")
    broken.definition = {"criterion": "gone", "parameters": {}}
    with world.database.session(write=True) as session:
        session.get_one(Segment, broken.id).definition = broken.definition
    with caplog.at_level(logging.INFO):
        assert kept.run() == {"Germans": (1, 0)}
        world.bring(CustomerRecord(id="b", country="DE"))
        assert kept.run() == {"Germans": (1, 0)}
    said = [record.getMessage() for record in caplog.records if record.name.endswith("upkeep")]
    assert said == [
        "the segment 'Broken' can't be evaluated: there is no criterion `gone`",
        "1 of 2 segments changed: 1 entered, 0 left",
        "1 of 2 segments changed: 1 entered, 0 left",
    ]


def test_a_passing_fault_is_tried_again(kept: Kept) -> None:
    kept.world.bring(CustomerRecord(id="a"))
    kept.world.make("All", "everyone")
    kept.breaks = TryAgain("the store is locked")
    with pytest.raises(TryAgain):
        kept.run()
    kept.breaks = None
    assert kept.run() == {"All": (1, 0)}


def test_a_hub_that_serves_keeps_its_segments_up(tmp_path: Path) -> None:
    home = tmp_path / "home"
    make_home(home, Organisation(name="Theater am Ufer", time_zone="Europe/Berlin", currency="EUR", country="DE"))
    hub = open_hub(home)
    segment = hub.segments.create("All", "everyone")
    list(Ingest(hub.database, hub.organisation, "test").store([Batch.of(CustomerRecord(id="a"))]))
    scheduler = hub.scheduler()
    scheduler.start()
    until = time.monotonic() + 20
    while len(hub.segments.history(segment)) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    scheduler.stop()
    assert [result.size for result in hub.segments.history(segment)] == [1, 0]
    hub.close()


def test_without_segments_nothing_is_asked(kept: Kept) -> None:
    assert kept.run() == {}
    assert kept.asked == []

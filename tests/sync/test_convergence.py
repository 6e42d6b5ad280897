"""Whatever happens to customers, the sync, the platform or the process: when it stops, the platform holds what it
should, and nobody was ever sent who should not have been."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import ConsentRecord, CustomerRecord, Member, TryAgain
from hub.core.segments.editing import SegmentEditing
from hub.core.store.facts.erasing import erase_customers
from hub.core.store.syncs import request_cancellation
from hub.core.store.tables import SyncMode
from hub.testing.memory_sink import CapableMemorySink, MemorySink

EXAMPLES = int(os.environ.get("HUB_EXAMPLES", "12"))
"""More of them make a longer run."""

PEOPLE = ["ada", "bo", "cy", "di", "ed"]
ADDRESSES = ["one@example.com", "two@example.com", "three@example.com", "four@example.com", "unusable", None]
SEGMENTS = ['country in ("DE")', "everyone", 'country in ("DK")', "nobody"]
PERSON, ADDRESS = st.sampled_from(PEOPLE), st.sampled_from(ADDRESSES)

Step = tuple[Any, ...]
CHANGES = st.one_of(
    st.tuples(st.just("address"), PERSON, ADDRESS),
    st.tuples(st.just("country"), PERSON, st.sampled_from(["DE", "DK"])),
    st.tuples(st.just("name"), PERSON, st.sampled_from(["Kim", "Lou"])),
    st.tuples(st.just("consent"), PERSON, st.booleans()),
    st.tuples(st.just("erase"), PERSON),
    st.tuples(st.just("segment"), st.sampled_from(SEGMENTS)),
    st.tuples(st.just("mode"), st.sampled_from(list(SyncMode))),
    st.tuples(st.just("unsubscribe there"), st.integers(0, 3)),
    st.tuples(st.just("refuse"), ADDRESS, st.booleans()),
    st.tuples(st.just("minutes"), st.integers(1, 40)),
)
FAULTS = st.one_of(
    st.just(("none", 0)),
    st.tuples(st.just("killed at transaction"), st.integers(0, 12)),
    st.tuples(
        st.sampled_from(["killed before call", "killed after call", "lost answer", "busy"]), st.integers(0, 4)
    ),
    st.tuples(st.sampled_from(["cancelled", "changed"]), st.integers(0, 2)),
    st.tuples(st.just("withdraws meanwhile"), PERSON),
    st.tuples(st.just("erased meanwhile"), PERSON),
)
RUNS = st.tuples(
    st.just("run"), FAULTS, st.sampled_from(["approved", "follow", "as usual", "retry", "afresh"])
)  # fmt: skip
STEPS = st.lists(st.one_of(CHANGES, RUNS), min_size=4, max_size=20)


@dataclass
class Person:
    """What is known of a customer."""

    address: str | None = None
    country: str | None = None
    consent: bool = False
    left_there: datetime | None = None
    """When they unsubscribed on the platform, unless they consented again later."""


@dataclass
class World:
    """A stage, and a plain reading of what should be."""

    stage: Any
    sync: Any
    segment: str = SEGMENTS[0]
    people: dict[str, Person] = field(default_factory=dict)
    refused: dict[str, bool] = field(default_factory=dict)
    """Addresses the platform refuses, and whether for good."""

    def person(self, name: str) -> Person:
        return self.people.setdefault(name, Person())

    def expected(self) -> set[str]:
        return {person.address or "" for person in self.people.values() if self._belongs(person)}

    def _belongs(self, person: Person) -> bool:
        country = {SEGMENTS[0]: person.country == "DE", SEGMENTS[1]: True, SEGMENTS[2]: person.country == "DK"}
        is_usable = person.address is not None and "@" in person.address
        return person.consent and is_usable and country.get(self.segment, False)

    def number(self, name: str) -> int | None:
        with self.stage.database.reading() as connection:
            rows = connection.exec_driver_sql(f"SELECT number FROM customers WHERE external_id = '{name}'").all()
        return rows[0][0] if rows else None

    def read_back(self) -> None:
        """Take over whom the hub knows to have unsubscribed on the platform."""
        latest = (
            "SELECT x.external_id, c.place FROM consents c "
            "JOIN customers x ON x.number = c.customer_number ORDER BY c.at, c.id"
        )
        with self.stage.database.reading() as connection:
            newest = {row[0]: row[1] for row in connection.exec_driver_sql(latest)}
        for name, place in newest.items():
            if place is not None and place.startswith("Memory"):
                self.person(name).consent = False
                self.person(name).left_there = None


def play(world: World, step: Step) -> None:
    """Let one thing happen."""
    stage = world.stage
    stage.now += timedelta(seconds=1)
    match step:
        case ("address", name, address):
            stage.bring(CustomerRecord(id=name, email=address))
            world.person(name).address = address
        case ("country", name, country):
            stage.bring(CustomerRecord(id=name, country=country))
            world.person(name).country = country
        case ("name", name, first_name):
            stage.bring(CustomerRecord(id=name, first_name=first_name))
            world.person(name)
        case ("consent", name, is_given):
            consent(world, name, is_given=is_given)
        case ("erase", name):
            erase(world, name)
        case ("segment", text):
            segments = stage.segments()
            segment = segments.of_id(world.sync.segment_id)
            editing = SegmentEditing(stage.database, stage.organisation, segments, lambda: stage.now)
            editing.edit(segment, definition=text)
            world.segment = text
        case ("mode", mode):
            change_mode(world, mode)
        case ("unsubscribe there", place):
            unsubscribe(world, place)
        case ("refuse", address, for_good):
            world.refused[str(address)] = for_good
        case ("minutes", count):
            stage.now += timedelta(minutes=count)
        case ("run", fault, manner):
            run_with_fault(world, fault, manner)


def consent(world: World, name: str, *, is_given: bool) -> None:
    world.stage.now += timedelta(seconds=1)
    world.stage.bring(ConsentRecord(customer=name, permission="newsletter", given=is_given, at=world.stage.now))
    person = world.person(name)
    person.consent = is_given
    person.left_there = None


def erase(world: World, name: str) -> None:
    number = world.number(name)
    with world.stage.database.writing() as connection:
        erase_customers(connection, [] if number is None else [number])
    world.people.pop(name, None)


def change_mode(world: World, mode: SyncMode) -> None:
    permission = None if mode is SyncMode.REMOVE_ONLY else "newsletter"
    world.sync = world.stage.syncs().change(world.sync, mode=mode, permission=permission)
    for person in world.people.values():
        person.left_there = None  # a sync that only removes does not ask who left


def unsubscribe(world: World, place: int) -> None:
    """Somebody who is there unsubscribes there."""
    stage = world.stage
    there = sorted(stage.held)
    if not there or world.sync.mode == SyncMode.REMOVE_ONLY or stage.sink_type is not CapableMemorySink:
        return  # nobody would ask
    address = there[place % len(there)]
    stage.withdraw_there(address, stage.now)
    for person in world.people.values():
        if person.address == address and person.consent:
            person.left_there = stage.now


def run_with_fault(world: World, fault: tuple[Any, ...], manner: str) -> None:
    """Run once; whoever is sent must be one who may be sent at that moment."""
    stage, (kind, amount) = world.stage, fault
    left = [amount]

    def strike(*points: str) -> None:
        if kind not in points:
            return
        if isinstance(amount, int):
            left[0] -= 1
            if left[0] >= 0:
                return
        match kind:
            case "killed before call" | "killed after call":
                stage.database.dead = True
                raise SystemExit
            case "lost answer" | "busy":
                raise TryAgain("the platform is in trouble")
            case "cancelled":
                with stage.database.session(write=True) as session:
                    request_cancellation(session, world.sync)
            case "changed" if left[0] == -1:
                world.sync = stage.syncs().change(world.sync, largest_removal_share=0.4)
            case "withdraws meanwhile" if left[0] == amount:
                left[0] = None
                consent(world, amount, is_given=False)
            case "erased meanwhile" if left[0] == amount:
                left[0] = None
                erase(world, amount)

    def refuses(member: Member) -> str | None:
        sent = {world.number(name): person for name, person in world.people.items()}
        assert member.number in sent, "somebody was sent who was erased"
        assert sent[member.number].consent, "somebody was sent who had withdrawn"
        return "fake" if world.refused.get(next(iter(member.identifiers.values()))) else None

    stage.platform.before = lambda change: strike("killed before call", "busy")
    stage.platform.after = lambda change: strike(
        "killed after call", "lost answer", "cancelled", "changed", "withdraws meanwhile", "erased meanwhile"
    )
    stage.platform.refuses = refuses
    stage.platform.refuses_for_now = lambda member: (
        "later" if world.refused.get(next(iter(member.identifiers.values()))) is False else None
    )
    if kind == "killed at transaction":
        stage.database.transactions_left = amount
    try:
        run(world, manner)
    except BaseException as error:
        if not stage.database.dead:
            raise AssertionError("only a dead process ends without recording its run") from error
    recover(world)


def run(world: World, manner: str) -> Any:
    stage = world.stage
    if manner == "follow":
        return stage.follow(world.sync)
    flags = {} if manner == "as usual" else {manner: True}
    return stage.run(stage.syncs().of_id(world.sync.id), **flags)


def recover(world: World) -> None:
    """Another process starts later, when the lease has run out."""
    stage = world.stage
    stage.database.dead = False
    stage.database.transactions_left = None
    stage.platform.before = stage.platform.after = lambda change: None
    stage.now += timedelta(minutes=20)
    world.sync = stage.syncs().of_id(world.sync.id)
    world.read_back()


def converge(world: World) -> None:
    """Nothing goes wrong any more: two runs later the platform holds exactly who belongs there."""
    stage = world.stage
    world.refused.clear()
    stage.platform.refuses = stage.platform.refuses_for_now = lambda member: None
    if world.sync.mode != SyncMode.MIRROR:
        change_mode(world, SyncMode.MIRROR)
    for _ in range(2):
        ended = stage.run(world.sync, approved=True, retry=True)
        stage.now += timedelta(minutes=20)
        world.sync = stage.syncs().of_id(world.sync.id)
    world.read_back()
    assert ended.status == "succeeded", ended.message
    assert stage.held == world.expected()
    assert [name for name, person in world.people.items() if person.left_there and person.consent] == []
    settled = stage.follow(world.sync)
    assert settled is None


@pytest.fixture(params=[MemorySink, CapableMemorySink])
def sink_type(request: pytest.FixtureRequest) -> Any:
    return request.param


@given(steps=STEPS)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_platform_ends_up_with_the_consented_members(
    make_stage: Callable[[Path], Any], tmp_path_factory: Any, sink_type: Any, steps: list[Step]
) -> None:
    stage = make_stage(tmp_path_factory.mktemp("convergence"))
    stage.sink_type = sink_type
    converge_after(stage, steps)


def converge_after(stage: Any, steps: list[Step]) -> None:
    world = World(stage, stage.sync())
    try:
        for name, address in zip(PEOPLE, ADDRESSES, strict=False):  # most belong there, so that much can happen
            for change in (("address", name, address), ("country", name, "DE"), ("consent", name, True)):
                play(world, change)
        for step in steps:
            play(world, step)
        converge(world)
    finally:
        stage.close()

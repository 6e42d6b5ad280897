"""The conformance suite of sinks passes one that can do everything, and finds the mistakes of those that can't."""

import inspect
import itertools
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from pydantic import Field, SecretStr

from hub import (
    AudienceSink,
    Context,
    Departure,
    DepartureReason,
    Departures,
    ErasingSink,
    IdentifierKind,
    Member,
    NotFound,
    Rejection,
    Removal,
    ReplacingSink,
    ReportingSink,
    Settings,
    TryAgain,
)
from hub.testing.sinks import AudienceSinkConformance, Held, invented_member


class ShelfSettings(Settings):
    key: SecretStr = Field(SecretStr("open sesame"), description="a secret")
    is_lost: bool = Field(False, description="whether nobody answers")


class Shelf(AudienceSink[ShelfSettings], ReplacingSink, ErasingSink, ReportingSink):
    """Keeps audiences in itself, and can do all a sink may."""

    name = "shelf"
    label = "Shelf"
    help = "Keeps audiences on a shelf."
    settings_model = ShelfSettings
    accepts = frozenset({IdentifierKind.EMAIL})
    largest_batch = 5

    def __init__(self, settings: ShelfSettings, context: Context) -> None:
        super().__init__(settings, context)
        self.held: dict[str, set[str]] = {}
        self.withdrawn: list[Departure] = []

    @property
    def form(self) -> str:
        return "1"

    def check(self) -> None:
        if self.settings.is_lost:
            raise TryAgain("nobody answers")

    def ensure_audience(self, name: str, known: str | None) -> str:
        self.check()
        if known is not None and known not in self.held:
            raise NotFound(f"there is no audience {known}")
        self.held.setdefault(known or name, set())
        return known or name

    def reference(self, member: Member) -> str:
        return member.identifiers[IdentifierKind.EMAIL]

    def foresee(self, members: Sequence[Member]) -> Sequence[Rejection]:
        return [Rejection(one.number, "no at") for one in members if "@" not in self.reference(one)]

    def add(self, audience: str, members: Sequence[Member]) -> Sequence[Rejection]:
        self.check()
        refused = [one for one in members if not self.reference(one).endswith("@example.com")]
        self.held[audience] |= {self.reference(one) for one in members if one not in refused}
        return [Rejection(one.number, "elsewhere") for one in refused]

    def remove(self, audience: str, removals: Sequence[Removal]) -> Sequence[Rejection]:
        self.check()
        self.held[audience] -= {one.reference for one in removals}
        return ()

    def replace(self, audience: str, batches: Iterable[Sequence[Member]], total: int) -> Iterator[Rejection]:
        self.check()
        self.held["new"] = set()
        for members in batches:
            yield from self.add("new", members)
        self.held[audience] = self.held.pop("new")

    def erase(self, audience: str, removals: Sequence[Removal]) -> Sequence[Rejection]:
        return self.remove(audience, removals)

    def departures(self, audience: str, cursor: str | None) -> Iterator[Departures]:
        self.check()
        for start in range(int(cursor or 0), len(self.withdrawn), 2):
            piece = self.withdrawn[start : start + 2]
            yield Departures(piece, str(start + len(piece)))


class Forgetful(Shelf):
    """Its form changes with every call."""

    numbers = itertools.count()

    @property
    def form(self) -> str:
        return str(next(self.numbers))


class Talkative(Shelf):
    @property
    def form(self) -> str:
        return f"sent with {self.settings.key.get_secret_value()}"


class Gloomy(Shelf):
    def foresee(self, members: Sequence[Member]) -> Sequence[Rejection]:
        return [Rejection(one.number, "perhaps") for one in members]


class Adding(Shelf):
    """Does not take out who is not sent."""

    def replace(self, audience: str, batches: Iterable[Sequence[Member]], total: int) -> Iterator[Rejection]:
        self.check()
        for members in batches:
            yield from self.add(audience, members)


class Hasty(Shelf):
    """Empties the audience first."""

    def replace(self, audience: str, batches: Iterable[Sequence[Member]], total: int) -> Iterator[Rejection]:
        self.held[audience] = set()
        for members in batches:
            yield from self.add(audience, members)


class Greedy(Shelf):
    def replace(self, audience: str, batches: Iterable[Sequence[Member]], total: int) -> Iterator[Rejection]:
        yield from super().replace(audience, iter(list(batches)), total)


class Silent(Shelf):
    def replace(self, audience: str, batches: Iterable[Sequence[Member]], total: int) -> Iterator[Rejection]:
        list(super().replace(audience, batches, total))
        yield from ()


class Lazy(Shelf):
    def erase(self, audience: str, removals: Sequence[Removal]) -> Sequence[Rejection]:
        return ()


class Fussy(Shelf):
    """Refuses to erase who is not there."""

    def erase(self, audience: str, removals: Sequence[Removal]) -> Sequence[Rejection]:
        unknown = [one for one in removals if one.reference not in self.held[audience]]
        super().erase(audience, removals)
        return [Rejection(one.number, "unknown") for one in unknown]


class Accusing(Shelf):
    """Tells those the hub took out."""

    def remove(self, audience: str, removals: Sequence[Removal]) -> Sequence[Rejection]:
        self.withdrawn += [_departure(one.reference) for one in removals]
        return super().remove(audience, removals)


class Skipping(Shelf):
    """Its cursors lead too far."""

    def departures(self, audience: str, cursor: str | None) -> Iterator[Departures]:
        for piece in super().departures(audience, cursor):
            yield Departures(piece.found, str(int(piece.cursor) + 1))


class Renaming(Shelf):
    def departures(self, audience: str, cursor: str | None) -> Iterator[Departures]:
        for piece in super().departures(audience, cursor):
            yield Departures([_departure(one.reference.upper()) for one in piece.found], piece.cursor)


def _departure(reference: str) -> Departure:
    return Departure(reference, DepartureReason.UNSUBSCRIBED, datetime.now(UTC))


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with httpx.Client() as client:
        yield Context(
            client, lambda: datetime.now(UTC), logging.getLogger("t"), ZoneInfo("UTC"), "EUR", "DE", tmp_path
        )


class TestShelf(AudienceSinkConformance):
    """One that can do everything."""

    @pytest.fixture
    def sink(self, context: Context) -> Shelf:
        return Shelf(ShelfSettings(), context)

    @pytest.fixture
    def lost(self, context: Context) -> Shelf:
        return Shelf(ShelfSettings(is_lost=True), context)

    @pytest.fixture
    def held(self, sink: Shelf) -> Held:
        return sink.held.__getitem__

    @pytest.fixture
    def kept(self, sink: Shelf) -> Callable[[str], bool]:
        return lambda reference: any(reference in people for people in sink.held.values())

    @pytest.fixture
    def refused(self) -> Member:
        return Member(7, {IdentifierKind.EMAIL: "ghost@elsewhere.example"}, {})

    @pytest.fixture
    def foreseen(self) -> Member:
        return Member(8, {IdentifierKind.EMAIL: "ghost"}, {})

    @pytest.fixture
    def vanished(self) -> str:
        return "nowhere"

    @pytest.fixture
    def withdraw(self, sink: Shelf) -> Callable[[str, Member], None]:
        return lambda audience, member: sink.withdrawn.append(_departure(sink.reference(member)))


@pytest.mark.parametrize(
    ("kind", "test"),
    [
        (Forgetful, "the_form_is_stable"),
        (Talkative, "the_form_shows_no_secret_and_nobody"),
        (Gloomy, "who_is_accepted_is_not_foreseen_as_refused"),
        (Gloomy, "who_is_foreseen_as_refused_is_refused"),
        (Adding, "replacing_leaves_exactly_those_sent"),
        (Adding, "a_replacement_cut_short_replaces_nobody"),
        (Adding, "replacing_by_nobody_empties_or_refuses"),
        (Hasty, "a_replacement_cut_short_replaces_nobody"),
        (Greedy, "batches_are_taken_one_after_the_other"),
        (Silent, "replacing_tells_who_is_refused"),
        (Lazy, "erased_members_are_gone"),
        (Lazy, "erasing_needs_the_reference_alone"),
        (Fussy, "erasing_twice_is_erasing_once"),
        (Accusing, "nobody_has_withdrawn"),
        (Skipping, "reading_goes_on_after_the_cursor"),
        (Skipping, "reading_goes_on_after_each_piece"),
        (Renaming, "who_withdraws_is_told"),
        (Renaming, "reading_again_from_the_beginning_tells_all"),
    ],
)
def test_the_suite_finds_a_mistake(kind: type[Shelf], test: str, context: Context) -> None:
    for one, is_right in ((Shelf, True), (kind, False)):
        found = ""
        try:
            _run(test, one(ShelfSettings(), context))
        except (AssertionError, ValueError) as error:
            found = type(error).__name__
        assert bool(found) != is_right


def _run(test: str, sink: Shelf) -> None:
    values: Mapping[str, object] = {
        "sink": sink, "replacing": sink, "erasing": sink, "reporting": sink,
        "twin": type(sink)(sink.settings, sink.context),
        "audience": sink.ensure_audience("Opera", None),
        "members": [invented_member(sink, number) for number in (101, 102, 103)],
        "newcomers": [invented_member(sink, number) for number in (111, 112)],
        "refused": Member(7, {IdentifierKind.EMAIL: "ghost@elsewhere.example"}, {}),
        "foreseen": Member(8, {IdentifierKind.EMAIL: "ghost"}, {}),
        "held": lambda audience: set(sink.held[audience]),
        "kept": lambda reference: any(reference in people for people in sink.held.values()),
        "withdraw": lambda audience, member: sink.withdrawn.append(_departure(sink.reference(member))),
    }  # fmt: skip
    method: Callable[..., Any] = getattr(AudienceSinkConformance(), f"test_{test}")
    method(**{name: values[name] for name in inspect.signature(method).parameters})

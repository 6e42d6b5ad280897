"""Audience sinks that hold their audiences in memory: for tests of whatever uses a sink."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from hub.core.contracts.component import Context, Settings
from hub.core.contracts.errors import NotFound
from hub.core.contracts.sink import (
    AudienceSink,
    Departure,
    Departures,
    ErasingSink,
    IdentifierKind,
    Member,
    Rejection,
    Removal,
    ReplacingSink,
    ReportingSink,
)


class MemorySinkSettings(Settings):
    """It has none."""


@dataclass
class Platform:
    """The other side: what it holds, and what it does on each call.

    ``before`` and ``after`` are called around each change with its name (``add``, ``remove``, ``erase`` or
    ``replace``); what they raise, the sink raises.
    """

    audiences: dict[str, dict[str, Member]] = field(default_factory=dict)
    """Members by reference, by audience."""
    refuses: Callable[[Member], str | None] = lambda member: None
    """The reason to refuse a member, or None."""
    refuses_for_now: Callable[[Member], str | None] = lambda member: None
    """The reason to refuse a member this time, or None."""
    keeps: Callable[[Removal], str | None] = lambda removal: None
    """The reason not to let a member go this time, or None."""
    before: Callable[[str], None] = lambda change: None
    after: Callable[[str], None] = lambda change: None
    calls: list[str] = field(default_factory=list)
    seen: list[Member] = field(default_factory=list)
    """Every member that was ever sent."""
    departed: list[Departure] = field(default_factory=list)
    """Who withdrew there, in order."""
    erased: list[str] = field(default_factory=list)
    """References of those who were deleted for good."""


class MemorySink(AudienceSink[MemorySinkSettings]):
    """Holds members in a ``Platform``.

    Args:
        platform: the other side, which outlives the sink.
        context: as for every component.
    """

    name = "memory"
    label = "Memory"
    help = "Holds audiences in memory, for tests."
    settings_model = MemorySinkSettings
    accepts: ClassVar[frozenset[IdentifierKind]] = frozenset({IdentifierKind.EMAIL})
    traits = ("first_name", "orders")
    largest_batch = 2

    def __init__(self, platform: Platform, context: Context) -> None:
        super().__init__(MemorySinkSettings(), context)
        self._platform = platform

    def check(self) -> None:
        """Nothing can be wrong."""

    def ensure_audience(self, name: str, known: str | None) -> str:
        """The name is the id."""
        if known is not None and known not in self._platform.audiences:
            raise NotFound(f"the audience {known!r} was deleted")
        self._platform.audiences.setdefault(name, {})
        return name

    def reference(self, member: Member) -> str:
        """The address."""
        return member.identifiers[IdentifierKind.EMAIL]

    def add(self, audience: str, members: Sequence[Member]) -> Sequence[Rejection]:
        """Hold all that are not refused."""
        self._platform.calls.append("add")
        self._platform.before("add")
        refused = list(self._hold(self._platform.audiences[audience], members))
        self._platform.after("add")
        return refused

    def remove(self, audience: str, removals: Sequence[Removal]) -> Sequence[Rejection]:
        """Hold them no more."""
        return self._let_go("remove", audience, removals)

    def _hold(self, held: dict[str, Member], members: Sequence[Member]) -> Iterator[Rejection]:
        for member in members:
            self._platform.seen.append(member)
            for_good, for_now = self._platform.refuses(member), self._platform.refuses_for_now(member)
            if for_good is None and for_now is None:
                held[self.reference(member)] = member
            else:
                yield Rejection(member.number, for_good or for_now or "", permanent=for_good is not None)

    def _let_go(self, change: str, audience: str, removals: Sequence[Removal]) -> Sequence[Rejection]:
        self._platform.calls.append(change)
        self._platform.before(change)
        refused = []
        for removal in removals:
            reason = self._platform.keeps(removal)
            if reason is None:
                self._platform.audiences[audience].pop(removal.reference, None)
            else:
                refused.append(Rejection(removal.number, reason, permanent=False))
        self._platform.after(change)
        return refused


class CapableMemorySink(MemorySink, ReplacingSink, ErasingSink, ReportingSink):
    """A memory sink that can do all that a sink may offer."""

    name = "capable_memory"

    def replace(self, audience: str, batches: Iterable[Sequence[Member]], total: int) -> Iterator[Rejection]:
        """Hold these members, once all have come."""
        self._platform.calls.append("replace")
        held: dict[str, Member] = {}
        for members in batches:
            self._platform.before("replace")
            yield from self._hold(held, members)
        self._platform.audiences[audience] = held
        self._platform.after("replace")

    def erase(self, audience: str, removals: Sequence[Removal]) -> Sequence[Rejection]:
        """Hold them no more, and remember that they were erased."""
        refused = self._let_go("erase", audience, removals)
        staying = {one.number for one in refused}
        self._platform.erased += [one.reference for one in removals if one.number not in staying]
        return refused

    def departures(self, audience: str, cursor: str | None) -> Iterator[Departures]:
        """Tell them one by one; the cursor counts them."""
        for place in range(int(cursor or 0), len(self._platform.departed)):
            yield Departures([self._platform.departed[place]], str(place + 1))

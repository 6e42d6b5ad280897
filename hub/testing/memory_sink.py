"""An audience sink that holds its audiences in memory: for tests of whatever uses a sink."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from hub.core.contracts.component import Context, Settings
from hub.core.contracts.errors import NotFound
from hub.core.contracts.sink import AudienceSink, IdentifierKind, Member, Rejection, Removal


class MemorySinkSettings(Settings):
    """It has none."""


@dataclass
class Platform:
    """The other side: what it holds, and what it does on each call.

    ``before`` and ``after`` are called around each change with its name (``add`` or ``remove``); what they raise,
    the sink raises.
    """

    audiences: dict[str, dict[str, Member]] = field(default_factory=dict)
    """Members by reference, by audience."""
    refuses: Callable[[Member], str | None] = lambda member: None
    """The reason to refuse a member, or None."""
    before: Callable[[str], None] = lambda change: None
    after: Callable[[str], None] = lambda change: None
    calls: list[str] = field(default_factory=list)
    seen: list[Member] = field(default_factory=list)
    """Every member that was ever sent."""


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
        refused = []
        for member in members:
            self._platform.seen.append(member)
            reason = self._platform.refuses(member)
            if reason is None:
                self._platform.audiences[audience][self.reference(member)] = member
            else:
                refused.append(Rejection(member.number, reason))
        self._platform.after("add")
        return refused

    def remove(self, audience: str, removals: Sequence[Removal]) -> Sequence[Rejection]:
        """Hold them no more."""
        self._platform.calls.append("remove")
        self._platform.before("remove")
        for removal in removals:
            self._platform.audiences[audience].pop(removal.reference, None)
        self._platform.after("remove")
        return []

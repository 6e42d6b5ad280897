"""A sink that can be trusted: a plugin's bug is named as one, and its answers are checked."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from hub.core.contracts.errors import IntegratorError
from hub.core.contracts.sink import (
    AudienceSink,
    Departures,
    ErasingSink,
    Member,
    Rejection,
    Removal,
    ReplacingSink,
    ReportingSink,
)
from hub.core.engines.bitmap import Bitmap
from hub.core.registry.guarding import guard, guarded


class GuardedSink:
    """Stands before a plugin's sink.

    Args:
        sink: the plugin's.
        plugin: its name, for errors.

    Attributes:
        traits: the columns that go along.
        accepted: the identifiers the platform recognises.
        batch_size: the most members one call may carry.
    """

    def __init__(self, sink: AudienceSink[Any], plugin: str) -> None:
        self._sink = sink
        self._plugin = plugin
        self.traits = sink.traits
        self.accepted = sink.accepts
        self.batch_size = sink.largest_batch

    @property
    def name(self) -> str:
        """The component's name."""
        return self._sink.name

    @property
    def label(self) -> str:
        """What people call the platform."""
        return self._sink.label

    @property
    def form(self) -> str:
        """See ``AudienceSink.form``."""
        with guard(self._plugin):
            return self._sink.form

    @property
    def can_replace(self) -> bool:
        """Whether ``replace`` works."""
        return isinstance(self._sink, ReplacingSink)

    @property
    def reports(self) -> bool:
        """Whether ``departures`` works."""
        return isinstance(self._sink, ReportingSink)

    def check(self) -> None:
        """See ``Component.check``."""
        with guard(self._plugin):
            self._sink.check()

    def ensure_audience(self, name: str, known: str | None) -> str:
        """See ``AudienceSink.ensure_audience``."""
        with guard(self._plugin):
            return self._sink.ensure_audience(name, known)

    def references(self, members: Sequence[Member]) -> list[str]:
        """The references of many members, in their order."""
        with guard(self._plugin):
            return [self._sink.reference(member) for member in members]

    def foresee(self, members: Sequence[Member]) -> Sequence[Rejection]:
        """See ``AudienceSink.foresee``."""
        with guard(self._plugin):
            refused = self._sink.foresee(members)
        return self._checked(refused, {member.number for member in members})

    def add(self, audience: str, members: Sequence[Member]) -> Sequence[Rejection]:
        """See ``AudienceSink.add``."""
        with guard(self._plugin):
            refused = self._sink.add(audience, members)
        return self._checked(refused, {member.number for member in members}) if refused else refused

    def remove(self, audience: str, removals: Sequence[Removal]) -> Sequence[Rejection]:
        """See ``AudienceSink.remove``."""
        with guard(self._plugin):
            refused = self._sink.remove(audience, removals)
        return self._checked(refused, {removal.number for removal in removals})

    def erase(self, audience: str, removals: Sequence[Removal]) -> Sequence[Rejection]:
        """See ``ErasingSink.erase``; as ``remove`` for a sink that can't."""
        if not isinstance(self._sink, ErasingSink):
            return self.remove(audience, removals)
        with guard(self._plugin):
            refused = self._sink.erase(audience, removals)
        return self._checked(refused, {removal.number for removal in removals})

    def replace(self, audience: str, batches: Iterable[Sequence[Member]], total: int) -> Iterator[Rejection]:
        """See ``ReplacingSink.replace``."""
        assert isinstance(self._sink, ReplacingSink)
        sent = Bitmap.of([])

        def noted() -> Iterator[Sequence[Member]]:
            nonlocal sent
            for members in batches:
                sent |= Bitmap.of([member.number for member in members])
                yield members

        refused = list(guarded(self._plugin, self._sink.replace(audience, noted(), total)))
        return iter(self._checked(refused, {one.number for one in refused if one.number in sent}))

    def departures(self, audience: str, cursor: str | None) -> Iterator[Departures]:
        """See ``ReportingSink.departures``."""
        assert isinstance(self._sink, ReportingSink)
        yield from guarded(self._plugin, self._sink.departures(audience, cursor))

    def _checked(self, refused: Sequence[Rejection], sent: set[int]) -> Sequence[Rejection]:
        strange = {rejection.number for rejection in refused} - sent
        if strange:
            raise IntegratorError(self._plugin, f"rejected {len(strange)} members that were not in the batch")
        return refused

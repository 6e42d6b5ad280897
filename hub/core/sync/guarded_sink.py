"""A sink that can be trusted: a plugin's bug is named as one, and its answers are checked."""

from collections.abc import Sequence
from typing import Any

from hub.core.contracts.errors import IntegratorError
from hub.core.contracts.sink import AudienceSink, Member, Rejection, Removal
from hub.core.registry.guarding import guard


class GuardedSink(AudienceSink[Any]):
    """Stands before a plugin's sink.

    Args:
        sink: the plugin's.
        plugin: its name, for errors.
    """

    def __init__(self, sink: AudienceSink[Any], plugin: str) -> None:
        super().__init__(sink.settings, sink.context)
        self._sink = sink
        self._plugin = plugin
        # Instances answer for these, since a sink's settings may widen its traits.
        self.traits = sink.traits
        self.accepted = sink.accepts
        self.batch_size = sink.largest_batch

    def check(self) -> None:
        """See ``Component.check``."""
        with guard(self._plugin):
            self._sink.check()

    def ensure_audience(self, name: str, known: str | None) -> str:
        """See ``AudienceSink.ensure_audience``."""
        with guard(self._plugin):
            return self._sink.ensure_audience(name, known)

    def reference(self, member: Member) -> str:
        """See ``AudienceSink.reference``."""
        with guard(self._plugin):
            return self._sink.reference(member)

    def references(self, members: Sequence[Member]) -> dict[int, str]:
        """The references of many members, by number."""
        with guard(self._plugin):
            return {member.number: self._sink.reference(member) for member in members}

    def add(self, audience: str, members: Sequence[Member]) -> Sequence[Rejection]:
        """See ``AudienceSink.add``."""
        with guard(self._plugin):
            refused = self._sink.add(audience, members)
        return self._checked(refused, {member.number for member in members})

    def remove(self, audience: str, removals: Sequence[Removal]) -> Sequence[Rejection]:
        """See ``AudienceSink.remove``."""
        with guard(self._plugin):
            refused = self._sink.remove(audience, removals)
        return self._checked(refused, {removal.number for removal in removals})

    def _checked(self, refused: Sequence[Rejection], sent: set[int]) -> Sequence[Rejection]:
        strange = {rejection.number for rejection in refused} - sent
        if strange:
            raise IntegratorError(self._plugin, f"rejected {len(strange)} members that were not in the batch")
        return refused

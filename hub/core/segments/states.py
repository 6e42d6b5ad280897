"""How segments stand: size, last evaluation, where they are synced, what uses them, what is wrong with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.core.contracts.errors import DefinitionError
from hub.core.segments.definition import load
from hub.core.segments.definitions import Definitions
from hub.core.segments.references.usage import Usage, Use
from hub.core.store import segment_sizes as stored
from hub.core.store.database import Database
from hub.core.store.tables import Segment


@dataclass(frozen=True)
class SegmentState:
    """A segment with what its last evaluation found."""

    segment: Segment
    text: str
    """Its definition in the text language; empty for a manual segment, or with a criterion that is unknown."""
    problem: str
    """Why it can't be answered now, such as a criterion whose plugin is gone, here or in a segment it refers to
    (the path is named then); empty when it can."""
    size: int | None
    """Members at the last evaluation, of a manual segment now; None when it was never evaluated."""
    evaluated_at: datetime | None
    """When its members last turned out to be others."""
    synced_to: Sequence[str]
    """Names of the syncs that keep it somewhere."""
    used_by: Sequence[Use]
    """Everything that uses it, the syncs too."""


class SegmentStates:
    """Tells how segments stand, all of a page with the same few queries.

    Args:
        database: the store's.
        definitions: the organisation's.
        usage: finds what uses its segments.
    """

    def __init__(self, database: Database, definitions: Definitions, usage: Usage) -> None:
        self._database = database
        self._definitions = definitions
        self._usage = usage

    def of(self, segments: Sequence[Segment]) -> Sequence[SegmentState]:
        """The states of these segments, in their order."""
        ids = [segment.id for segment in segments if segment.id is not None]
        if not ids:
            return []
        with self._database.session() as session:
            graph = self._usage.graph(session)
            known = {segment_id: graph.of_id(segment_id) for segment_id in ids}
            sizes = stored.newest_sizes(session, ids)
            counts = stored.member_counts(session, ids)
            uses = self._usage.of(session, graph, list(known.values()))
        own_problem = self._definitions.own_problems()
        states = []
        for segment, segment_id in zip(segments, ids, strict=True):
            newest = sizes.get(segment_id)
            size = newest.size if newest else None
            used_by = uses[segment_id]
            states.append(
                SegmentState(
                    segment,
                    *self._told(segment, graph.problem_of(known[segment_id], own_problem)),
                    counts.get(segment_id, 0) if segment.definition is None else size,
                    newest.evaluated_at if newest else None,
                    [use.name for use in used_by if use.kind == "sync"],
                    used_by,
                )
            )
        return states

    def _told(self, segment: Segment, problem: str) -> tuple[str, str]:
        """A segment's text and its problem."""
        if segment.definition is None:
            return "", problem
        try:
            return self._definitions.language.print(load(segment.definition)), problem
        except DefinitionError as error:
            return "", problem or str(error)

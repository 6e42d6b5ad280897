"""What uses a segment: syncs, other segments, views, and whatever else says that it does."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from hub.core.segments.references.graph import KnownSegment, SegmentGraph
from hub.core.segments.references.references import outline_of
from hub.core.store import segment_sizes as stored_of_many
from hub.core.store import segments as stored
from hub.core.store import views as stored_views


@dataclass(frozen=True)
class Use:
    """One thing that uses a segment."""

    kind: str
    """What it is: sync, segment, view, or a word of whoever else uses segments."""
    name: str
    hinders: bool = True
    """Whether the segment can't be removed meanwhile."""
    own: bool = False
    """Whether it belongs to the segment, and comes and goes with it."""
    through: Sequence[str] = ()
    """Names of the segments in between, the nearest to the user first; empty when it uses the segment itself."""
    mend: str = ""
    """The verb of what is to be done with it before the segment can go; empty for the usual one of its kind."""

    def __str__(self) -> str:
        return f"the {self.kind} {self.name!r}"


def mend(uses: Sequence[Use]) -> str:
    """What is to be done with what uses a segment, before that can go."""
    verbs = {use.mend or ("pause" if use.kind == "sync" else "change") for use in uses}
    said = " or ".join(sorted(verbs, key=lambda verb: (verb != "pause", verb)))
    return f"{said} {'that' if len(uses) == 1 else 'those'}"


FindUses = Callable[[Session, Sequence[KnownSegment]], Iterable[tuple[int, Use]]]
"""Finds what uses segments, for many at once: the id of a segment and what uses it, in the order to be told."""


class Usage:
    """Finds what uses the segments of one organisation.

    Args:
        organisation_id: whose segments.
        others: finds what else uses segments, besides syncs, segments and views.
    """

    def __init__(self, organisation_id: int, others: Sequence[FindUses] = ()) -> None:
        self._organisation_id = organisation_id
        self._others = others

    def graph(self, session: Session) -> SegmentGraph:
        """All segments and their references to each other."""
        return SegmentGraph(
            KnownSegment(row.id, row.name, row.folded_name, row.definition, row.removed_at is not None)
            for row in stored.outlines(session, self._organisation_id)
        )

    def of(
        self, session: Session, graph: SegmentGraph, segments: Sequence[KnownSegment], *, removed: bool = False
    ) -> Mapping[int, Sequence[Use]]:
        """What uses each of these segments itself.

        Args:
            session: the store's.
            graph: all segments.
            segments: those asked for.
            removed: whether users that were removed count, too.
        """
        found: dict[int, list[Use]] = {segment.id: [] for segment in segments}
        for segment in segments:
            users = graph.direct_users_of(segment, removed=removed)
            found[segment.id] += [Use("segment", user.name) for user in users]
        for segment_id, use in self._besides_segments(session, segments, removed=removed):
            found[segment_id].append(use)
        return found

    def of_change(self, session: Session, graph: SegmentGraph, segment: KnownSegment) -> Sequence[Use]:
        """What a change of a segment's members reaches: its users, and theirs."""
        users = graph.users_of(segment)
        uses = [Use("segment", user.segment.name, through=tuple(user.path[1:-1])) for user in users]
        between = {segment.id: (), **{user.segment.id: tuple(user.path[:-1]) for user in users}}
        reached = [segment, *(user.segment for user in users)]
        for segment_id, use in self._besides_segments(session, reached, removed=False):
            uses.append(replace(use, through=between[segment_id]))
        return uses

    def _besides_segments(
        self, session: Session, segments: Sequence[KnownSegment], *, removed: bool
    ) -> Iterator[tuple[int, Use]]:
        ids = [segment.id for segment in segments]
        for sync in stored_of_many.syncs_of_segments(session, ids):
            mend = "remove" if sync.paused else "pause"
            yield sync.segment_id, Use("sync", sync.name, hinders=not sync.paused, mend=mend)
        yield from self._views(session, segments, removed=removed)
        for find in self._others:
            yield from find(session, segments)

    def _views(
        self, session: Session, segments: Sequence[KnownSegment], *, removed: bool
    ) -> Iterator[tuple[int, Use]]:
        by_name = {segment.folded_name: segment.id for segment in segments}
        ids = set(by_name.values())
        for view, of in stored_views.views(session, self._organisation_id):
            if of.removed_at is not None and not removed:
                continue
            name = f"{of.name} / {view.name}"
            if view.segment_id in ids:
                yield view.segment_id, Use("view", name, hinders=False, own=True)
            references = outline_of(view.definition).references
            for named in sorted({reference.folded_name for reference in references} & set(by_name)):
                if by_name[named] != view.segment_id:
                    yield by_name[named], Use("view", name)

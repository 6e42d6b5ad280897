"""What can be done with segments: make, change, count, list, watch, remove and restore them."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from sqlalchemy.orm import Session

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.criterion import Criterion
from hub.core.contracts.errors import DefinitionError, InUse, NotFound, TryAgain
from hub.core.contracts.parameters.texts import listed
from hub.core.engines.bitmap import Bitmap
from hub.core.segments.definition import EVERYONE, Tree, load
from hub.core.segments.definitions import Definitions
from hub.core.segments.evaluator import Evaluation, Evaluator
from hub.core.segments.history.history import History
from hub.core.segments.language import Language
from hub.core.segments.people.members import Members
from hub.core.segments.references.naming import clean_description, clean_name
from hub.core.segments.references.usage import FindUses, Usage, Use, mend
from hub.core.segments.states import SegmentState, SegmentStates
from hub.core.store import segments as stored
from hub.core.store.answers import forget_unused_anchors
from hub.core.store.database import Database
from hub.core.store.manual_members import numbers_of
from hub.core.store.segment_sizes import member_counts
from hub.core.store.tables import Organisation, Segment, SegmentKind, SegmentResult

_PATIENCE = 0.2
"""Seconds to wait for another writer before an answer is given without being kept."""


class Segments:
    """The segments of one organisation.

    Args:
        database: the store's.
        organisation: whose segments.
        evaluator: answers definitions.
        criteria: those there are.
        clock: the time now, in UTC.
        uses: finds what else uses segments, besides syncs, segments and views.
        language: of these criteria, where there is one already: making it takes a tenth of a second.
    """

    def __init__(
        self,
        database: Database,
        organisation: Organisation,
        evaluator: Callable[[], Evaluator],
        criteria: Sequence[Criterion[Any]],
        clock: Callable[[], datetime],
        uses: Sequence[FindUses] = (),
        language: Language | None = None,
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._clock = clock
        self.usage = Usage(organisation.id, uses)
        """Finds what uses them."""
        language = language or Language(criteria)
        self.definitions = Definitions(database, organisation, evaluator, language, self.usage, clock)
        """Understands definitions and asks who matches."""
        self.kept = History(database, organisation.id, language, clock)
        """What is kept of their evaluations."""
        self._states = SegmentStates(database, self.definitions, self.usage)
        self._members = Members(database, organisation, evaluator)

    @property
    def language(self) -> Language:
        """The text language of definitions."""
        return self.definitions.language

    def calendar(self, as_of: date | None = None) -> Calendar:
        """The organisation's calendar on a day, today if None."""
        return self.definitions.calendar(as_of)

    def understood(self, definition: str | object) -> Tree:
        """The canonical tree of a text or of a definition's JSON form.

        Raises:
            DefinitionError: it can't be understood; the error knows the place.
        """
        return self.definitions.understood(definition)

    def ask(self, definition: str | object, as_of: date | None = None) -> Evaluation:
        """Who matches a definition at the end of a day, with nothing stored.

        Raises:
            DefinitionError: it can't be understood, or a segment it refers to can't be answered.
        """
        return self.definitions.evaluate(self.understood(definition), as_of)

    def create(self, name: str, definition: str | object, description: str = "") -> Segment:
        """Make a dynamic segment and evaluate it.

        Raises:
            DefinitionError: the definition can't be understood, or refers to a segment that is not there.
            NameTaken: a segment has that name in any case.
            UserError: the name is empty, too long, or no line of text.
        """
        name = clean_name(name)
        tree = self.understood(definition)
        with self._database.session() as session:
            self.definitions.fitting(tree, self.usage.graph(session), 0, name)
        self.definitions.evaluate(tree, of=name)
        segment = self._new(name, description, SegmentKind.DYNAMIC)
        with self._database.session(write=True) as session:
            stored.lock(session, self._organisation_id)
            segment.definition = self.definitions.fitting(tree, self.usage.graph(session), 0, name)
            stored.add_segment(session, segment)
        self.evaluate(segment, wait=True)
        return segment

    def create_manual(self, name: str, description: str = "") -> Segment:
        """Make a segment whose members are added by hand, without any.

        Raises:
            NameTaken, UserError: as for ``create``.
        """
        segment = self._new(clean_name(name), description, SegmentKind.MANUAL)
        with self._database.session(write=True) as session:
            stored.lock(session, self._organisation_id)
            stored.add_segment(session, segment)
        return segment

    def named(self, name: str, *, removed: bool = False) -> Segment:
        """The segment of that name, in any case; a removed one only where it will do.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            return stored.segment_named(session, self._organisation_id, name, removed=removed)

    def of_id(self, segment_id: int, *, removed: bool = False) -> Segment:
        """The segment of that id; a removed one only where it will do.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            return stored.segment_of(session, self._organisation_id, segment_id, removed=removed)

    def states(
        self, *, removed: bool = False, after: str | None = None, limit: int | None = None
    ) -> Sequence[SegmentState]:
        """Segments by name, with how they stand; for paging from after a folded name."""
        with self._database.session() as session:
            found = stored.segments(session, self._organisation_id, removed=removed, after=after, limit=limit)
        return self._states.of(found)

    def state(self, segment: Segment) -> SegmentState:
        """How a segment stands."""
        return self._states.of([segment])[0]

    def uses(self, segment: Segment) -> Sequence[Use]:
        """What uses a segment, itself or through others."""
        with self._database.session() as session:
            graph = self.usage.graph(session)
            return self.usage.of_change(session, graph, graph.of_id(segment.id or 0))

    def evaluate(self, segment: Segment, as_of: date | None = None, *, wait: bool = False) -> Evaluation:
        """Evaluate a segment; what is found for today is kept in its history if it is new.

        A manual segment has the members that it has now, on any day.

        Args:
            segment: which one.
            as_of: the day at whose end it is evaluated; today if None.
            wait: whether to wait for another writer, such as an import, to keep what is found. Otherwise whoever
                asks is answered at once, and the next evaluation keeps it.

        Raises:
            DefinitionError: a criterion is unknown, in the segment or in one it refers to; the path is named.
        """
        if segment.definition is None:
            assert segment.id is not None
            everyone = self.definitions.evaluate(EVERYONE, as_of)
            by_hand = Bitmap.of(numbers_of(self._database, segment.id))
            evaluation = replace(everyone, members=everyone.members & by_hand, criteria=())
        else:
            evaluation = self.definitions.evaluate(load(segment.definition), as_of, of=segment.name)
        if as_of is None and wait:
            self.kept.keep(segment, evaluation)
        elif as_of is None:
            with suppress(TryAgain):
                self.kept.keep(segment, evaluation, _PATIENCE)
        return evaluation

    def evaluate_with_users(self, segment: Segment) -> Evaluation:
        """Evaluate a segment that was changed, and all that refer to it, so that their histories tell it at once.

        Raises:
            DefinitionError: as for ``evaluate``; a user of it that can't be answered is left as it is.
        """
        assert segment.id is not None
        evaluation = self.evaluate(segment, wait=True)
        with self._database.session() as session:
            graph = self.usage.graph(session)
            users = [user.segment.id for user in graph.users_of(graph.of_id(segment.id))]
            found = [stored.segment_of(session, self._organisation_id, user) for user in users]
        for user in found:
            with suppress(DefinitionError):
                self.evaluate(user, wait=True)
        return evaluation

    def history(self, segment: Segment, limit: int = 100, *, before: int | None = None) -> Sequence[SegmentResult]:
        """The newest results that differed from the one before, newest first; for paging from before an id.

        They come without their members.
        """
        return self.kept.results(segment, limit, before=before)

    def last_members(self, segment: Segment) -> Bitmap | None:
        """Who was in a segment when it was evaluated last, if it ever was: for one that can't be answered now."""
        newest = next(iter(self.history(segment, 1)), None)
        return self.kept.members_of(newest) if newest else None

    def remove(self, segment: Segment) -> None:
        """Put a segment away; it can be restored at any time, with its views.

        Raises:
            InUse: a sync that is not paused, another segment or a view of another one uses it.
            NotFound: it was removed already.
        """
        with self._database.session(write=True) as session:
            stored.lock(session, self._organisation_id)
            current = stored.segment_of(session, self._organisation_id, segment.id or 0)
            uses = [use for use in self._uses(session, current) if use.hinders]
            if uses:
                raise InUse(
                    f"the segment {current.name!r} is used by {listed(map(str, uses), 'and')}; {mend(uses)} first"
                )
            current.removed_at = self._clock()

    def restore(self, name: str) -> Segment:
        """Bring a removed segment back, and evaluate it if it can be answered.

        Raises:
            NotFound: no removed segment has that name.
            DefinitionError: it refers to a segment that was removed, too.
        """
        with self._database.session(write=True) as session:
            stored.lock(session, self._organisation_id)
            segment = stored.segment_named(session, self._organisation_id, name, removed=True)
            if segment.removed_at is None:
                raise NotFound(f"the segment {segment.name!r} was not removed; there is nothing to restore")
            graph = self.usage.graph(session)
            known = replace(graph.of_id(segment.id or 0), removed=False)
            graph.with_segment(known).check(known)
            segment.removed_at = None
        with suppress(DefinitionError):  # one that can't be answered is restored as it was
            self.evaluate(segment)
        return segment

    def delete(self, segment: Segment) -> None:
        """Delete a removed segment for good, with its views and its history.

        Raises:
            InUse: it was not removed before, is manual and has members, or something refers to it, be that
                removed or paused.
            NotFound: it is gone already.
        """
        with self._database.session(write=True) as session:
            stored.lock(session, self._organisation_id)
            current = stored.segment_of(session, self._organisation_id, segment.id or 0, removed=True)
            if current.removed_at is None:
                raise InUse(
                    f"the segment {current.name!r} is not removed; remove it before it is deleted for good"
                )
            members = member_counts(session, [current.id or 0]).get(current.id or 0, 0)
            if members:
                raise InUse(
                    f"the segment {current.name!r} holds {members:,} members that were added by hand; "
                    "restore it and take them out first"
                )
            uses = [use for use in self._uses(session, current, removed=True) if not use.own]
            if uses:
                raise InUse(
                    f"the segment {current.name!r} is named by {listed(map(str, uses), 'and')}; {mend(uses)} first"
                )
            stored.delete_segment(session, current)
            forget_unused_anchors(session.connection())

    def rows(self, members: Bitmap, *, after: int = 0, limit: int | None = None) -> pa.Table:
        """Data of members by number; see ``Members.rows``."""
        return self._members.rows(members, after=after, limit=limit)

    def _new(self, name: str, description: str, kind: SegmentKind) -> Segment:
        now = self._clock().replace(microsecond=0)  # as it is stored
        return Segment(
            organisation_id=self._organisation_id,
            name=name,
            folded_name=stored.folded(name),
            description=clean_description(description),
            kind=kind.value,
            created_at=now,
            changed_at=now,
        )

    def _uses(self, session: Session, segment: Segment, *, removed: bool = False) -> Sequence[Use]:
        assert segment.id is not None
        graph = self.usage.graph(session)
        return self.usage.of(session, graph, [graph.of_id(segment.id)], removed=removed)[segment.id]

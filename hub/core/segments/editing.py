"""Changes to a segment: its name, description or definition, with a look at what the change reaches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hub.core.contracts.errors import DefinitionError, InUse, UserError
from hub.core.engines.bitmap import Bitmap
from hub.core.segments.definition import Tree, dump, load
from hub.core.segments.references.naming import clean_description, clean_name
from hub.core.segments.references.references import outline_of, with_names
from hub.core.segments.references.usage import Use
from hub.core.segments.service import Segments
from hub.core.store import segments as stored
from hub.core.store import views as stored_views
from hub.core.store.database import Database
from hub.core.store.tables import Organisation, Segment


class ChangedMeanwhile(InUse):
    """Somebody else changed it since it was looked at. Look again, then repeat what is still wanted."""


@dataclass(frozen=True)
class ChangePreview:
    """What another definition of a segment would do now."""

    uses: Sequence[Use]
    """What uses the segment, and what uses that."""
    before: Bitmap
    """The members by the present definition; by its last evaluation where that can't be answered any more."""
    after: Bitmap

    @property
    def entering(self) -> Bitmap:
        """Who would enter."""
        return self.after - self.before

    @property
    def leaving(self) -> Bitmap:
        """Who would leave."""
        return self.before - self.after


class SegmentEditing:
    """Changes the segments of one organisation.

    Args:
        database: the store's.
        organisation: whose segments.
        segments: understands definitions, and evaluates what changed.
        clock: the time now, in UTC.
    """

    def __init__(
        self, database: Database, organisation: Organisation, segments: Segments, clock: Callable[[], datetime]
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._segments = segments
        self._clock = clock

    def preview(self, segment: Segment, definition: str | object) -> ChangePreview:
        """What uses a segment, and who would enter and leave if it were defined so; nothing is stored.

        Raises:
            DefinitionError: the definition can't be understood or answered, or refers to the segment itself.
            UserError: the segment is manual.
            NotFound: it was removed.
        """
        tree = self._segments.understood(definition)
        usage, definitions = self._segments.usage, self._segments.definitions
        with self._database.session() as session:
            current = self._dynamic(session, segment)
            graph = usage.graph(session)
            definitions.fitting(tree, graph, current.id or 0, current.name)
            uses = usage.of_change(session, graph, graph.of_id(current.id or 0))
        try:
            assert current.definition is not None
            trees = [load(current.definition), tree]
            before, after = (each.members for each in definitions.evaluate_many(trees, of=current.name))
        except DefinitionError:
            after = definitions.evaluate(tree, of=current.name).members  # else this one can't be answered either
            before = self._segments.last_members(current) or Bitmap.of([])
        return ChangePreview(uses, before, after)

    def edit(
        self,
        segment: Segment,
        *,
        name: str | None = None,
        description: str | None = None,
        definition: str | object | None = None,
        expected_changed_at: datetime | None = None,
    ) -> Segment:
        """Change a segment; a changed definition is evaluated at once, with all that refer to it.

        A new name is written into every definition, of segments and of views, that refers to the segment.

        Args:
            segment: which one.
            name: its new name, None to leave it.
            description: its new description, None to leave it.
            definition: its new definition as text or tree, None to leave it.
            expected_changed_at: its ``changed_at`` as the editor saw it; None to change it in any case.

        Returns:
            The segment as it is now. Its ``changed_at`` is later than before, by a second at least.

        Raises:
            ChangedMeanwhile: it was changed after ``expected_changed_at``.
            DefinitionError: the definition can't be understood or answered, or refers to the segment itself.
            NameTaken: another segment has that name.
            UserError: the name will not do, or a manual segment was given a definition.
            NotFound: the segment was removed.
        """
        tree = None if definition is None else self._segments.understood(definition)
        cleaned = None if name is None else clean_name(name)
        if tree is not None:
            self._check(segment, tree)
        with self._database.session(write=True) as session:
            stored.lock(session, self._organisation_id)
            current = stored.segment_of(session, self._organisation_id, segment.id or 0)
            _check_unchanged(current, expected_changed_at)
            if cleaned is not None and cleaned != current.name:
                self._rename(session, current, cleaned)
            if tree is not None:
                self._define(session, current, tree)
            if description is not None:
                current.description = clean_description(description)
            current.changed_at = self._later_than(current.changed_at)
        if tree is not None:
            self._segments.evaluate_with_users(current)
        return current

    def _check(self, segment: Segment, tree: Tree) -> None:
        """See that a definition can be answered, before anybody has to wait for this one's transaction."""
        definitions = self._segments.definitions
        with self._database.session() as session:
            current = self._dynamic(session, segment)
            definitions.fitting(tree, self._segments.usage.graph(session), current.id or 0, current.name)
        definitions.evaluate(tree, of=current.name)

    def _define(self, session: Session, current: Segment, tree: Tree) -> None:
        session.flush()  # a new name counts in what follows
        graph = self._segments.usage.graph(session)
        current.definition = self._segments.definitions.fitting(tree, graph, current.id or 0, current.name)

    def _rename(self, session: Session, current: Segment, name: str) -> None:
        """Give a segment another name, and write that wherever the old one stands, in removed segments too."""
        stored.check_name(session, self._organisation_id, name, current.id)
        old = current.folded_name

        def renamed(definition: object) -> dict[str, object]:
            return dump(
                with_names(load(definition), lambda written: name if stored.folded(written) == old else written)
            )

        graph = self._segments.usage.graph(session)
        for user in graph.direct_users_of(graph.of_id(current.id or 0), removed=True):
            other = stored.segment_of(session, self._organisation_id, user.id, removed=True)
            other.definition = renamed(other.definition)
            other.changed_at = self._later_than(other.changed_at)
        for view, _ in stored_views.views(session, self._organisation_id):
            if any(reference.folded_name == old for reference in outline_of(view.definition).references):
                view.definition = renamed(view.definition)
        current.name, current.folded_name = name, stored.folded(name)

    def _dynamic(self, session: Session, segment: Segment) -> Segment:
        current = stored.segment_of(session, self._organisation_id, segment.id or 0)
        if current.definition is None:
            raise UserError(
                f"the segment {current.name!r} is manual: add and remove its members; it has no criteria to change"
            )
        return current

    def _later_than(self, moment: datetime) -> datetime:
        """Now, but never the second of the change before: two editors would not be told apart."""
        return max(self._clock().replace(microsecond=0), moment + timedelta(seconds=1))


def _check_unchanged(current: Segment, expected: datetime | None) -> None:
    if expected is not None and current.changed_at != expected.replace(microsecond=0):
        raise ChangedMeanwhile(
            f"the segment {current.name!r} was changed by somebody else at "
            f"{current.changed_at:%Y-%m-%d %H:%M:%S} UTC; look at it again, then repeat your change"
        )

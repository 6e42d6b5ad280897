"""Views: a segment seen through further criteria, under a name. Who comes to match is in it by themselves."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from sqlalchemy.orm import Session

from hub.core.contracts.errors import InUse
from hub.core.contracts.parameters.texts import listed
from hub.core.segments.definition import Tree, all_of, load
from hub.core.segments.evaluator import Evaluation
from hub.core.segments.references.naming import clean_name
from hub.core.segments.references.references import outline_of, reference_to
from hub.core.segments.references.usage import Use, mend
from hub.core.segments.service import Segments
from hub.core.store import segments as stored_segments
from hub.core.store import views as stored
from hub.core.store.database import Database
from hub.core.store.tables import Organisation, Segment, View


class Views:
    """The views of one organisation's segments.

    Args:
        database: the store's.
        organisation: whose segments.
        segments: understands and answers definitions.
        uses: each finds what uses the view of an id.
    """

    def __init__(
        self,
        database: Database,
        organisation: Organisation,
        segments: Segments,
        uses: Sequence[Callable[[Session, int], Iterable[Use]]] = (),
    ) -> None:
        assert organisation.id is not None
        self._uses = uses
        self._database = database
        self._organisation_id = organisation.id
        self._segments = segments

    def create(self, segment: Segment, name: str, definition: str | object) -> View:
        """Save what a segment is seen through.

        Args:
            segment: the segment.
            name: what the view is called; unique among the segment's, in any case.
            definition: the further criteria, as text or tree.

        Raises:
            DefinitionError: the definition can't be understood or answered.
            NameTaken: the segment has a view of that name.
            UserError: the name will not do.
            NotFound: the segment was removed.
        """
        name = clean_name(name, "view")
        tree = self._answerable(segment, definition)
        with self._database.session(write=True) as session:
            current = self._held(session, segment.id)
            stored.check_view_name(session, current, name)
            assert current.id is not None
            view = View(
                segment_id=current.id,
                name=name,
                folded_name=stored_segments.folded(name),
                definition=self._written_out(session, tree),
            )
            session.add(view)
        return view

    def of(self, segment: Segment) -> Sequence[View]:
        """A segment's views by name."""
        with self._database.session() as session:
            return stored.views_of(session, segment)

    def named(self, segment: Segment, name: str) -> View:
        """A segment's view of that name, in any case.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            return stored.view_named(session, segment, name)

    def of_id(self, view_id: int) -> View:
        """The view of that id.

        Raises:
            NotFound: there is none, or its segment was removed.
        """
        with self._database.session() as session:
            return stored.view_of(session, self._organisation_id, view_id)[0]

    def change(self, view: View, *, name: str | None = None, definition: str | object | None = None) -> View:
        """Give a view another name or definition; None leaves it as it is.

        Raises:
            DefinitionError, NameTaken, UserError: as for ``create``.
            NotFound: the view is gone, or its segment was removed.
        """
        cleaned = None if name is None else clean_name(name, "view")
        tree = None if definition is None else self._answerable(self._segment_of(view), definition)
        with self._database.session(write=True) as session:
            stored_segments.lock(session, self._organisation_id)
            current, segment = stored.view_of(session, self._organisation_id, view.id or 0)
            if cleaned is not None:
                stored.check_view_name(session, segment, cleaned, current.id)
                current.name, current.folded_name = cleaned, stored_segments.folded(cleaned)
            if tree is not None:
                current.definition = self._written_out(session, tree)
        return current

    def remove(self, view: View) -> None:
        """Forget a view; nothing of its segment changes.

        Raises:
            InUse: something hands out or keeps its members elsewhere.
            NotFound: it is gone already.
        """
        with self._database.session(write=True) as session:
            stored_segments.lock(session, self._organisation_id)
            current, _ = stored.view_of(session, self._organisation_id, view.id or 0)
            uses = [use for find in self._uses for use in find(session, current.id or 0)]
            if uses:
                raise InUse(
                    f"the view {current.name!r} is used by {listed(map(str, uses), 'and')}; {mend(uses)} first"
                )
            session.delete(current)

    def tree(self, view: View) -> Tree:
        """What a view shows, as a definition: who is in its segment and meets its own criteria.

        Raises:
            NotFound: the view is gone, or its segment was removed.
        """
        with self._database.session() as session:
            current, segment = stored.view_of(session, self._organisation_id, view.id or 0)
        return _through(segment, load(current.definition))

    def evaluate(self, view: View, as_of: date | None = None) -> Evaluation:
        """Who is in a view at the end of a day, today if None. ``criteria`` begins with the segment as a whole.

        Raises:
            NotFound: the view is gone, or its segment was removed.
            DefinitionError: the view, or a segment it refers to, can't be answered; the path is named.
        """
        return self._segments.definitions.evaluate(self.tree(view), as_of, of=view.name)

    def _answerable(self, segment: Segment, definition: str | object) -> Tree:
        tree = self._segments.understood(definition)
        self._segments.definitions.evaluate(_through(segment, tree))
        return tree

    def _written_out(self, session: Session, tree: Tree) -> dict[str, object]:
        graph = self._segments.usage.graph(session)
        definition = self._segments.definitions.written_out(tree, graph)
        graph.check_outline(outline_of(definition))
        return definition

    def _held(self, session: Session, segment_id: int | None) -> Segment:
        """The segment, held still until the transaction ends."""
        stored_segments.lock(session, self._organisation_id)
        return stored_segments.segment_of(session, self._organisation_id, segment_id or 0)

    def _segment_of(self, view: View) -> Segment:
        with self._database.session() as session:
            return stored.view_of(session, self._organisation_id, view.id or 0)[1]


def _through(segment: Segment, tree: Tree) -> Tree:
    return all_of([reference_to(segment.name), tree])

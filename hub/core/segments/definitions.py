"""Understands definitions of one organisation and answers them, with errors that name the way to the trouble."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.errors import DefinitionError
from hub.core.segments.definition import Tree, dump, load
from hub.core.segments.evaluator import Evaluation, Evaluator
from hub.core.segments.language import Language
from hub.core.segments.references.graph import KnownSegment, SegmentGraph
from hub.core.segments.references.references import outline_of, with_names
from hub.core.segments.references.usage import Usage
from hub.core.store.database import Database
from hub.core.store.segments import folded
from hub.core.store.tables import Organisation


class Definitions:
    """Reads definitions and asks who matches them.

    Args:
        database: the store's.
        organisation: whose customers and segments.
        evaluator: answers definitions.
        language: reads and writes them.
        usage: knows the organisation's segments.
        clock: the time now, in UTC.
    """

    def __init__(
        self,
        database: Database,
        organisation: Organisation,
        evaluator: Callable[[], Evaluator],
        language: Language,
        usage: Usage,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._zone = ZoneInfo(organisation.time_zone)
        self._evaluator = evaluator
        self._usage = usage
        self._clock = clock
        self.language = language

    def calendar(self, as_of: date | None = None) -> Calendar:
        """The organisation's calendar on a day, today if None."""
        return Calendar(as_of or self._clock().astimezone(self._zone).date(), self._zone)

    def understood(self, definition: str | object) -> Tree:
        """The canonical tree of a text or of a definition's JSON form.

        Raises:
            DefinitionError: it can't be understood; the error knows the place.
        """
        if isinstance(definition, str):
            return self.language.parse(definition)
        return self.language.catalogue.normalise(load(definition))

    def evaluate(self, tree: Tree, as_of: date | None = None, *, of: str = "") -> Evaluation:
        """Who matches a definition at the end of a day.

        Args:
            tree: the definition.
            as_of: the day; today if None.
            of: the name of the segment it belongs to, for the path in an error.

        Raises:
            DefinitionError: it can't be answered; trouble in a segment it refers to is told with the path there.
        """
        return self.evaluate_many([tree], as_of, of=of)[0]

    def evaluate_many(
        self, trees: Sequence[Tree], as_of: date | None = None, *, of: str = ""
    ) -> Sequence[Evaluation]:
        """Who matches each of several definitions, at one revision; see ``evaluate``."""
        try:
            return self._evaluator().evaluate_many(trees, self.calendar(as_of))
        except DefinitionError as error:
            for tree in trees:
                problem = self._problem_below(tree, of)
                if problem:
                    raise DefinitionError(problem) from error
            raise

    def own_problems(self) -> Callable[[KnownSegment], str]:
        """Tells what is wrong with a segment's own criteria, such as one whose plugin is gone; empty if nothing.

        It looks once at each: many segments may refer to the same one.
        """
        found: dict[int, str] = {}

        def own_problem(segment: KnownSegment) -> str:
            if segment.id not in found:
                found[segment.id] = self._own_problem(segment)
            return found[segment.id]

        return own_problem

    def written_out(self, tree: Tree, graph: SegmentGraph) -> dict[str, Any]:
        """The JSON form to be stored, with the names of other segments as those are written.

        Raises:
            DefinitionError: a segment it refers to is not there.
        """
        return dump(with_names(tree, lambda name: graph.used(folded(name), name).name))

    def fitting(self, tree: Tree, graph: SegmentGraph, segment_id: int, name: str) -> dict[str, Any]:
        """The JSON form to be stored as the definition of a segment, after a look at what it refers to.

        Args:
            tree: the definition.
            graph: all segments.
            segment_id: the segment's id, 0 for a new one.
            name: what the segment is called.

        Raises:
            DefinitionError: see ``SegmentGraph.check``.
        """
        definition = self.written_out(tree, graph)
        known = KnownSegment(segment_id, name, folded(name), definition)
        graph.with_segment(known).check(known)
        return definition

    def _own_problem(self, segment: KnownSegment) -> str:
        if segment.definition is None:
            return ""
        try:
            self.language.catalogue.normalise(load(segment.definition))
        except DefinitionError as error:
            return str(error)
        return ""

    def _problem_below(self, tree: Tree, of: str) -> str:
        with self._database.session() as session:
            graph = self._usage.graph(session)
        own_problem = self.own_problems()
        for reference in outline_of(dump(tree)).references:
            below = graph.used(reference.folded_name, reference.name)
            problem = graph.problem_of(below, own_problem, above=of or "the definition")
            if problem:
                return problem
        return ""

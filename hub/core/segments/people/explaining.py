"""Tells why a customer is in a segment, or is not: criterion by criterion, down into the segments it refers to."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from sqlalchemy.orm import Session

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.errors import DefinitionError, NotFound
from hub.core.engines.engine import Engine
from hub.core.segments.binding import Bound
from hub.core.segments.definition import AllOf, AnyOf, CriterionNode, Tree, children, criteria_of, load
from hub.core.segments.evaluator import Answer, Evaluator
from hub.core.segments.language import Language
from hub.core.segments.membership import InSegmentParameters
from hub.core.segments.people.figures import Figure, figures, traits_read
from hub.core.store.database import Database
from hub.core.store.results import still_there
from hub.core.store.segments import folded, segment_named
from hub.core.store.tables import Organisation, Segment, SegmentMember

_MOST_NUMBER = 2**31 - 1


class ExplainedKind(StrEnum):
    """What a part of an explanation is about."""

    ALL_OF = "all_of"
    ANY_OF = "any_of"
    NONE_OF = "none_of"
    CRITERION = "criterion"
    BY_HAND = "by_hand"
    """A manual segment."""


@dataclass(frozen=True)
class Explained:
    """A part of a definition, and whether it matches one customer."""

    kind: ExplainedKind
    matches: bool
    sentence: str
    """A criterion as the end of "customers who …", a group as what it asks of its parts."""
    text: str = ""
    """A criterion in the text language; empty for other parts."""
    figures: Mapping[str, Figure] = field(default_factory=dict)
    """The customer's own figures that a criterion looks at, by trait; empty where it counts by itself."""
    parts: Sequence["Explained"] = ()
    """What a group is made of; of a criterion that asks for a segment, its definition, where it is named first."""


class Explaining:
    """Explains memberships of one organisation's segments.

    Args:
        database: the store's.
        organisation: whose segments and customers.
        evaluator: answers definitions.
        engine: knows single customers' figures.
        language: says criteria.
        currency_digits: decimals of the organisation's currency.
    """

    def __init__(
        self,
        database: Database,
        organisation: Organisation,
        evaluator: Callable[[], Evaluator],
        engine: Callable[[], Engine],
        language: Language,
        currency_digits: int,
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._evaluator = evaluator
        self._engine = engine
        self._language = language
        self._currency_digits = currency_digits

    def explain(self, asked: Segment | Tree, number: int, calendar: Calendar) -> Explained:
        """Why a customer matches a segment or a definition at the end of a day, or why not.

        Args:
            asked: the segment or the definition.
            number: the customer.
            calendar: the day.

        Raises:
            NotFound: there is no such customer.
            DefinitionError: a criterion or a segment is unknown, or parameters are wrong.
        """
        catalogue = self._language.catalogue
        with self._database.session() as session:
            self._check_customer(session, number)
            if isinstance(asked, Segment) and asked.definition is None:
                return self._by_hand(session, asked, number, calendar)
            tree = load(asked.definition) if isinstance(asked, Segment) else asked
            below = self._segments_below(session, tree)
            by_hand = {
                name: self._by_hand(session, segment, number, calendar)
                for name, segment in below.items()
                if segment.definition is None
            }
        trees = {name: load(segment.definition) for name, segment in below.items() if name not in by_hand}
        evaluations = self._evaluator().evaluate_many([tree, *trees.values()], calendar)
        read = {
            bound.key: traits_read(bound, calendar, self._currency_digits)
            for each in (tree, *trees.values())
            for bound in map(catalogue.bind, criteria_of(each))
        }
        names = sorted({name for some in read.values() for name in some})
        own = figures(self._engine(), number, names, calendar, self._currency_digits)
        answers = {name: each.criteria for name, each in zip(trees, evaluations[1:], strict=True)}
        return _Telling(number, self._language, trees, answers, by_hand, read, own).told(
            tree, evaluations[0].criteria
        )

    def _check_customer(self, session: Session, number: int) -> None:
        known = range(1, _MOST_NUMBER)
        chosen = np.array([number] if number in known else [], np.uint32)
        if not still_there(session.connection(), self._organisation_id, chosen, after=0, limit=1):
            raise NotFound(f"there is no customer {number}; perhaps they were erased")

    def _segments_below(self, session: Session, tree: Tree) -> Mapping[str, Segment]:
        """All segments that a definition refers to, directly or through others, by folded name."""
        found: dict[str, Segment] = {}
        waiting = deque([tree])
        while waiting:
            for node in criteria_of(waiting.popleft()):
                name = _name_of(self._language.catalogue.bind(node))
                if name and name not in found:
                    found[name] = self._named(session, name)
                    if found[name].definition is not None:
                        waiting.append(load(found[name].definition))
        return found

    def _named(self, session: Session, name: str) -> Segment:
        try:
            return segment_named(session, self._organisation_id, name)
        except NotFound as error:
            raise DefinitionError(str(error)) from None

    @staticmethod
    def _by_hand(session: Session, segment: Segment, number: int, calendar: Calendar) -> Explained:
        member = session.get(SegmentMember, (segment.id, number))
        if member is None:
            return Explained(ExplainedKind.BY_HAND, False, "was not added by hand")
        day = member.added_at.astimezone(calendar.time_zone).date()
        return Explained(ExplainedKind.BY_HAND, True, f"was added by hand on {day}")


class _Telling:
    """Puts an explanation together, from left to right.

    Args:
        number: the customer.
        language: says criteria.
        trees: definitions of the segments that are referred to, by folded name.
        answers: what the criteria of each of them matched, from left to right.
        by_hand: the manual segments that are referred to, explained, by folded name.
        read: the traits each criterion reads, by its key.
        own: the customer's figures, by trait.
    """

    def __init__(
        self,
        number: int,
        language: Language,
        trees: Mapping[str, Tree],
        answers: Mapping[str, Sequence[Answer]],
        by_hand: Mapping[str, Explained],
        read: Mapping[str, Sequence[str]],
        own: Mapping[str, Figure],
    ) -> None:
        self._number = number
        self._language = language
        self._trees = trees
        self._answers = answers
        self._by_hand = by_hand
        self._read = read
        self._own = own
        self._unfolded: set[str] = set()

    def told(self, tree: Tree, answers: Sequence[Answer]) -> Explained:
        """Explain a definition whose criteria, from left to right, matched this."""
        return self._told(tree, iter(answers))

    def _told(self, tree: Tree, answers: Iterator[Answer]) -> Explained:
        if isinstance(tree, CriterionNode):
            return self._criterion(next(answers))
        parts = [self._told(child, answers) for child in children(tree)]
        match tree:
            case AllOf():
                sentence = "all of these match" if parts else "every customer matches"
                return Explained(ExplainedKind.ALL_OF, all(part.matches for part in parts), sentence, parts=parts)
            case AnyOf():
                sentence = "at least one of these matches" if parts else "no customer matches"
                return Explained(ExplainedKind.ANY_OF, any(part.matches for part in parts), sentence, parts=parts)
        matches = not any(part.matches for part in parts)
        return Explained(ExplainedKind.NONE_OF, matches, "none of these matches", parts=parts)

    def _criterion(self, answer: Answer) -> Explained:
        bound = self._language.catalogue.bind(answer.node)
        return Explained(
            ExplainedKind.CRITERION,
            self._number in answer.members,
            bound.describe(),
            self._language.print(answer.node),
            {name: self._own[name] for name in self._read[bound.key] if name in self._own},
            self._segment(_name_of(bound)),
        )

    def _segment(self, name: str) -> Sequence[Explained]:
        """The definition of a segment that is referred to; once is enough."""
        if name in self._by_hand:
            return (self._by_hand[name],)
        if name not in self._trees or name in self._unfolded:
            return ()
        self._unfolded.add(name)
        return (self.told(self._trees[name], self._answers[name]),)


def _name_of(bound: Bound) -> str:
    """The folded name of the segment that a criterion asks for; empty for any other criterion."""
    return folded(bound.parameters.name) if isinstance(bound.parameters, InSegmentParameters) else ""

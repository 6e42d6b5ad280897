"""Turns what the grammar recognises into values, from the bottom up and without recursion."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from lark import Token
from pydantic import BaseModel, ValidationError

from hub.core.contracts.criterion import Criterion
from hub.core.contracts.parameters import DateTest, NumberTest, OneOf, TextTest
from hub.core.segments import definition
from hub.core.segments.binding import first_of, said, written
from hub.core.segments.definition import CriterionNode, Tree
from hub.core.segments.language.clauses import Clause


@dataclass(frozen=True)
class Read:
    """A value and where it stands."""

    value: Any
    start_pos: int
    end_pos: int


@dataclass(frozen=True)
class Part(Read):
    """A piece of the definition's tree, and how many levels it has."""

    depth: int


Child: TypeAlias = Token | Read


class Mistake(Exception):  # it becomes a DefinitionError once the text is at hand
    """What was recognised has no meaning: why, and from where to where it stands."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.start = start
        self.end = end


class Reader:
    """The parser's callbacks: one method for each name in the grammar, called with the children."""

    def __init__(self) -> None:
        for model, prefix in ((NumberTest, "number"), (DateTest, "date"), (OneOf, "choice"), (TextTest, "texts")):
            for form in model.model_fields:
                setattr(self, f"{prefix}_{form}", _form_reader(model, form))

    def learn(self, rule: str, criterion: Criterion[Any], clauses: Sequence[Clause]) -> None:
        """Add the callbacks for a criterion's own rules."""
        setattr(self, rule, lambda children: _criterion(criterion, children))
        for clause in clauses:
            setattr(self, f"{rule}_{clause.field}", _clause_reader(clause))

    def start(self, children: list[Part]) -> Tree:
        """The whole text."""
        tree: Tree = children[0].value
        return tree

    def either(self, children: list[Child]) -> Part:
        """Parts joined by "or"."""
        return _joined(definition.any_of, children)

    def both(self, children: list[Child]) -> Part:
        """Parts joined by "and"."""
        return _joined(definition.all_of, children)

    def negation(self, children: list[Child]) -> Part:
        """What follows "not"."""
        return _joined(definition.none_of, children)

    def group(self, children: list[Child]) -> Part:
        """A part in brackets."""
        inner = next(child for child in children if isinstance(child, Part))
        return Part(inner.value, *_span(children), inner.depth)

    def everyone(self, children: list[Child]) -> Part:
        """The word "everyone"."""
        return Part(definition.EVERYONE, *_span(children), 1)

    def nobody(self, children: list[Child]) -> Part:
        """The word "nobody"."""
        return Part(definition.NOBODY, *_span(children), 1)

    def texts(self, children: list[Any]) -> list[Token]:
        """Texts separated by commas; the list grows in place, for 10,000 of them."""
        if not isinstance(children[0], list):
            return [children[0]]
        children[0].append(children[-1])
        return children[0]

    def text_list(self, children: Sequence[Any]) -> Read:
        """Texts in brackets."""
        return Read(children[1], children[0].start_pos, children[2].end_pos)

    def plain_text(self, children: Sequence[Token]) -> Read:
        """A text in quotes."""
        return Read(str(children[0]), *_span(children))

    def plain_number(self, children: Sequence[Token]) -> Read:
        """A number; an int if it is written as one, which is all that a strict parameter takes."""
        (token,) = children
        return Read(Decimal(token) if "." in token else int(token), *_span(children))

    plain_date = plain_text


def _form_reader(model: type[BaseModel], form: str) -> Callable[[Sequence[Child]], Read]:
    """Make a test from the numbers, dates or texts among the children."""

    def read(children: Sequence[Child]) -> Read:
        tokens = list(_value_tokens(children))
        values = [_value(token) for token in tokens]
        value: Any = values if len(values) > 1 or model in (OneOf, TextTest) else values[0]
        if form in _DAYS:
            value = _whole(value, tokens[0])
        try:
            return Read(model.model_validate({form: value}), *_span(children))
        except ValidationError as error:
            details = first_of(error)
            raise Mistake(said(details), *_span(_blamed(details["loc"], tokens) or children)) from None

    return read


_VALUES = ("NUMBER", "DATE", "TEXT")
_DAYS = ("within_days", "not_within_days", "exactly_days_ago", "more_than_days_ago")


def _value_tokens(children: Iterable[Child]) -> Iterator[Token]:
    for child in children:
        if isinstance(child, Read):
            yield from child.value
        elif child.type in _VALUES:
            yield child


def _value(token: Token) -> Any:
    if token.type == "NUMBER":
        return Decimal(token)
    return date.fromisoformat(token) if token.type == "DATE" else str(token)


def _whole(value: Decimal, token: Token) -> int:
    if value != int(value):
        raise Mistake("a number of days is whole", *_span([token]))
    return int(value)


def _blamed(location: tuple[int | str, ...], tokens: Sequence[Token]) -> Sequence[Token]:
    """The value a mistake is about; none if it is about the test as a whole."""
    if len(location) > 1 and isinstance(location[1], int):
        return tokens[location[1] : location[1] + 1]
    return tokens if len(tokens) == 1 else ()


def _clause_reader(clause: Clause) -> Callable[[Sequence[Child]], Read]:
    def read(children: Sequence[Child]) -> Read:
        values = [child.value for child in children if isinstance(child, Read)]
        value = values[0] if values else str(children[-1])
        return Read((clause.field, value if clause.said else True), *_span(children))

    return read


def _criterion(criterion: Criterion[Any], children: Sequence[Child]) -> Part:
    clauses = [child for child in children if isinstance(child, Read)]
    places = {child.value[0]: child for child in clauses}
    values = dict(child.value for child in clauses)
    try:
        parameters = criterion.parameters_model.model_validate(values)
    except ValidationError as error:
        details = first_of(error)
        place = places.get(str(details["loc"][0])) if details["loc"] else None
        raise Mistake(said(details), *_span([place] if place else children)) from None
    node = CriterionNode(criterion=criterion.name, parameters=written(parameters))
    return Part(node, *_span(children), 1)


def _joined(join: Callable[[Sequence[Tree]], Tree], children: Sequence[Child]) -> Part:
    parts = [child for child in children if isinstance(child, Part)]
    value = join([part.value for part in parts])
    alone = any(value is part.value for part in parts)
    merged = join is definition.none_of and isinstance(parts[0].value, definition.AnyOf)
    depth = max(part.depth for part in parts) + (0 if alone or merged else 1)
    if depth > definition.DEEPEST:
        start, _ = _span(children)
        raise Mistake(f"this is nested too deeply: {definition.DEEPEST} levels are the most", start, start + 1)
    return Part(value, *_span(children), depth)


def _span(children: Sequence[Child]) -> tuple[int, int]:
    return children[0].start_pos or 0, children[-1].end_pos or 0

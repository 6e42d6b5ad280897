"""How the fields of a criterion's parameters are said: derived from the model alone, field by field."""

import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from hub.core.contracts.criterion import Criterion
from hub.core.contracts.errors import IntegratorError
from hub.core.contracts.parameters import DateTest, Keyword, NumberTest, OneOf, TextTest
from hub.core.segments.language import writing


@dataclass(frozen=True)
class Clause:
    """One field of a criterion's parameters, as it is said."""

    field: str
    keyword: str
    """Words in front, or empty."""
    said: str
    """What follows them, in the grammar's notation; empty for a flag, which is its keyword alone."""
    is_word: bool
    """What follows is one word of a choice."""
    optional: bool
    default: Any
    write: Callable[[Any], str]
    """Says a value, the words around it left out."""
    unit: tuple[str, ...] = ()
    """Words that may follow it, or none."""

    @property
    def grammar(self) -> str:
        """The right side of the clause's rule; words and signs stand in double quotes."""
        words = " ".join(f'"{word}"' for word in self.keyword.split())
        units = " | ".join(f'"{word}"' for word in self.unit)
        unit = f"({units})?" if units else ""
        return " ".join(part for part in (words, self.said, unit) if part)

    def text(self, value: Any) -> str:
        """The whole clause, as it is written."""
        said = self.write(value)
        unit = self.unit and self.unit[-1 if said.split()[-1] == "1" else 0]
        return " ".join(part for part in (self.keyword, said, unit) if part)


@dataclass(frozen=True)
class _Form:
    said: str
    write: Callable[[Any], str]


_FORMS: Mapping[type, _Form] = types.MappingProxyType(
    {
        NumberTest: _Form("number_test", writing.number_test),
        DateTest: _Form("date_test", writing.date_test),
        OneOf: _Form("one_of", writing.one_of),
        TextTest: _Form("text_test", writing.text_test),
        str: _Form("plain_text", writing.quoted),
        int: _Form("plain_number", str),
        Decimal: _Form("plain_number", writing.number),
        date: _Form("plain_date", date.isoformat),
    }
)


def clauses_of(criterion: Criterion[Any]) -> tuple[Clause, ...]:
    """The clauses of a criterion, in the order of the fields.

    Raises:
        IntegratorError: a field has a type that can't be said; the criterion's name stands for the plugin's.
    """
    fields = criterion.parameters_model.model_fields
    return tuple(_clause(criterion.name, name, field) for name, field in fields.items())


def _clause(criterion: str, name: str, field: FieldInfo) -> Clause:
    kind, keywords = _unwrapped(field.annotation)
    keywords += [part for part in field.metadata if isinstance(part, Keyword)]
    keyword, unit = (keywords[0].words, keywords[0].unit) if keywords else ("", ())
    optional, default = not field.is_required(), field.get_default(call_default_factory=True, validated_data={})
    if kind is bool and (not optional or default is not False):
        raise IntegratorError(criterion, f"parameter {name} is a bool: give it the default False")
    if _allows_none(field.annotation) and (not optional or default is not None):
        raise IntegratorError(criterion, f"parameter {name} may be None, which can't be said unless left out")
    is_word = isinstance(kind, type) and issubclass(kind, StrEnum)
    if unit and (kind is bool or is_word):
        raise IntegratorError(criterion, f"parameter {name} is no quantity: take the unit from its keyword")
    if kind is bool:
        return Clause(name, keyword or name.replace("_", " "), "", False, True, False, lambda _: "")
    if is_word:
        words = " | ".join(f'"{choice}"' for choice in kind)
        return Clause(name, keyword, f"({words})", True, optional, default, str)
    if kind not in _FORMS:
        said = ", ".join(form.__name__ for form in _FORMS)
        raise IntegratorError(criterion, f"parameter {name} can't be said: use {said}, a StrEnum or a bool")
    form = _FORMS[kind]
    return Clause(name, keyword, form.said, False, optional, default, form.write, unit)


def _unwrapped(annotation: Any) -> tuple[Any, list[Keyword]]:
    """A field's type without its metadata and None, and the keywords found on the way."""
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        kind, keywords = _unwrapped(inner)
        return kind, [part for part in metadata if isinstance(part, Keyword)] + keywords
    if get_origin(annotation) in (Union, types.UnionType):
        parts = [part for part in get_args(annotation) if part is not type(None)]
        return _unwrapped(parts[0]) if len(parts) == 1 else (annotation, [])
    return annotation, []


def _allows_none(annotation: Any) -> bool:
    if get_origin(annotation) is Annotated:
        return _allows_none(get_args(annotation)[0])
    return get_origin(annotation) in (Union, types.UnionType) and type(None) in get_args(annotation)


def words_in(grammar: str) -> Iterator[str]:
    """The words and signs that a piece of grammar has in double quotes."""
    return (part for number, part in enumerate(grammar.split('"')) if number % 2)

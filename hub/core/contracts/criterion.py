"""The contract of a criterion: a typed question about customers that every engine answers alike."""

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.distribution import Distribution
from hub.core.contracts.parameters import DateTest
from hub.core.contracts.relations import Relations

SEGMENT = "segment"
"""The word for being in another segment. The hub answers it itself; no plugin's criterion may have it."""


class Parameters(BaseModel):
    """Base of a criterion's parameters: unknown fields are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Question:
    """What an expression is built for: the tables, the day, and the currency's decimals."""

    relations: Relations
    calendar: Calendar
    currency_digits: int
    """Decimals of the organisation's currency: 2 for EUR, 0 for JPY."""


ParametersT = TypeVar("ParametersT", bound=Parameters)


class Criterion(ABC, Generic[ParametersT]):
    """A question with typed parameters. Its expression and its sentence stand side by side.

    Class attributes to set: ``name`` (the word in the text language), ``label``, ``help`` and
    ``parameters_model``, whose fields give the widget, the validation, the text form and the documentation.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]
    parameters_model: ClassVar[type[Parameters]]
    aliases: ClassVar[tuple[str, ...]] = ()
    """Other words the text language accepts; it always prints ``name``."""

    @abstractmethod
    def expression(self, parameters: ParametersT, question: Question) -> ColumnElement[bool]:
        """Which rows of ``question.relations.traits`` match: true, false, never null.

        Keep to comparisons, ``and``/``or``/``not``, ``in``, ``is null``, sums and products and
        ``number in (select customer from …)`` with grouping: constructs that all engines share. A select
        inside reads nothing of ``traits`` around it, and returns no null: engines may run it by itself.
        """

    @abstractmethod
    def describe(self, parameters: ParametersT) -> str:
        """Say it as a sentence's end: "customers who …"."""

    def distribution(self, parameters: ParametersT, question: Question) -> Distribution | None:
        """How what is asked about is spread over the customers, whatever the test; None where that says nothing.

        It makes the histogram beside a slider and the bars beside a choice.
        """
        return None

    def distribution_key(self, parameters: ParametersT) -> Hashable:
        """What of the parameters the distribution depends on: it is kept under this, while the test moves."""
        return None

    def changes_with_time(self, parameters: ParametersT) -> bool:
        """Whether the answer can change at midnight though no fact did.

        True if a parameter is or holds a date test that counts from today. Override it where the
        expression reads the day itself, as an age does.
        """
        return any(isinstance(value, DateTest) and value.relative for value in _values(parameters))


def _values(value: object) -> Iterator[object]:
    """A value and all that it holds."""
    yield value
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _values(getattr(value, name))
    elif isinstance(value, (tuple, list, set, frozenset)):
        for part in value:
            yield from _values(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _values(part)

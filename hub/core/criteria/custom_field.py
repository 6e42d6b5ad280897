"""Fields an organisation added itself, each with the tests of its type."""

from collections.abc import Hashable
from typing import Annotated, Self

from pydantic import Field, StrictBool, model_validator
from sqlalchemy import ColumnElement, case, select

from hub import (
    Criterion,
    DateTest,
    Distribution,
    DistributionKind,
    Keyword,
    NumberTest,
    OneOf,
    Parameters,
    Question,
    Text,
)

_DECIMALS = 4
"""Numbers are kept in ten-thousandths."""
_TESTS = ("number", "text", "choice", "day", "yes", "no")


class CustomFieldParameters(Parameters):
    """Which field, and exactly one test of its type."""

    name: Text = Field(description="the field's name, compared exactly")
    number: Annotated[NumberTest | None, Keyword("number")] = Field(None, description="test of a number")
    text: Annotated[OneOf | None, Keyword("text")] = Field(None, description="test of a text, compared exactly")
    choice: Annotated[OneOf | None, Keyword("choice")] = Field(
        None, description="test of a choice, compared exactly"
    )
    day: Annotated[DateTest | None, Keyword("date")] = Field(
        None, description="test of a date; the absolute forms may name days to come"
    )
    yes: StrictBool = Field(False, description="it is yes")
    no: StrictBool = Field(False, description="it is no")

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        if sum(bool(getattr(self, test)) for test in _TESTS) != 1:
            raise ValueError(
                "give exactly one test of the field: `number >= 46`, `text in (…)`, `choice in (…)`, `date …`, "
                "`yes` or `no`"
            )
        return self


class CustomField(Criterion[CustomFieldParameters]):
    """A value of the field is filled in, and passes."""

    name = "field"
    label = "Custom field"
    help = (
        "A field you added yourself passes a test of its type: a number, a text, a choice, a date, yes or no. Who "
        "has nothing there is left out, whatever the test."
    )
    parameters_model = CustomFieldParameters

    def expression(self, parameters: CustomFieldParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        values = question.relations.custom_values.c
        owners = select(values.customer).where(
            values.customer.is_not(None), values.field == parameters.name, _passes(parameters, question)
        )
        return question.relations.traits.c.number.in_(owners)

    def describe(self, parameters: CustomFieldParameters) -> str:
        """See ``Criterion.describe``."""
        said = f"have a “{parameters.name}” that is"
        if parameters.number is not None:
            return f"{said} {parameters.number.describe()}"
        for test in (parameters.text, parameters.choice, parameters.day):
            if test is not None:
                return f"{said} {test.describe()}"
        return f"{said} {'yes' if parameters.yes else 'no'}"

    def distribution(self, parameters: CustomFieldParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        values = question.relations.custom_values.c
        own = (values.field == parameters.name,)
        if parameters.number is not None:
            return Distribution(
                DistributionKind.NUMBER, values.customer, values.number_value, own, decimals=_DECIMALS
            )
        if parameters.day is not None:
            return Distribution(DistributionKind.DAY, values.customer, values.day_value, own)
        if parameters.yes or parameters.no:
            said = case((values.yes_no_value.is_(True), "yes"), (values.yes_no_value.is_(False), "no"))
            return Distribution(DistributionKind.CHOICE, values.customer, said, own)
        return Distribution(DistributionKind.CHOICE, values.customer, values.text_value, own)

    def distribution_key(self, parameters: CustomFieldParameters) -> Hashable:
        """See ``Criterion.distribution_key``: the field and its type."""
        return parameters.name, next(test for test in _TESTS if getattr(parameters, test))


def _passes(parameters: CustomFieldParameters, question: Question) -> ColumnElement[bool]:
    values = question.relations.custom_values.c
    if parameters.number is not None:
        return parameters.number.matches(values.number_value, _DECIMALS)
    if parameters.day is not None:
        return parameters.day.matches_day(values.day_value, question.calendar, ahead=True)
    named = parameters.text or parameters.choice
    if named is not None:
        return named.matches(values.text_value)
    return values.yes_no_value.is_(parameters.yes)

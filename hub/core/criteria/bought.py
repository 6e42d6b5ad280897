"""What a customer bought, and when."""

from collections.abc import Iterator
from enum import StrEnum

from pydantic import Field
from sqlalchemy import ColumnElement, FromClause, exists

from hub import Criterion, DateTest, Parameters, Question, TextTest


class Kind(StrEnum):
    """What the texts of a ``bought`` name."""

    CATEGORY = "category"
    """A category of events or products, such as opera."""
    PRODUCT = "product"
    """A product, by its id in the shop."""
    EVENT = "event"
    """An event date, by its id in the ticket system."""


class BoughtParameters(Parameters):
    """What was bought, and when."""

    kind: Kind = Field(description="what the names are: category, product or event")
    names: TextTest = Field(description="categories by name, products and events by their id; compared exactly")
    when: DateTest | None = Field(None, description="day of the order; any day if left out")


class Bought(Criterion[BoughtParameters]):
    """Any, all or none of some things, in orders that count as bought, in a time frame."""

    name = "bought"
    label = "Bought"
    help = (
        "The customer bought any, all or none of these categories, products or events, at any time or in a "
        "time frame. Who bought nothing at all bought none of them."
    )
    parameters_model = BoughtParameters

    def expression(self, parameters: BoughtParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        lines = question.relations.lines
        thing = parameters.kind.value
        return parameters.names.matches(
            question.relations.traits.c.number,
            lines.c.customer,
            lines.c[thing],
            *_in_time(parameters.when, lines, thing, question),
        )

    def describe(self, parameters: BoughtParameters) -> str:
        """See ``Criterion.describe``."""
        many = "categories" if parameters.kind is Kind.CATEGORY else f"{parameters.kind}s"
        what = parameters.names.describe(f"the {parameters.kind}", f"the {many}")
        when = f" {parameters.when.describe()}" if parameters.when else ""
        return f"bought {what}{when}"


def _in_time(
    when: DateTest | None, lines: FromClause, thing: str, question: Question
) -> Iterator[ColumnElement[bool]]:
    """Which lines count. *Not within* asks for the last time a thing was bought, the other forms for any."""
    if when is None:
        return
    yield when.matches(lines.c.ordered_at, question.calendar)
    if when.not_within_days is not None:
        later = lines.alias("later")
        recent = DateTest(within_days=when.not_within_days).matches(later.c.ordered_at, question.calendar)
        same = (later.c.customer == lines.c.customer, later.c[thing] == lines.c[thing])
        yield ~exists().where(*same, recent).correlate(lines)

"""What a customer bought, and when."""

from enum import StrEnum

from pydantic import Field
from sqlalchemy import ColumnElement

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
        lines = question.relations.lines.c
        in_time = [parameters.when.matches(lines.ordered_at, question.calendar)] if parameters.when else []
        return parameters.names.matches(
            question.relations.traits.c.number, lines.customer, lines[parameters.kind.value], *in_time
        )

    def describe(self, parameters: BoughtParameters) -> str:
        """See ``Criterion.describe``."""
        many = "categories" if parameters.kind is Kind.CATEGORY else f"{parameters.kind}s"
        what = parameters.names.describe(f"the {parameters.kind}", f"the {many}")
        when = f" {parameters.when.describe()}" if parameters.when else ""
        return f"bought {what}{when}"

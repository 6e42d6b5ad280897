"""How long before an event a customer bought."""

from typing import Annotated

from pydantic import Field
from sqlalchemy import ColumnElement

from hub import Criterion, DateTest, Distribution, DistributionKind, Keyword, NumberTest, Parameters, Question
from hub.core.criteria.time_frames import customers_who_did


class LeadTimeParameters(Parameters):
    """How long before, and when that was."""

    days: Annotated[NumberTest, Keyword(unit=("days", "day"))] = Field(
        description="calendar days from the order to the event; 0 on its day, below 0 after it"
    )
    when: DateTest | None = Field(None, description="day of the order; any day if left out")


class LeadTime(Criterion[LeadTimeParameters]):
    """At least one line of an order that counts was bought so long before its event."""

    name = "lead_time"
    label = "Lead time"
    help = (
        "The customer bought at least once so many days before the event: at most 2 finds the impulsive, at least "
        "90 who plan ahead. Lines without an event, or whose event has no known day, do not count."
    )
    parameters_model = LeadTimeParameters

    def expression(self, parameters: LeadTimeParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        lines = question.relations.lines.c
        buyers = customers_who_did(
            lines.customer,
            lines.ordered_at,
            parameters.when,
            question.calendar,
            parameters.days.matches(lines.lead_days),
        )
        return question.relations.traits.c.number.in_(buyers)

    def describe(self, parameters: LeadTimeParameters) -> str:
        """See ``Criterion.describe``."""
        when = f", {parameters.when.describe()}" if parameters.when else ""
        return f"bought {parameters.days.describe('day', 'days')} before an event{when}"

    def distribution(self, parameters: LeadTimeParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        lines = question.relations.lines.c
        return Distribution(DistributionKind.NUMBER, lines.customer, lines.lead_days)

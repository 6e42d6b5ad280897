"""Where a customer buys."""

from enum import StrEnum

from pydantic import Field
from sqlalchemy import ColumnElement, and_

from hub import Criterion, DateTest, Distribution, DistributionKind, Parameters, Question, SalesChannel
from hub.core.criteria.time_frames import customers_who_did, said_time


class Through(StrEnum):
    """Through which channels a customer bought."""

    ONLINE = "online"
    """Online at least once."""
    BOX_OFFICE = "box_office"
    """At the box office at least once."""
    BOTH = "both"
    """Through each of the two at least once."""
    ANY = "any"
    """Through any channel, known or not: has bought at all."""


class SalesChannelParameters(Parameters):
    """Where, and when that was."""

    through: Through = Field(description="online, box_office, both of them, or any")
    when: DateTest | None = Field(None, description="day of the order; any day if left out")


class SalesChannelCriterion(Criterion[SalesChannelParameters]):
    """Has an order that counts, through this channel."""

    name = "sales_channel"
    label = "Sales channel"
    help = (
        "The customer bought online, at the box office, through both (at least once each), or through any, which "
        "is who has bought at all. Who bought through both is also under each of them."
    )
    parameters_model = SalesChannelParameters

    def expression(self, parameters: SalesChannelParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        orders, number = question.relations.orders.c, question.relations.traits.c.number

        def bought(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
            return number.in_(
                customers_who_did(
                    orders.customer,
                    orders.ordered_at,
                    parameters.when,
                    question.calendar,
                    orders.counts.is_(True),
                    *conditions,
                )
            )

        if parameters.through is Through.ANY:
            return bought()
        both = parameters.through is Through.BOTH
        asked = list(SalesChannel) if both else [SalesChannel(parameters.through.value)]
        return and_(*(bought(orders.sales_channel == channel.value) for channel in asked))

    def describe(self, parameters: SalesChannelParameters) -> str:
        """See ``Criterion.describe``."""
        said = {
            Through.ONLINE: "online",
            Through.BOX_OFFICE: "at the box office",
            Through.BOTH: "both online and at the box office",
            Through.ANY: "through any channel",
        }[parameters.through]
        return f"bought {said}{said_time(parameters.when)}"

    def distribution(self, parameters: SalesChannelParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        orders = question.relations.orders.c
        return Distribution(
            DistributionKind.CHOICE, orders.customer, orders.sales_channel, (orders.counts.is_(True),)
        )

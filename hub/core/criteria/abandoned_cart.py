"""Carts that were left behind."""

from typing import Annotated

from pydantic import Field
from sqlalchemy import ColumnElement

from hub import Criterion, DateTest, Distribution, DistributionKind, Keyword, NumberTest, Parameters, Question
from hub.core.criteria.time_frames import customers_who_did, said_time


class AbandonedCartParameters(Parameters):
    """When it was left, and what was in it."""

    when: DateTest | None = Field(None, description="day of the cart's last change; any day if left out")
    value: Annotated[NumberTest | None, Keyword("worth")] = Field(
        None, description="value of the cart, in the organisation's currency; any if left out"
    )


class AbandonedCart(Criterion[AbandonedCartParameters]):
    """A cart of which no order came, by the day it was last changed and by its value."""

    name = "abandoned_cart"
    label = "Abandoned cart"
    help = (
        "The customer filled a cart of which no order came: at any time or in a time frame, of any value or of a "
        "certain one. One and the same cart must meet both."
    )
    parameters_model = AbandonedCartParameters

    def expression(self, parameters: AbandonedCartParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        carts = question.relations.carts.c
        conditions: list[ColumnElement[bool]] = [carts.abandoned.is_(True)]
        if parameters.value is not None:
            conditions.append(parameters.value.matches(carts.total, question.currency_digits))
        leavers = customers_who_did(
            carts.customer, carts.changed_at, parameters.when, question.calendar, *conditions
        )
        return question.relations.traits.c.number.in_(leavers)

    def describe(self, parameters: AbandonedCartParameters) -> str:
        """See ``Criterion.describe``."""
        value = f" worth {parameters.value.describe()}" if parameters.value else ""
        return f"abandoned a cart{value}{said_time(parameters.when)}"

    def distribution(self, parameters: AbandonedCartParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        carts = question.relations.carts.c
        return Distribution(
            DistributionKind.MOMENT, carts.customer, carts.changed_at, (carts.abandoned.is_(True),)
        )

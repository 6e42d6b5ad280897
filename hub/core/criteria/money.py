"""What a customer spent: in all, and per order. Exact, because money is in minor units."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from operator import eq, ge, gt, le, lt
from types import MappingProxyType
from typing import Any

from pydantic import Field
from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, literal

from hub import Criterion, NumberTest, Parameters, Question

_DECIMALS = 4
"""Decimals a number in a test may have."""
_LARGEST = 2**63 - 1

_COMPARE: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = MappingProxyType(
    {"at_least": ge, "at_most": le, "more_than": gt, "less_than": lt, "exactly": eq}
)


class RevenueParameters(Parameters):
    """How much was spent."""

    amount: NumberTest = Field(description="amount spent in all, in the organisation's currency")


class Revenue(Criterion[RevenueParameters]):
    """The sum of the orders that count as bought."""

    name = "revenue"
    label = "Revenue"
    help = "What the customer spent in all, in your currency. Who never bought spent 0."
    parameters_model = RevenueParameters

    def expression(self, parameters: RevenueParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        return parameters.amount.matches(question.relations.traits.c.revenue, question.currency_digits)

    def describe(self, parameters: RevenueParameters) -> str:
        """See ``Criterion.describe``."""
        return f"spent {parameters.amount.describe()}"


class AverageOrderParameters(Parameters):
    """How much was spent per order."""

    amount: NumberTest = Field(description="average amount of an order, in the organisation's currency")


class AverageOrder(Criterion[AverageOrderParameters]):
    """Revenue by orders. Who never bought has no average."""

    name = "average_order"
    label = "Average order value"
    help = "What the customer spent per order on average, in your currency. Who never bought is left out."
    parameters_model = AverageOrderParameters

    def expression(self, parameters: AverageOrderParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``. Compares revenue with amount × orders, so that nothing is rounded."""
        traits = question.relations.traits.c
        orders, revenue = cast(traits.orders, BigInteger), cast(traits.revenue, BigInteger)
        scale = max(_DECIMALS, question.currency_digits)
        spent = revenue * literal(10 ** (scale - question.currency_digits), BigInteger)
        bought = and_(orders.is_not(None), revenue.is_not(None), orders > literal(0, BigInteger))

        def compared(form: str, amount: Decimal) -> ColumnElement[bool]:
            return _COMPARE[form](spent, _times(orders, int(amount.scaleb(scale))))

        form, value = parameters.amount.form
        if form == "between":
            return and_(bought, compared("at_least", value[0]), compared("at_most", value[1]))
        return and_(bought, compared(form, value))

    def describe(self, parameters: AverageOrderParameters) -> str:
        """See ``Criterion.describe``."""
        return f"spent {parameters.amount.describe()} per order on average"


def _times(orders: ColumnElement[int], amount: int) -> ColumnElement[int]:
    """The product, held at the largest number of 64 bits where it would go beyond: no revenue reaches that."""
    product = orders * literal(amount, BigInteger)
    if amount == 0:
        return product
    bound = _LARGEST if amount > 0 else -_LARGEST
    return case((orders > literal(_LARGEST // abs(amount), BigInteger), literal(bound, BigInteger)), else_=product)

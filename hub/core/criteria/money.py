"""What a customer spent: in all, and per order. Exact, because money is in minor units."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from operator import eq, ge, gt, le, lt
from types import MappingProxyType
from typing import Any

from pydantic import Field
from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, func, literal, select

from hub import Criterion, DateTest, Distribution, DistributionKind, NumberTest, Parameters, Question
from hub.core.criteria.time_frames import customers_with_figure, said_time

_DECIMALS = 4
"""Decimals a number in a test may have."""
_LARGEST = 2**63 - 1

_COMPARE: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = MappingProxyType(
    {"at_least": ge, "at_most": le, "more_than": gt, "less_than": lt, "exactly": eq}
)


class RevenueParameters(Parameters):
    """How much was spent, and when."""

    amount: NumberTest = Field(description="amount spent, in the organisation's currency; 0 for who never bought")
    when: DateTest | None = Field(None, description="day of the orders that count in; any day if left out")


class Revenue(Criterion[RevenueParameters]):
    """The sum of the orders that count as bought."""

    name = "revenue"
    label = "Revenue"
    help = (
        "What the customer spent, in your currency, in all or in a time frame. Who bought nothing there spent 0."
    )
    parameters_model = RevenueParameters

    def expression(self, parameters: RevenueParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        traits, orders = question.relations.traits.c, question.relations.orders.c
        if parameters.when is None:
            return parameters.amount.matches(traits.revenue, question.currency_digits)
        return customers_with_figure(
            traits.number,
            orders.customer,
            func.sum(orders.total),
            parameters.amount,
            orders.counts.is_(True),
            parameters.when.matches(orders.ordered_at, question.calendar),
            decimals=question.currency_digits,
        )

    def describe(self, parameters: RevenueParameters) -> str:
        """See ``Criterion.describe``."""
        return f"spent {parameters.amount.describe()}{said_time(parameters.when)}"

    def distribution(self, parameters: RevenueParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        traits = question.relations.traits.c
        return Distribution(DistributionKind.MONEY, traits.number, traits.revenue)


class AverageOrderParameters(Parameters):
    """How much was spent per order, and when."""

    amount: NumberTest = Field(description="average amount of an order, in the organisation's currency")
    when: DateTest | None = Field(None, description="day of the orders that count in; any day if left out")


class AverageOrder(Criterion[AverageOrderParameters]):
    """Revenue by orders. Who never bought has no average."""

    name = "average_order"
    label = "Average order value"
    help = (
        "What the customer spent per order on average, in your currency, in all or in a time frame. Who bought "
        "nothing there is left out."
    )
    parameters_model = AverageOrderParameters

    def expression(self, parameters: AverageOrderParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        traits, facts = question.relations.traits.c, question.relations.orders.c
        amount, digits = parameters.amount, question.currency_digits
        if parameters.when is None:
            return _average(traits.orders, traits.revenue, amount, digits)
        in_time = parameters.when.matches(facts.ordered_at, question.calendar)
        buyers = (
            select(facts.customer)
            .where(facts.customer.is_not(None), facts.counts.is_(True), in_time)
            .group_by(facts.customer)
            .having(_average(func.count(), func.sum(facts.total), amount, digits))
        )
        return traits.number.in_(buyers)

    def describe(self, parameters: AverageOrderParameters) -> str:
        """See ``Criterion.describe``."""
        return f"spent {parameters.amount.describe()} per order on average{said_time(parameters.when)}"

    def distribution(self, parameters: AverageOrderParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        traits = question.relations.traits.c
        average = func.floor(traits.revenue * 1.0 / func.nullif(traits.orders, 0))
        return Distribution(DistributionKind.MONEY, traits.number, average)


def _average(
    orders: ColumnElement[int], revenue: ColumnElement[int], test: NumberTest, digits: int
) -> ColumnElement[bool]:
    """Whether revenue by orders passes. Compares revenue with amount × orders, so that nothing is rounded."""
    orders, revenue = cast(orders, BigInteger), cast(revenue, BigInteger)
    scale = max(_DECIMALS, digits)
    spent = revenue * literal(10 ** (scale - digits), BigInteger)
    bought = and_(orders.is_not(None), revenue.is_not(None), orders > literal(0, BigInteger))

    def compared(form: str, amount: Decimal) -> ColumnElement[bool]:
        return _COMPARE[form](spent, _times(orders, int(amount.scaleb(scale))))

    form, value = test.form
    if form == "between":
        return and_(bought, compared("at_least", value[0]), compared("at_most", value[1]))
    return and_(bought, compared(form, value))


def _times(orders: ColumnElement[int], amount: int) -> ColumnElement[int]:
    """The product, held at the largest number of 64 bits where it would go beyond: no revenue reaches that."""
    product = orders * literal(amount, BigInteger)
    if amount == 0:
        return product
    bound = _LARGEST if amount > 0 else -_LARGEST
    return case((orders > literal(_LARGEST // abs(amount), BigInteger), literal(bound, BigInteger)), else_=product)

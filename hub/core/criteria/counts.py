"""How much a customer bought: tickets, different events and orders, in all or in a time frame."""

from typing import Annotated

from pydantic import AfterValidator, Field
from sqlalchemy import ColumnElement, func

from hub import (
    Criterion,
    DateTest,
    Distribution,
    DistributionKind,
    Keyword,
    NumberTest,
    OneOf,
    OrderStatus,
    Parameters,
    Question,
)
from hub.core.criteria.time_frames import customers_with_figure, said_time


class TicketsParameters(Parameters):
    """How many tickets, bought when."""

    number: NumberTest = Field(description="number of tickets bought; 0 for who never bought")
    when: DateTest | None = Field(None, description="day of the orders that count in; any day if left out")


class Tickets(Criterion[TicketsParameters]):
    """Number of tickets in orders that count as bought."""

    name = "tickets"
    label = "Tickets"
    help = "How many tickets the customer bought, in all or in a time frame. Who bought none there has 0."
    parameters_model = TicketsParameters
    aliases = ("tickets.count",)

    def expression(self, parameters: TicketsParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        traits, lines = question.relations.traits.c, question.relations.lines.c
        if parameters.when is None:
            return parameters.number.matches(traits.tickets)
        return customers_with_figure(
            traits.number,
            lines.customer,
            func.sum(lines.quantity),
            parameters.number,
            lines.product.is_(None),
            parameters.when.matches(lines.ordered_at, question.calendar),
        )

    def describe(self, parameters: TicketsParameters) -> str:
        """See ``Criterion.describe``."""
        return f"bought {parameters.number.describe('ticket', 'tickets')}{said_time(parameters.when)}"

    def distribution(self, parameters: TicketsParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        traits = question.relations.traits.c
        return Distribution(DistributionKind.NUMBER, traits.number, traits.tickets)


class EventsParameters(Parameters):
    """How many different events, bought when."""

    number: NumberTest = Field(description="number of different events bought for; 0 for who never bought")
    when: DateTest | None = Field(None, description="day of the orders that count in; any day if left out")


class Events(Criterion[EventsParameters]):
    """Number of different events in orders that count as bought."""

    name = "events"
    label = "Events"
    help = (
        "For how many different events (dates, not productions) the customer bought, in all or in a time frame. "
        "Who bought for none there has 0."
    )
    parameters_model = EventsParameters
    aliases = ("events.count",)

    def expression(self, parameters: EventsParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        traits, lines = question.relations.traits.c, question.relations.lines.c
        if parameters.when is None:
            return parameters.number.matches(traits.events)
        return customers_with_figure(
            traits.number,
            lines.customer,
            func.count(lines.event.distinct()),
            parameters.number,
            parameters.when.matches(lines.ordered_at, question.calendar),
        )

    def describe(self, parameters: EventsParameters) -> str:
        """See ``Criterion.describe``."""
        return f"bought for {parameters.number.describe('event', 'different events')}{said_time(parameters.when)}"

    def distribution(self, parameters: EventsParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        traits = question.relations.traits.c
        return Distribution(DistributionKind.NUMBER, traits.number, traits.events)


def _statuses(test: OneOf) -> OneOf:
    for text in test.texts:
        if text not in set(OrderStatus):
            raise ValueError(f'"{text:.40}" is no order status: write one of {", ".join(OrderStatus)}')
    return test


class OrdersParameters(Parameters):
    """How many orders, of which status, placed when."""

    number: NumberTest = Field(description="number of orders; 0 for who has none")
    statuses: Annotated[
        OneOf | None, AfterValidator(lambda test: test and _statuses(test)), Keyword("with status")
    ] = Field(None, description="statuses of the orders that count in; those that were paid if left out")
    when: DateTest | None = Field(None, description="day of the orders that count in; any day if left out")


class Orders(Criterion[OrdersParameters]):
    """Number of orders: of those that count as bought, or of chosen statuses."""

    name = "orders"
    label = "Orders"
    help = (
        "How many orders the customer paid, in all or in a time frame; or how many of chosen statuses, such as "
        "refunded. Who has none there has 0."
    )
    parameters_model = OrdersParameters
    aliases = ("orders.count",)

    def expression(self, parameters: OrdersParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        traits, orders = question.relations.traits.c, question.relations.orders.c
        if parameters.when is None and parameters.statuses is None:
            return parameters.number.matches(traits.orders)
        conditions: list[ColumnElement[bool]] = [orders.counts.is_(True)]
        if parameters.statuses is not None:
            conditions = [parameters.statuses.matches(orders.status)]
        if parameters.when is not None:
            conditions.append(parameters.when.matches(orders.ordered_at, question.calendar))
        return customers_with_figure(traits.number, orders.customer, func.count(), parameters.number, *conditions)

    def describe(self, parameters: OrdersParameters) -> str:
        """See ``Criterion.describe``."""
        status = f" with a status that is {parameters.statuses.describe()}" if parameters.statuses else ""
        return f"placed {parameters.number.describe('order', 'orders')}{status}{said_time(parameters.when)}"

    def distribution(self, parameters: OrdersParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        traits = question.relations.traits.c
        return Distribution(DistributionKind.NUMBER, traits.number, traits.orders)

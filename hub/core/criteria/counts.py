"""How much a customer bought: orders and tickets."""

from pydantic import Field
from sqlalchemy import ColumnElement

from hub import Criterion, NumberTest, Parameters, Question


class OrdersParameters(Parameters):
    """How many orders."""

    number: NumberTest = Field(description="number of orders that were paid; 0 for who never bought")


class Orders(Criterion[OrdersParameters]):
    """Number of orders that count as bought."""

    name = "orders"
    label = "Orders"
    help = "How many orders the customer paid. Who never bought has 0."
    parameters_model = OrdersParameters
    aliases = ("orders.count",)

    def expression(self, parameters: OrdersParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        return parameters.number.matches(question.relations.traits.c.orders)

    def describe(self, parameters: OrdersParameters) -> str:
        """See ``Criterion.describe``."""
        return f"placed {parameters.number.describe('order', 'orders')}"


class TicketsParameters(Parameters):
    """How many tickets."""

    number: NumberTest = Field(description="number of tickets bought in all; 0 for who never bought")


class Tickets(Criterion[TicketsParameters]):
    """Number of tickets in orders that count as bought."""

    name = "tickets"
    label = "Tickets"
    help = "How many tickets the customer bought in all. Who never bought has 0."
    parameters_model = TicketsParameters
    aliases = ("tickets.count",)

    def expression(self, parameters: TicketsParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        return parameters.number.matches(question.relations.traits.c.tickets)

    def describe(self, parameters: TicketsParameters) -> str:
        """See ``Criterion.describe``."""
        return f"bought {parameters.number.describe('ticket', 'tickets')}"

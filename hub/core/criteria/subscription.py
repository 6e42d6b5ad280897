"""Whether a customer subscribes."""

from enum import StrEnum

from pydantic import Field
from sqlalchemy import BigInteger, ColumnElement, and_, literal, or_, select

from hub import Criterion, Distribution, DistributionKind, OneOf, Parameters, Question


class State(StrEnum):
    """How a customer stands to subscriptions on the day of evaluation."""

    CURRENT = "current"
    """One runs: it has begun and has not ended."""
    REGULAR = "regular"
    """One runs that has no end."""
    FORMER = "former"
    """There was one, and none runs."""
    EVER = "ever"
    """There is or was one."""
    NEVER = "never"
    """There is none and was none; one that begins later does not count yet."""


class SubscriptionParameters(Parameters):
    """How the customer stands to which subscriptions."""

    state: State = Field(description="current, regular (runs without an end), former, ever or never")
    names: OneOf | None = Field(None, description="subscriptions by name, compared exactly; all if left out")


class Subscription(Criterion[SubscriptionParameters]):
    """Has a subscription, had one, or never had one; a subscription runs up to and on its last day."""

    name = "subscription"
    label = "Subscription"
    help = (
        "The customer has a subscription today (`current`), has one without an end (`regular`), had one but has "
        "none today (`former`), has or had one (`ever`), or never had one (`never`)."
    )
    parameters_model = SubscriptionParameters

    def expression(self, parameters: SubscriptionParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        rows, number = question.relations.subscriptions.c, question.relations.traits.c.number
        today = literal(question.calendar.number_of(question.calendar.today), BigInteger)
        had = select(rows.customer).where(rows.customer.is_not(None), rows.starts_day <= today)
        if parameters.names is not None:
            had = had.where(parameters.names.matches(rows.name))
        running = had.where(or_(rows.ends_day.is_(None), rows.ends_day >= today))
        match parameters.state:
            case State.CURRENT:
                return number.in_(running)
            case State.REGULAR:
                return number.in_(had.where(rows.ends_day.is_(None)))
            case State.FORMER:
                return and_(number.in_(had), number.not_in(running))
            case State.EVER:
                return number.in_(had)
            case State.NEVER:
                return number.not_in(had)

    def describe(self, parameters: SubscriptionParameters) -> str:
        """See ``Criterion.describe``."""
        said = {
            State.CURRENT: "have a subscription",
            State.REGULAR: "have a subscription without an end",
            State.FORMER: "had a subscription but have none now",
            State.EVER: "have or had a subscription",
            State.NEVER: "never had a subscription",
        }[parameters.state]
        return f"{said}, named {parameters.names.describe()}" if parameters.names else said

    def distribution(self, parameters: SubscriptionParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        subscriptions = question.relations.subscriptions.c
        return Distribution(DistributionKind.CHOICE, subscriptions.customer, subscriptions.name)

    def changes_with_time(self, parameters: SubscriptionParameters) -> bool:
        """See ``Criterion.changes_with_time``: subscriptions begin and end."""
        return True

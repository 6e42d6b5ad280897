"""When a customer bought first and last, and when the account was made."""

from pydantic import Field
from sqlalchemy import ColumnElement

from hub import Criterion, DateTest, Distribution, DistributionKind, Parameters, Question


class LastPurchaseParameters(Parameters):
    """When the last purchase was."""

    when: DateTest = Field(description="day of the last order that was paid")


class LastPurchase(Criterion[LastPurchaseParameters]):
    """The day of the newest order that counts as bought."""

    name = "last_purchase"
    label = "Last purchase"
    help = "When the customer last bought. Who never bought is left out, whatever the test."
    parameters_model = LastPurchaseParameters

    def expression(self, parameters: LastPurchaseParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        return parameters.when.matches(question.relations.traits.c.last_purchase_at, question.calendar)

    def describe(self, parameters: LastPurchaseParameters) -> str:
        """See ``Criterion.describe``."""
        return f"last bought {parameters.when.describe()}"

    def distribution(self, parameters: LastPurchaseParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        traits = question.relations.traits.c
        return Distribution(DistributionKind.MOMENT, traits.number, traits.last_purchase_at)


class FirstPurchaseParameters(Parameters):
    """When the first purchase was."""

    when: DateTest = Field(description="day of the first order that was paid")


class FirstPurchase(Criterion[FirstPurchaseParameters]):
    """The day of the oldest order that counts as bought."""

    name = "first_purchase"
    label = "First purchase"
    help = "When the customer bought for the first time. Who never bought is left out, whatever the test."
    parameters_model = FirstPurchaseParameters

    def expression(self, parameters: FirstPurchaseParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        return parameters.when.matches(question.relations.traits.c.first_purchase_at, question.calendar)

    def describe(self, parameters: FirstPurchaseParameters) -> str:
        """See ``Criterion.describe``."""
        return f"first bought {parameters.when.describe()}"

    def distribution(self, parameters: FirstPurchaseParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        traits = question.relations.traits.c
        return Distribution(DistributionKind.MOMENT, traits.number, traits.first_purchase_at)


class RegisteredParameters(Parameters):
    """When the account was made."""

    when: DateTest = Field(description="day on which the account was created")


class Registered(Criterion[RegisteredParameters]):
    """The day the account was created."""

    name = "registered"
    label = "Registration date"
    help = "When the customer's account was created. Customers without that date are left out."
    parameters_model = RegisteredParameters

    def expression(self, parameters: RegisteredParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        return parameters.when.matches(question.relations.traits.c.registered_at, question.calendar)

    def describe(self, parameters: RegisteredParameters) -> str:
        """See ``Criterion.describe``."""
        return f"registered {parameters.when.describe()}"

    def distribution(self, parameters: RegisteredParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        traits = question.relations.traits.c
        return Distribution(DistributionKind.MOMENT, traits.number, traits.registered_at)

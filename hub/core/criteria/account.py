"""What kind of account a customer has, and whether it may be used."""

from pydantic import Field
from sqlalchemy import ColumnElement, and_

from hub import AccountKind, AccountStatus, Criterion, Distribution, DistributionKind, Parameters, Question


class AccountParameters(Parameters):
    """Which kind."""

    kind: AccountKind = Field(
        description="registered (has an account), guest (bought without one) or subscriber (to messages only)"
    )


class Account(Criterion[AccountParameters]):
    """How the customer is known."""

    name = "account"
    label = "Account"
    help = (
        "The customer has an account (`registered`), bought without one (`guest`), or only subscribed to messages "
        "(`subscriber`). Who is of no known kind is in neither."
    )
    parameters_model = AccountParameters

    def expression(self, parameters: AccountParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        return _is(question.relations.traits.c.account_kind, parameters.kind)

    def describe(self, parameters: AccountParameters) -> str:
        """See ``Criterion.describe``."""
        return {
            AccountKind.REGISTERED: "have an account",
            AccountKind.GUEST: "are guests without an account",
            AccountKind.SUBSCRIBER: "only subscribed to messages",
        }[parameters.kind]

    def distribution(self, parameters: AccountParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        traits = question.relations.traits.c
        return Distribution(DistributionKind.CHOICE, traits.number, traits.account_kind)


class AccountStatusParameters(Parameters):
    """Which status."""

    status: AccountStatus = Field(description="active or blocked")


class AccountStatusCriterion(Criterion[AccountStatusParameters]):
    """Whether the account may be used."""

    name = "account_status"
    label = "Account status"
    help = "The customer's account is active, or is blocked. Who has no known status is in neither."
    parameters_model = AccountStatusParameters

    def expression(self, parameters: AccountStatusParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        return _is(question.relations.traits.c.account_status, parameters.status)

    def describe(self, parameters: AccountStatusParameters) -> str:
        """See ``Criterion.describe``."""
        return f"have an account that is {parameters.status}"

    def distribution(self, parameters: AccountStatusParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        traits = question.relations.traits.c
        return Distribution(DistributionKind.CHOICE, traits.number, traits.account_status)


def _is(column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    return and_(column.is_not(None), column == str(word))

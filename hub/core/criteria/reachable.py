"""Whether a customer can and may be written to on a channel."""

from typing import Annotated

from pydantic import Field
from sqlalchemy import ColumnElement, and_, select

from hub import ConsentChannel, Criterion, Distribution, DistributionKind, Keyword, Parameters, Question, Text


class ReachableParameters(Parameters):
    """On which channel, by which permission."""

    channel: Annotated[ConsentChannel, Keyword("on")] = Field(
        description=f"channel to write on: one of {', '.join(ConsentChannel)}"
    )
    permission: Annotated[Text | None, Keyword("for")] = Field(
        None, description="permission that must be given on the channel; any one if left out"
    )


class Reachable(Criterion[ReachableParameters]):
    """Has an address for the channel, and gave a permission on it that was not withdrawn."""

    name = "reachable"
    label = "Reachable"
    help = (
        "The customer has an address for this channel (an email address, a phone number, an account of the "
        "service) and gave a permission on it: the one you name, or any."
    )
    parameters_model = ReachableParameters

    def expression(self, parameters: ReachableParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        consents, number = question.relations.consents.c, question.relations.traits.c.number
        givers = select(consents.customer).where(
            consents.customer.is_not(None),
            consents.channel == parameters.channel.value,
            consents.given.is_(True),
        )
        if parameters.permission is not None:
            givers = givers.where(consents.permission == parameters.permission)
        return and_(_has_address(parameters.channel, question), number.in_(givers))

    def describe(self, parameters: ReachableParameters) -> str:
        """See ``Criterion.describe``."""
        permission = f" for “{parameters.permission}”" if parameters.permission is not None else ""
        return f"can and may be reached on {parameters.channel}{permission}"

    def distribution(self, parameters: ReachableParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        consents = question.relations.consents.c
        return Distribution(
            DistributionKind.CHOICE, consents.customer, consents.channel, (consents.given.is_(True),)
        )


def _has_address(channel: ConsentChannel, question: Question) -> ColumnElement[bool]:
    traits, identities = question.relations.traits.c, question.relations.identities.c
    if channel is ConsentChannel.EMAIL:
        return traits.has_email.is_(True)
    if channel in (ConsentChannel.SMS, ConsentChannel.PHONE):
        return traits.has_phone.is_(True)
    of_kind = identities.kind == channel.value
    return traits.number.in_(select(identities.customer).where(identities.customer.is_not(None), of_kind))

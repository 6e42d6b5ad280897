"""Whether a customer gave a permission, and on which channel."""

from typing import Annotated

from pydantic import Field, StrictBool
from sqlalchemy import ColumnElement, select

from hub import ConsentChannel, Criterion, Distribution, DistributionKind, Keyword, Parameters, Question, Text


class ConsentParameters(Parameters):
    """Which permission, on which channel, given or not."""

    missing: Annotated[StrictBool, Keyword("none")] = Field(
        False, description="turn it round: customers who did not give it, or have withdrawn it"
    )
    permission: Text = Field(description="what the customer consented to, such as newsletter")
    channel: Annotated[ConsentChannel | None, Keyword("on")] = Field(
        None, description="channel it was given for; any channel if left out"
    )


class Consent(Criterion[ConsentParameters]):
    """The newest entry of the log decides: a permission that was withdrawn is not given."""

    name = "consent"
    label = "Consent"
    help = (
        "The customer gave this permission on this channel (or on any), and has not withdrawn it. With `none` it "
        "is who has not given it, never asked included."
    )
    parameters_model = ConsentParameters

    def expression(self, parameters: ConsentParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        consents, number = question.relations.consents.c, question.relations.traits.c.number
        givers = select(consents.customer).where(
            consents.customer.is_not(None), consents.permission == parameters.permission, consents.given.is_(True)
        )
        if parameters.channel is not None:
            givers = givers.where(consents.channel == parameters.channel.value)
        return number.not_in(givers) if parameters.missing else number.in_(givers)

    def describe(self, parameters: ConsentParameters) -> str:
        """See ``Criterion.describe``."""
        channel = f" on {parameters.channel}" if parameters.channel else ""
        gave = "did not give" if parameters.missing else "gave"
        return f"{gave} the permission “{parameters.permission}”{channel}"

    def distribution(self, parameters: ConsentParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        consents = question.relations.consents.c
        return Distribution(
            DistributionKind.CHOICE, consents.customer, consents.permission, (consents.given.is_(True),)
        )

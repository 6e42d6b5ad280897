"""Whether a customer gave a permission, and on which channel."""

from typing import Annotated

from pydantic import Field
from sqlalchemy import ColumnElement, select

from hub import ConsentChannel, Criterion, Keyword, Parameters, Question, Text


class ConsentParameters(Parameters):
    """Which permission, on which channel."""

    permission: Text = Field(description="what the customer consented to, such as newsletter")
    channel: Annotated[ConsentChannel | None, Keyword("on")] = Field(
        None, description="channel it was given for; any channel if left out"
    )


class Consent(Criterion[ConsentParameters]):
    """The newest entry of the log decides: a permission that was withdrawn is not given."""

    name = "consent"
    label = "Consent"
    help = "The customer gave this permission on this channel (or on any), and has not withdrawn it."
    parameters_model = ConsentParameters

    def expression(self, parameters: ConsentParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        consents = question.relations.consents.c
        givers = select(consents.customer).where(
            consents.customer.is_not(None), consents.permission == parameters.permission, consents.given.is_(True)
        )
        if parameters.channel is not None:
            givers = givers.where(consents.channel == parameters.channel.value)
        return question.relations.traits.c.number.in_(givers)

    def describe(self, parameters: ConsentParameters) -> str:
        """See ``Criterion.describe``."""
        channel = f" on {parameters.channel}" if parameters.channel else ""
        return f"gave the permission “{parameters.permission}”{channel}"

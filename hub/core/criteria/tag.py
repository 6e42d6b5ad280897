"""Which tags a customer is marked with."""

from pydantic import Field
from sqlalchemy import ColumnElement

from hub import Criterion, Distribution, DistributionKind, Parameters, Question, TextTest


class TagParameters(Parameters):
    """Which tags."""

    tags: TextTest = Field(description="tags, compared exactly, capitals included")


class Tag(Criterion[TagParameters]):
    """Any, all or none of some tags."""

    name = "tag"
    label = "Tag"
    help = "The customer has any, all or none of these tags. Who has no tag at all has none of them."
    parameters_model = TagParameters

    def expression(self, parameters: TagParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        tags = question.relations.tags.c
        return parameters.tags.matches(question.relations.traits.c.number, tags.customer, tags.tag)

    def describe(self, parameters: TagParameters) -> str:
        """See ``Criterion.describe``."""
        return f"have {parameters.tags.describe('the tag', 'the tags')}"

    def distribution(self, parameters: TagParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        tags = question.relations.tags.c
        return Distribution(DistributionKind.CHOICE, tags.customer, tags.tag)

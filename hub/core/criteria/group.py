"""Which groups a customer belongs to."""

from pydantic import Field
from sqlalchemy import ColumnElement

from hub import Criterion, Distribution, DistributionKind, Parameters, Question, TextTest


class GroupParameters(Parameters):
    """Which groups."""

    groups: TextTest = Field(description="customer groups by name, compared exactly, capitals included")


class Group(Criterion[GroupParameters]):
    """Any, all or none of some groups."""

    name = "group"
    label = "Customer group"
    help = "The customer is in any, all or none of these groups. Who is in no group at all is in none of them."
    parameters_model = GroupParameters

    def expression(self, parameters: GroupParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        members = question.relations.group_members.c
        return parameters.groups.matches(question.relations.traits.c.number, members.customer, members.name)

    def describe(self, parameters: GroupParameters) -> str:
        """See ``Criterion.describe``."""
        return f"are in {parameters.groups.describe('the group', 'the groups')}"

    def distribution(self, parameters: GroupParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        group_members = question.relations.group_members.c
        return Distribution(DistributionKind.CHOICE, group_members.customer, group_members.name)

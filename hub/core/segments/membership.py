"""The criterion that asks for another segment. It is answered by the evaluator, not by an engine."""

from pydantic import Field
from sqlalchemy import ColumnElement

from hub.core.contracts.criterion import SEGMENT, Criterion, Parameters, Question
from hub.core.contracts.parameters import Text


class InSegmentParameters(Parameters):
    """Which segment."""

    name: Text = Field(description="name of the segment; capitals do not matter")


class InSegment(Criterion[InSegmentParameters]):
    """Who is in another segment, dynamic or manual."""

    name = SEGMENT
    label = "Segment"
    help = "The customer is in another segment, as that segment is defined now. A circle of segments is refused."
    parameters_model = InSegmentParameters

    def expression(self, parameters: InSegmentParameters, question: Question) -> ColumnElement[bool]:
        """Never asked: a segment is a set of customers already, which no engine's tables hold."""
        raise NotImplementedError("a segment is looked up by the evaluator")

    def describe(self, parameters: InSegmentParameters) -> str:
        """See ``Criterion.describe``."""
        return f"are in the segment “{parameters.name}”"

    def changes_with_time(self, parameters: InSegmentParameters) -> bool:
        """See ``Criterion.changes_with_time``. What the segment is made of is looked at by itself."""
        return False

"""Says for single customers why they entered or left a segment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hub.core.engines.bitmap import Bitmap
from hub.core.store.tables import ResultCause, SegmentReason, SegmentResult


class Side(StrEnum):
    """Those of a result who came, or those who went."""

    ENTERED = "entered"
    LEFT = "left"


@dataclass(frozen=True)
class TurnedCriterion:
    """A criterion that turned for a customer."""

    text: str
    """The criterion in the text language, as it was then."""
    matches: bool
    """Whether it matches the customer now, and did not before."""

    @property
    def sentence(self) -> str:
        """Such as ``orders >= 3 now matches``."""
        return f"{self.text} {'now matches' if self.matches else 'no longer matches'}"


@dataclass(frozen=True)
class ChangedCustomer:
    """A customer who entered or left."""

    number: int
    turned: Sequence[TurnedCriterion]
    """The criteria that turned, in the order of the definition."""
    reasons: Sequence[str]
    """Why, in half sentences for people; at least one."""


def changed_customers(
    result: SegmentResult, reasons: Iterable[SegmentReason], side: Side, numbers: Iterable[int]
) -> Sequence[ChangedCustomer]:
    """Customers who entered or left with a result, with the criteria that turned for each.

    Args:
        result: which result.
        reasons: its reasons, with their bitmaps.
        side: on which side the customers are.
        numbers: the customers.
    """
    reasons = list(reasons)
    otherwise = _otherwise(result, side, any(reason.is_new for reason in reasons))
    known = [
        (reason.text, Bitmap.from_bytes(reason.matching), Bitmap.from_bytes(reason.ceasing)) for reason in reasons
    ]
    found = []
    for number in numbers:
        turned = [
            TurnedCriterion(text, number in matching)
            for text, matching, ceasing in known
            if number in matching or number in ceasing
        ]
        said = tuple(each.sentence for each in turned)
        if result.cause == ResultCause.DEFINITION:
            said = ("the definition of the segment was changed", *said)
        found.append(ChangedCustomer(number, turned, said or (otherwise,)))
    return found


def _otherwise(result: SegmentResult, side: Side, unknown: bool) -> str:
    """Why a customer came or went for whom no criterion turned."""
    entered = side is Side.ENTERED
    match result.cause:
        case ResultCause.FIRST:
            return "matched when the segment was first evaluated"
        case ResultCause.BY_HAND:
            return "was added by hand" if entered else "was taken out by hand, or is no customer any more"
    if result.cause == ResultCause.NOT_RECORDED or unknown:
        return "the reason was not recorded"
    # No criterion turned, and yet the definition answers differently: only who is a customer at all has changed.
    return "became a customer" if entered else "is no customer any more"

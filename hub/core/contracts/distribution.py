"""What lies behind a criterion: how its values are spread over the customers."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement


class DistributionKind(StrEnum):
    """What the values are, and so how they are put into buckets."""

    NUMBER = "number"
    """Whole numbers, such as orders: a histogram."""
    MONEY = "money"
    """Minor units of the organisation's currency: a histogram."""
    MOMENT = "moment"
    """Seconds since 1970 in UTC: a histogram by the organisation's calendar."""
    DAY = "day"
    """Days since 1970: a histogram by the calendar."""
    CHOICE = "choice"
    """Texts: a bar for each of those that most customers have."""


@dataclass(frozen=True)
class Distribution:
    """Values by customer. A customer may have several; each is counted once in every bucket."""

    kind: DistributionKind
    owner: ColumnElement[int]
    """Whose the value is: ``traits.number``, or the column ``customer`` of another relation."""
    value: ColumnElement[Any]
    """What the customer has there; null is counted as unknown where ``owner`` is of traits."""
    conditions: Sequence[ColumnElement[bool]] = ()
    """Which rows of the relation count; all, if there are none."""
    years: bool = False
    """Days of birth: the buckets are completed years on the day of evaluation."""
    decimals: int = 0
    """Numbers are in units of ``10 ** -decimals``."""

"""Histories as they travel: who entered and left segments, and why."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from hub.api.models.asking import DEFINITION, TEXT
from hub.api.models.base import Day, DefinitionJSON, Model, NextCursor

Cause = Literal[
    "first_evaluation",
    "definition_changed",
    "facts_changed",
    "day_passed",
    "facts_changed_and_day_passed",
    "reference_changed",
    "by_hand",
    "not_recorded",
]


class ReasonOut(Model):
    """A criterion that turned for customers who entered or left."""

    model_config = ConfigDict(
        title="Reason",
        json_schema_extra={
            "examples": [
                {
                    "text": TEXT, "definition": DEFINITION, "is_new": False, "entered_matching": 12,
                    "entered_ceasing": 0, "departed_matching": 0, "departed_ceasing": 3,
                }
            ]
        },
    )  # fmt: skip

    text: str = Field(description="the criterion in the text language, as it was then")
    definition: DefinitionJSON = Field(description="the criterion as a tree of one node")
    is_new: bool = Field(
        description="whether it came with this definition, so that nothing earlier is known of it"
    )
    entered_matching: int = Field(description="how many of those who entered turned to match it")
    entered_ceasing: int = Field(description="how many of those who entered ceased to match it")
    departed_matching: int = Field(description="how many of those who left turned to match it")
    departed_ceasing: int = Field(description="how many of those who left ceased to match it")


class ResultOut(Model):
    """What an evaluation found that differed from the one before."""

    model_config = ConfigDict(
        title="Result",
        json_schema_extra={
            "examples": [
                {
                    "id": 7, "evaluated_at": "2026-01-31T09:30:00Z", "day": "2026-01-31", "revision": 52,
                    "cause": "facts_changed", "size": 1204, "entered": 12, "departed": 3, "reasons": [],
                }
            ]
        },
    )  # fmt: skip

    id: int = Field(description="its id, which never changes")
    evaluated_at: datetime = Field(description="when it was evaluated")
    day: Day = Field(description="the organisation's day it was evaluated for")
    revision: int = Field(description="the store's revision that was seen")
    cause: Cause = Field(description="why other members were found than before")
    size: int = Field(description="number of members")
    entered: int = Field(description="number of members who were not in the result before")
    departed: int = Field(description="number of members of the result before who left")
    reasons: list[ReasonOut] = Field(description="the criteria that turned, in the definition's order")


class ResultPage(Model):
    """A page of a segment's history, newest first."""

    items: list[ResultOut] = Field(description="the results of this page")
    next_cursor: NextCursor


class TurnedOut(Model):
    """A criterion that turned for a customer."""

    model_config = ConfigDict(
        title="TurnedCriterion",
        json_schema_extra={"examples": [{"text": TEXT, "matches": True, "sentence": "orders >= 3 now matches"}]},
    )

    text: str = Field(description="the criterion in the text language, as it was then")
    matches: bool = Field(description="whether it matched the customer from then on, and did not before")
    sentence: str = Field(description="both in words")


class ChangedCustomerOut(Model):
    """A customer who entered or left a segment."""

    model_config = ConfigDict(
        title="ChangedCustomer",
        json_schema_extra={
            "examples": [
                {
                    "number": 17, "external_id": "C-17", "email": "ada@example.com", "first_name": "Ada",
                    "last_name": "Example",
                    "turned": [{"text": TEXT, "matches": True, "sentence": "orders >= 3 now matches"}],
                    "reasons": ["orders >= 3 now matches"],
                }
            ]
        },
    )  # fmt: skip

    number: int = Field(description="the customer's number in the hub")
    external_id: str = Field(description="the id in the source the customer came from")
    email: str | None = Field(description="email address")
    first_name: str | None = Field(description="given name")
    last_name: str | None = Field(description="family name")
    turned: list[TurnedOut] = Field(description="the criteria that turned, in the definition's order")
    reasons: list[str] = Field(description="why, in half sentences for people; at least one")


class ChangePage(Model):
    """A page of those who entered or left with a result, by number; those erased since are left out."""

    items: list[ChangedCustomerOut] = Field(description="the customers of this page")
    next_cursor: NextCursor


class DaySizeOut(Model):
    """A segment on a day."""

    model_config = ConfigDict(
        title="DaySize",
        json_schema_extra={"examples": [{"day": "2026-01-31", "size": 1204, "entered": 12, "departed": 3}]},
    )

    day: Day = Field(description="the organisation's day")
    size: int = Field(description="number of members at the last result of the day")
    entered: int = Field(description="how often customers entered on that day")
    departed: int = Field(description="how often customers left on that day")


class DaySizeList(Model):
    """A segment's size over time: every day with a result, and the last one before them."""

    items: list[DaySizeOut] = Field(description="the days, oldest first")

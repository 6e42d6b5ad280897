"""Segments, counts and histories as they travel."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from hub.api.models.base import Day, DefinitionJSON, Model, Name, NextCursor, Text

_TEXT = "orders >= 3"
_DEFINITION: JsonDict = {"criterion": "orders", "parameters": {"number": {"at_least": 3}}}


class Asked(Model):
    """Base of what carries a definition, in one form or the other."""

    text: Annotated[Text, Field(min_length=1, max_length=100_000)] | None = Field(
        None, description="the definition in the text language"
    )
    definition: DefinitionJSON | None = Field(None, description="the definition as a tree of criteria")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.text is None) == (self.definition is None):
            raise ValueError("give the definition either as text or as definition")
        return self

    @property
    def either(self) -> str | object:
        """The definition in the form it came in."""
        return self.definition if self.text is None else self.text


class NewSegment(Asked):
    """A segment to be made, defined by ``text`` or by ``definition``."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "Regulars", "text": _TEXT},
                {"name": "Regulars", "definition": _DEFINITION, "description": "came three times or more"},
            ]
        }
    )

    name: Name = Field(description="what it is called; unique without regard to case")
    description: Text = Field("", max_length=10_000, description="what it is for")


class CountQuestion(Asked):
    """A definition whose matches are to be counted."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": _TEXT}, {"definition": _DEFINITION, "as_of": "2026-01-31"}]}
    )

    as_of: Day | None = Field(
        None,
        ge=date(1900, 1, 1),
        le=date(2199, 12, 31),
        description="the day at whose end it is evaluated, in the organisation's time zone; today if left out",
    )


class CriterionCount(Model):
    """How many customers one criterion of a definition matches by itself."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": _TEXT, "size": 1204}]})

    text: str = Field(description="the criterion in the text language")
    size: int = Field(description="number of customers it matches by itself")


class Count(Model):
    """How many customers match a definition, and each of its criteria by itself."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "size": 1204, "as_of": "2026-01-31", "revision": 52, "text": _TEXT,
                    "sentence": "customers who placed at least 3 orders", "definition": _DEFINITION,
                    "criteria": [{"text": _TEXT, "size": 1204}],
                }
            ]
        }
    )  # fmt: skip

    size: int = Field(description="number of customers who match")
    as_of: Day = Field(description="the day at whose end they were counted")
    revision: int = Field(description="the store's revision that was seen")
    text: str = Field(description="the definition in the canonical form of the text language")
    sentence: str = Field(description="the definition as a sentence for people")
    definition: DefinitionJSON = Field(description="the definition in the canonical form of its tree")
    criteria: list[CriterionCount] = Field(description="each criterion from left to right, counted by itself")


class SegmentOut(Model):
    """A segment and what its last evaluation found."""

    model_config = ConfigDict(
        title="Segment",
        json_schema_extra={
            "examples": [
                {
                    "id": 1, "name": "Regulars", "description": "", "kind": "dynamic", "text": _TEXT,
                    "definition": _DEFINITION, "problem": None, "size": 1204,
                    "evaluated_at": "2026-01-31T09:30:00Z", "synced_to": ["Newsletter list"],
                    "created_at": "2026-01-02T08:00:00Z", "changed_at": "2026-01-02T08:00:00Z", "removed_at": None,
                }
            ]
        },
    )  # fmt: skip

    id: int = Field(description="its id, which never changes")
    name: str = Field(description="what it is called")
    description: str = Field(description="what it is for")
    kind: Literal["dynamic", "manual"] = Field(description="whether criteria make its members, or people do")
    text: str | None = Field(description="its definition in the text language; null for a manual segment")
    definition: DefinitionJSON | None = Field(description="its definition as a tree; null for a manual segment")
    problem: str | None = Field(
        description="why it can't be evaluated, such as a criterion whose plugin is gone; null if it can"
    )
    size: int | None = Field(description="number of members at the last evaluation; null before the first")
    evaluated_at: datetime | None = Field(description="when its members last turned out to be others")
    synced_to: list[str] = Field(description="names of the syncs that keep it on other platforms")
    created_at: datetime = Field(description="when it was made")
    changed_at: datetime = Field(description="when its definition was last changed")
    removed_at: datetime | None = Field(description="when it was removed; null unless it was")


class SegmentPage(Model):
    """A page of segments by name."""

    items: list[SegmentOut] = Field(description="the segments of this page")
    next_cursor: NextCursor


class ResultOut(Model):
    """What an evaluation found that differed from the one before."""

    model_config = ConfigDict(
        title="Result",
        json_schema_extra={
            "examples": [
                {
                    "evaluated_at": "2026-01-31T09:30:00Z", "day": "2026-01-31", "revision": 52, "size": 1204,
                    "entered": 12, "departed": 3,
                }
            ]
        },
    )  # fmt: skip

    evaluated_at: datetime = Field(description="when it was evaluated")
    day: Day = Field(description="the organisation's day it was evaluated for")
    revision: int = Field(description="the store's revision that was seen")
    size: int = Field(description="number of members")
    entered: int = Field(description="number of members who were not in the result before")
    departed: int = Field(description="number of members of the result before who left")


class ResultPage(Model):
    """A page of a segment's history, newest first."""

    items: list[ResultOut] = Field(description="the results of this page")
    next_cursor: NextCursor

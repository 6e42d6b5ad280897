"""Segments, what uses them and what a change would do, as they travel."""

from datetime import datetime
from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator

from hub.api.models.asking import DEFINITION, TEXT, Asked, DefinitionText
from hub.api.models.base import DefinitionJSON, Instant, Model, Name, NextCursor, Text

SegmentKind = Literal["dynamic", "manual"]


class NewSegment(Asked):
    """A segment to be made: dynamic, by ``text`` or ``definition``, or manual, without either."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "Regulars", "text": TEXT},
                {"name": "Regulars", "definition": DEFINITION, "description": "came three times or more"},
                {"name": "Guests of honour", "kind": "manual"},
            ]
        }
    )

    name: Name = Field(description="what it is called; unique without regard to case")
    description: Text = Field("", max_length=10_000, description="what it is for")
    kind: SegmentKind = Field(
        "dynamic", description="whether criteria make its members, or people add and remove them"
    )

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        given = (self.text is not None) + (self.definition is not None)
        if self.kind == "manual" and given:
            raise ValueError("a manual segment has no definition: its members are added by hand")
        if self.kind == "dynamic" and given != 1:
            raise ValueError("give the definition either as text or as definition")
        return self


class SegmentChange(Model):
    """What is to be changed of a segment; what is left out, or null, stays as it is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "Friends of the house"},
                {"text": TEXT, "expected_changed_at": "2026-01-02T08:00:00Z"},
            ]
        }
    )

    name: Name | None = Field(None, description="its new name; wherever the old one stands, it is written instead")
    description: Text | None = Field(None, max_length=10_000, description="what it is for")
    text: DefinitionText | None = Field(None, description="its new definition in the text language")
    definition: DefinitionJSON | None = Field(None, description="its new definition as a tree of criteria")
    expected_changed_at: Instant | None = Field(
        None,
        description="`changed_at` as it was when it was looked at: if somebody changed the segment since, "
        "the answer is 409 and nothing is changed",
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.text is not None and self.definition is not None:
            raise ValueError("give the definition either as text or as definition")
        if self.name is None and self.description is None and self.either is None:
            raise ValueError("say what is to be changed: name, description, text or definition")
        return self

    @property
    def either(self) -> str | object | None:
        """The new definition in the form it came in; None to leave it."""
        return self.definition if self.text is None else self.text


class ChangeQuestion(Asked):
    """Another definition for a segment, to be tried."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": TEXT}]})


class UseOut(Model):
    """One thing that uses a segment."""

    model_config = ConfigDict(
        title="Use",
        json_schema_extra={
            "examples": [{"kind": "sync", "name": "Newsletter list", "hinders": True, "own": False, "through": []}]
        },
    )

    kind: str = Field(description="what it is: sync, segment, view, or a word of whatever else uses segments")
    name: str = Field(description="what it is called; of a view, its segment's name in front")
    hinders: bool = Field(description="whether the segment can't be removed meanwhile")
    own: bool = Field(description="whether it belongs to the segment, and comes and goes with it")
    through: list[str] = Field(
        description="names of the segments in between, the nearest to the user first; none when it uses this one"
    )


class UseList(Model):
    """What uses a segment, itself or through others."""

    items: list[UseOut] = Field(description="the uses")


class ChangePreview(Model):
    """What another definition of a segment would do now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "size_before": 1204, "size_after": 1100, "entering": 10, "leaving": 114, "text": TEXT,
                    "definition": DEFINITION, "uses": [],
                }
            ]
        }
    )  # fmt: skip

    size_before: int = Field(
        description="number of members by the present definition; at its last evaluation if it can't be answered"
    )
    size_after: int = Field(description="number of members by the new one")
    entering: int = Field(description="number of customers who would enter")
    leaving: int = Field(description="number of customers who would leave")
    text: str = Field(description="the new definition in the canonical form of the text language")
    definition: DefinitionJSON = Field(description="the new definition in the canonical form of its tree")
    uses: list[UseOut] = Field(description="what the change reaches")


class SegmentOut(Model):
    """A segment and what its last evaluation found."""

    model_config = ConfigDict(
        title="Segment",
        json_schema_extra={
            "examples": [
                {
                    "id": 1, "name": "Regulars", "description": "", "kind": "dynamic", "text": TEXT,
                    "definition": DEFINITION, "problem": None, "size": 1204,
                    "evaluated_at": "2026-01-31T09:30:00Z", "synced_to": ["Newsletter list"],
                    "used_by": [
                        {"kind": "sync", "name": "Newsletter list", "hinders": True, "own": False, "through": []}
                    ],
                    "created_at": "2026-01-02T08:00:00Z", "changed_at": "2026-01-02T08:00:00Z", "removed_at": None,
                }
            ]
        },
    )  # fmt: skip

    id: int = Field(description="its id, which never changes")
    name: str = Field(description="what it is called")
    description: str = Field(description="what it is for")
    kind: SegmentKind = Field(description="whether criteria make its members, or people do")
    text: str | None = Field(description="its definition in the text language; null for a manual segment")
    definition: DefinitionJSON | None = Field(description="its definition as a tree; null for a manual segment")
    problem: str | None = Field(
        description="why it can't be evaluated, such as a criterion whose plugin is gone; null if it can"
    )
    size: int | None = Field(
        description="number of members at the last evaluation, of a manual segment now; null before the first"
    )
    evaluated_at: datetime | None = Field(description="when its members last turned out to be others")
    synced_to: list[str] = Field(description="names of the syncs that keep it on other platforms")
    used_by: list[UseOut] = Field(description="whatever uses it itself, the syncs too")
    created_at: datetime = Field(description="when it was made")
    changed_at: datetime = Field(description="when it was last changed")
    removed_at: datetime | None = Field(description="when it was removed; null unless it was")


class SegmentPage(Model):
    """A page of segments by name."""

    items: list[SegmentOut] = Field(description="the segments of this page")
    next_cursor: NextCursor

"""Requests that say who is meant: by a definition, a segment or a view."""

from datetime import date
from typing import Annotated, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic.config import JsonDict

from hub.api.cursors import LARGEST_ID
from hub.api.models.base import Day, DefinitionJSON, Model, Text

TEXT = "orders >= 3"
"""A definition for examples."""
DEFINITION: JsonDict = {"criterion": "orders", "parameters": {"number": {"at_least": 3}}}
"""The same as a tree."""

MOST_SHOWINGS = 100
"""Most productions, and most events, that one request names."""

DefinitionText = Annotated[Text, Field(min_length=1, max_length=100_000)]
"""A definition in the text language."""

Showing = Annotated[
    str, StringConstraints(strict=True, min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")
]
"""Name of a production, or id of an event."""

AsOfDay = Annotated[
    Day | None,
    Field(
        ge=date(1900, 1, 1),
        le=date(2199, 12, 31),
        description="the day at whose end it is evaluated, in the organisation's time zone; today if left out",
    ),
]

WITHOUT_PRODUCTION = "leave out who holds a ticket for any of these productions, given by name"
WITHOUT_EVENT = "leave out who holds a ticket for any of these events, given by their ids in the ticket system"


class Asked(Model):
    """Base of what carries a definition, in one form or the other."""

    text: DefinitionText | None = Field(None, description="the definition in the text language")
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


class Base(Asked):
    """A definition whose matches are the ones to choose from."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": TEXT}]})


class Audience(Model):
    """Customers who are meant: who match a definition, are in a segment or a view, and hold no ticket yet."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"text": TEXT},
                {"segment_id": 1, "without_event": ["E-17"]},
                {"segment_id": 1, "definition": DEFINITION, "as_of": "2026-01-31"},
            ]
        }
    )

    text: DefinitionText | None = Field(None, description="criteria in the text language")
    definition: DefinitionJSON | None = Field(None, description="criteria as a tree, instead of `text`")
    segment_id: int | None = Field(None, ge=1, le=LARGEST_ID, description="only members of this segment")
    view_id: int | None = Field(
        None, ge=1, le=LARGEST_ID,
        description="only members of this view's segment, by the view's criteria unless others are given",
    )  # fmt: skip
    base: Base | None = Field(None, description="only who matches this definition, too")
    without_production: list[Showing] = Field([], max_length=MOST_SHOWINGS, description=WITHOUT_PRODUCTION)
    without_event: list[Showing] = Field([], max_length=MOST_SHOWINGS, description=WITHOUT_EVENT)
    as_of: AsOfDay = None

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if self.text is not None and self.definition is not None:
            raise ValueError("give the criteria either as text or as definition")
        within = [each for each in (self.segment_id, self.view_id, self.base) if each is not None]
        if len(within) > 1:
            raise ValueError("give one of segment_id, view_id and base")
        if self.criteria is None and self.segment_id is None and self.view_id is None:
            raise ValueError("say who is meant: give text, definition, segment_id or view_id")
        return self

    @property
    def criteria(self) -> str | object | None:
        """The criteria in the form they came in; None where none are given."""
        return self.definition if self.text is None else self.text

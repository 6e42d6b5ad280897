"""Views as they travel."""

from typing import Self

from pydantic import ConfigDict, Field, model_validator

from hub.api.models.asking import DEFINITION, TEXT, Asked, DefinitionText
from hub.api.models.base import DefinitionJSON, Model, Name


class NewView(Asked):
    """A view to be made: what a segment is seen through, by ``text`` or by ``definition``."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Came often", "text": TEXT}]})

    name: Name = Field(description="what it is called; unique among the segment's views, without regard to case")


class ViewChange(Model):
    """What is to be changed of a view; what is left out, or null, stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Came often"}, {"text": TEXT}]})

    name: Name | None = Field(None, description="its new name")
    text: DefinitionText | None = Field(None, description="its new criteria in the text language")
    definition: DefinitionJSON | None = Field(None, description="its new criteria as a tree")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.text is not None and self.definition is not None:
            raise ValueError("give the definition either as text or as definition")
        if self.name is None and self.either is None:
            raise ValueError("say what is to be changed: name, text or definition")
        return self

    @property
    def either(self) -> str | object | None:
        """The new criteria in the form they came in; None to leave them."""
        return self.definition if self.text is None else self.text


class ViewOut(Model):
    """A segment seen through further criteria, under a name."""

    model_config = ConfigDict(
        title="View",
        json_schema_extra={
            "examples": [
                {
                    "id": 1, "segment_id": 1, "segment": "Regulars", "name": "Came often", "text": TEXT,
                    "definition": DEFINITION, "problem": None,
                }
            ]
        },
    )  # fmt: skip

    id: int = Field(description="its id, which never changes")
    segment_id: int = Field(description="id of the segment")
    segment: str = Field(description="name of the segment")
    name: str = Field(description="what it is called")
    text: str | None = Field(description="its criteria in the text language; null if they can't be said now")
    definition: DefinitionJSON = Field(description="its criteria as a tree")
    problem: str | None = Field(
        description="why its criteria can't be evaluated, such as one whose plugin is gone; null if they can"
    )


class ViewList(Model):
    """The views of a segment by name."""

    items: list[ViewOut] = Field(description="the views")

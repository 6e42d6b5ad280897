"""Explanations as they travel: why a customer matches, or does not."""

from typing import Literal

from pydantic import ConfigDict, Field

from hub.api.models.asking import TEXT, Asked, AsOfDay
from hub.api.models.base import Model

DEEPEST_EXPLANATION = 200
"""Most levels that are sent: pydantic writes no answer of more than 255."""


class ExplanationQuestion(Asked):
    """A definition that a customer matches or not."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": TEXT}]})

    as_of: AsOfDay = None


class ExplanationOut(Model):
    """A part of a definition, and whether it matches a customer."""

    model_config = ConfigDict(
        title="Explanation",
        json_schema_extra={
            "examples": [
                {
                    "kind": "criterion", "matches": True, "sentence": "placed at least 3 orders", "text": TEXT,
                    "figures": {"orders": 4}, "parts": [],
                }
            ]
        },
    )  # fmt: skip

    kind: Literal["all_of", "any_of", "none_of", "criterion", "by_hand"] = Field(
        description="what the part is; by_hand for a manual segment"
    )
    matches: bool = Field(description="whether the customer matches it")
    sentence: str = Field(
        description="of a criterion, the end of a sentence that begins with “customers who”; of a group, what it "
        "asks of its parts"
    )
    text: str | None = Field(description="a criterion in the text language; null for other parts")
    figures: dict[str, int | float | bool | str | None] = Field(
        description="the customer's own figures that a criterion looks at, by name: days and instants as such, "
        "amounts of money as decimal texts"
    )
    parts: list["ExplanationOut"] = Field(
        description="what a group is made of; of a criterion that asks for a segment, its definition; none "
        f"below {DEEPEST_EXPLANATION} levels"
    )

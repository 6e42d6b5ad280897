"""Tags as they travel."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from hub.api.models.asking import TEXT, Audience
from hub.api.models.base import Day, Model

TagName = Annotated[
    str,
    StringConstraints(
        strict=True, strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$"
    ),
]


class Tagging(Audience):
    """A tag, and the customers who get or lose it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"tag": "premiere", "segment_id": 1}, {"tag": "premiere", "text": TEXT}]}
    )

    tag: TagName = Field(description="the tag; made when it is new")


class Tagged(Model):
    """What became of a tag on many customers."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"tag": "premiere", "size": 1204, "changed": 1190, "as_of": "2026-01-31", "revision": 52}]
        }
    )

    tag: str = Field(description="the tag")
    size: int = Field(description="number of customers who were meant")
    changed: int = Field(description="how many of them it was new to, or taken off")
    as_of: Day = Field(description="the day at whose end it was evaluated who is meant")
    revision: int = Field(description="the store's revision that was seen, before anything was changed")


class TagCountOut(Model):
    """How many customers have a tag."""

    model_config = ConfigDict(
        title="TagCount", json_schema_extra={"examples": [{"tag": "premiere", "among": 1190, "in_all": 2300}]}
    )

    tag: str = Field(description="the tag")
    among: int = Field(description="how many of the customers asked about have it")
    in_all: int = Field(description="how many of all customers have it")


class TagCountList(Model):
    """Every tag there is, with how many have it."""

    items: list[TagCountOut] = Field(description="the tags in alphabetical order")
    size: int = Field(description="number of customers asked about")
    as_of: Day = Field(description="the day at whose end it was evaluated who they are")
    revision: int = Field(description="the store's revision that was seen")

"""Questions of how many match, and their answers."""

from pydantic import ConfigDict, Field

from hub.api.models.asking import (
    DEFINITION,
    MOST_SHOWINGS,
    TEXT,
    WITHOUT_EVENT,
    WITHOUT_PRODUCTION,
    Asked,
    AsOfDay,
    Showing,
)
from hub.api.models.base import Day, DefinitionJSON, Model


class CountQuestion(Asked):
    """A definition whose matches are to be counted."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": TEXT}, {"definition": DEFINITION, "as_of": "2026-01-31"}]}
    )

    without_production: list[Showing] = Field([], max_length=MOST_SHOWINGS, description=WITHOUT_PRODUCTION)
    without_event: list[Showing] = Field([], max_length=MOST_SHOWINGS, description=WITHOUT_EVENT)
    as_of: AsOfDay = None


class CriterionCount(Model):
    """How many customers one criterion of a definition matches by itself."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": TEXT, "size": 1204}]})

    text: str = Field(description="the criterion in the text language")
    size: int = Field(description="number of customers it matches by itself")


class Count(Model):
    """How many customers match a definition, and each of its criteria by itself."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "size": 1204, "as_of": "2026-01-31", "revision": 52, "text": TEXT,
                    "sentence": "customers who placed at least 3 orders", "definition": DEFINITION,
                    "criteria": [{"text": TEXT, "size": 1204}],
                }
            ]
        }
    )  # fmt: skip

    size: int = Field(description="number of customers who match, less the ticket holders that were left out")
    as_of: Day = Field(description="the day at whose end they were counted")
    revision: int = Field(description="the store's revision that was seen")
    text: str = Field(description="the definition in the canonical form of the text language")
    sentence: str = Field(description="the definition as a sentence for people")
    definition: DefinitionJSON = Field(description="the definition in the canonical form of its tree")
    criteria: list[CriterionCount] = Field(description="each criterion from left to right, counted by itself")

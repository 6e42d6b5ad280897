"""Criteria and recipes as they travel: all that an editor of segments is built from."""

from typing import Any, Literal

from pydantic import ConfigDict, Field

from hub.api.models.base import Model

Form = Literal["number_test", "date_test", "one_of", "text_test", "text", "number", "date", "choice", "flag"]


class ParameterOut(Model):
    """A parameter of a criterion, as it is said and asked for."""

    model_config = ConfigDict(
        title="Parameter",
        json_schema_extra={
            "examples": [
                {
                    "name": "number", "help": "how many orders", "form": "number_test", "required": True,
                    "keyword": "", "units": [], "choices": [],
                }
            ]
        },
    )  # fmt: skip

    name: str = Field(description="its name in the criterion's parameters")
    help: str = Field(description="what it is for")
    form: Form = Field(
        description="what it holds: a test of a number, of a date, of a text (one_of) or of several (text_test), "
        "a plain value, one of `choices`, or whether something is so (flag)"
    )
    required: bool = Field(description="whether it must be given")
    keyword: str = Field(description="words in front of it in the text language; empty if there are none")
    units: list[str] = Field(description="words that may follow it there")
    choices: list[str] = Field(description="what it may be, when its form is choice")


class CriterionOut(Model):
    """A question that segments can ask about customers."""

    model_config = ConfigDict(
        title="Criterion",
        json_schema_extra={
            "examples": [
                {
                    "name": "orders", "label": "Orders", "help": "How many orders count as bought.", "aliases": [],
                    "has_histogram": True, "parameters": [], "parameters_schema": {"type": "object"},
                }
            ]
        },
    )  # fmt: skip

    name: str = Field(description="its name in definitions, and its word in the text language")
    label: str = Field(description="what it is called in front of people")
    help: str = Field(description="what it asks, and whom it leaves out")
    aliases: list[str] = Field(description="other words the text language accepts")
    has_histogram: bool = Field(description="whether dashboards show a distribution behind it")
    parameters: list[ParameterOut] = Field(description="its parameters, in the order in which they are said")
    parameters_schema: dict[str, Any] = Field(description="the JSON Schema of its parameters")


class CriterionList(Model):
    """Every criterion there is."""

    items: list[CriterionOut] = Field(description="the criteria, in the order in which they are shown")


class BlankOut(Model):
    """Something in a recipe that one would change."""

    model_config = ConfigDict(
        title="Blank",
        json_schema_extra={"examples": [{"name": "days", "label": "days since the last purchase", "value": 60}]},
    )

    name: str = Field(description="its name, in braces where it stands in the template")
    label: str = Field(description="what is filled in, for people")
    value: int | str = Field(
        description="its usual value; what is filled in is a text or a whole number as this is"
    )


class RecipeOut(Model):
    """A segment that many want, to start from."""

    model_config = ConfigDict(
        title="Recipe",
        json_schema_extra={
            "examples": [
                {
                    "name": "Newcomers", "description": "Bought for the first time just now.",
                    "template": "first_purchase within {days} days", "text": "first_purchase within 30 days",
                    "blanks": [{"name": "days", "label": "days since the first purchase", "value": 30}],
                }
            ]
        },
    )  # fmt: skip

    name: str = Field(description="its name; also a good name for the segment")
    description: str = Field(description="whom it finds and what it is good for")
    template: str = Field(description="its text with a name in braces for each blank")
    text: str = Field(description="its text with the usual values: a definition as it stands")
    blanks: list[BlankOut] = Field(description="what one would change")


class RecipeList(Model):
    """Every recipe there is."""

    items: list[RecipeOut] = Field(description="the recipes, in the order in which they are shown")


class Filling(Model):
    """Values for the blanks of a recipe."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Newcomers", "values": {"days": 14}}]})

    name: str = Field(max_length=200, description="name of the recipe")
    values: dict[str, int | str] = Field(
        {}, max_length=20, description="by the blank's name; what is left out keeps its usual value"
    )


class Filled(Model):
    """A recipe with its blanks filled in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "text": "first_purchase within 14 days",
                    "sentence": "customers who first bought …",
                    "definition": {},
                }
            ]
        }
    )

    text: str = Field(description="the definition in the text language")
    sentence: str = Field(description="the definition as a sentence for people")
    definition: dict[str, Any] = Field(description="the definition as a tree")

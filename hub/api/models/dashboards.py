"""Dashboards as they travel: every number and every distribution of a definition."""

from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from hub.api.models.asking import DEFINITION, TEXT, Audience
from hub.api.models.base import Day, DefinitionJSON, Model

_HISTOGRAM: JsonDict = {
    "kind": "number",
    "unit": None,
    "buckets": [{"from": 0, "to": 1, "size": 800}, {"from": 1, "to": None, "size": 4200}],
    "unknown": 0,
    "more": False,
}


class DashboardQuestion(Audience):
    """Filters, and who there is to choose from."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"text": TEXT}, {"segment_id": 1, "definition": DEFINITION, "histograms": False}]
        }
    )

    histograms: bool = Field(True, description="whether the distributions are wanted, too")


class BucketOut(Model):
    """A bar of a distribution."""

    model_config = ConfigDict(
        title="Bucket",
        populate_by_name=True,
        json_schema_extra={"examples": [{"from": 1, "to": 2, "size": 4200}]},
    )

    start: int | str = Field(
        alias="from",
        description="the least value: a whole number, an amount or other decimal number as text, a day, or "
        "the choice itself",
    )
    end: int | str | None = Field(
        alias="to", description="the value before which it ends; null when it has no end, or is a choice"
    )
    size: int = Field(description="number of customers")


class HistogramOut(Model):
    """How what a criterion asks about is spread over the customers, whatever its test."""

    model_config = ConfigDict(title="Histogram", json_schema_extra={"examples": [_HISTOGRAM]})

    kind: Literal["number", "money", "day", "choice"] = Field(description="what the values are")
    unit: str | None = Field(
        description="`years` for ages, the ISO 4217 code of the currency for money; null otherwise"
    )
    buckets: list[BucketOut] = Field(description="the bars by value; choices by size, the largest first")
    unknown: int = Field(description="number of customers without a value, where that can be told; otherwise 0")
    more: bool = Field(description="whether there are further choices besides those shown")


class FilterOut(Model):
    """One criterion of a dashboard."""

    model_config = ConfigDict(
        title="Filter",
        json_schema_extra={
            "examples": [
                {
                    "text": TEXT, "sentence": "customers who placed at least 3 orders", "definition": DEFINITION,
                    "size": 1204, "histogram": _HISTOGRAM,
                }
            ]
        },
    )  # fmt: skip

    text: str = Field(description="the criterion in the text language")
    sentence: str = Field(description="the criterion as a sentence for people")
    definition: DefinitionJSON = Field(description="the criterion as a tree of one node")
    size: int = Field(description="number of customers it matches by itself, of those there are to choose from")
    histogram: HistogramOut | None = Field(
        description="the distribution behind it; null where it has none, or none was wanted"
    )


class DashboardOut(Model):
    """What a dashboard shows."""

    model_config = ConfigDict(
        title="Dashboard",
        json_schema_extra={
            "examples": [
                {
                    "size": 1204, "base_size": 5000, "as_of": "2026-01-31", "revision": 52, "text": TEXT,
                    "sentence": "customers who placed at least 3 orders", "definition": DEFINITION, "criteria": [],
                }
            ]
        },
    )  # fmt: skip

    size: int = Field(description="number of customers who match everything")
    base_size: int = Field(description="number of customers there are to choose from")
    as_of: Day = Field(description="the day at whose end they were counted")
    revision: int = Field(description="the store's revision that was seen")
    text: str = Field(description="the filters in the canonical form of the text language")
    sentence: str = Field(description="the filters as a sentence for people")
    definition: DefinitionJSON = Field(description="the filters in the canonical form of their tree")
    criteria: list[FilterOut] = Field(description="each criterion from left to right")

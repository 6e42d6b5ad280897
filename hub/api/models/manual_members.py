"""Lists of customers for manual segments, and what became of them."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from hub.api.models.base import Model, Name

MOST_IDS = 500_000
"""Most customers that one request names."""

_Id = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=320)]
_Number = Annotated[int, Field(ge=1, le=2**32 - 1)]
# Of half a million wrong ids, the first is enough to be told.
_Ids = Annotated[list[_Id], Field(max_length=MOST_IDS, fail_fast=True)]
_Numbers = Annotated[list[_Number], Field(max_length=MOST_IDS, fail_fast=True)]


class CustomerList(Model):
    """Customers, all named in the same way: by number, by a source's ids, or by email address."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"numbers": [17, 18]},
                {"source": "csv", "external_ids": ["C-17", "C-18"]},
                {"emails": ["ada@example.com"]},
            ]
        }
    )

    numbers: _Numbers | None = Field(None, description="the hub's own numbers of customers")
    external_ids: _Ids | None = Field(None, description="the ids by which a source knows them; give `source`, too")
    source: Name | None = Field(None, description="name of the source whose ids they are")
    emails: _Ids | None = Field(
        None, description="their addresses, without regard to case; whoever has one is meant"
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [each for each in (self.numbers, self.external_ids, self.emails) if each is not None]
        if len(given) != 1:
            raise ValueError("give one of numbers, external_ids and emails")
        if (self.external_ids is None) != (self.source is None):
            raise ValueError("external_ids and source go together")
        return self


class UnknownCustomerOut(Model):
    """An id that names no customer."""

    model_config = ConfigDict(
        title="UnknownCustomer",
        json_schema_extra={"examples": [{"id": "C-99", "reason": "no customer of the source 'csv' has this id"}]},
    )

    id: str = Field(description="the id, as it was sent")
    reason: str = Field(description="why it names nobody")


class ManualChange(Model):
    """What became of a list of customers."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"changed": 2, "unchanged": 0, "unknown": [], "size": 40}]}
    )

    changed: int = Field(description="how many customers were added, or removed")
    unchanged: int = Field(description="how many were members already, or were none")
    unknown: list[UnknownCustomerOut] = Field(description="the ids that name nobody, in the order of the list")
    size: int | None = Field(description="number of members now")

"""Members of a segment as they travel: personal data."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from hub.api.cursors import LONGEST_CURSOR, MOST_ITEMS
from hub.api.models.asking import TEXT, Audience
from hub.api.models.base import Day, Model, NextCursor
from hub.core.segments.people.members import MemberOrder

Search = Annotated[str, StringConstraints(strict=True, max_length=200, pattern=r"^[^\x00]*$")]
"""Part of a name, an address, an id or a city."""


class MemberOut(Model):
    """A customer who is in a segment."""

    model_config = ConfigDict(
        title="Member",
        json_schema_extra={
            "examples": [
                {
                    "number": 17, "external_id": "C-17", "email": "ada@example.com", "phone": None, "title": None,
                    "first_name": "Ada", "last_name": "Example", "gender": "female", "born_on": "1990-05-17",
                    "registered_at": "2024-03-01T10:00:00Z", "account_kind": "registered",
                    "account_status": "active", "street": None, "postcode": "10115", "city": "Berlin",
                    "region": None, "country": "DE", "language": "de", "orders": 4, "tickets": 9,
                    "revenue_minor": 21850,
                }
            ]
        },
    )  # fmt: skip

    number: int = Field(description="the customer's number in the hub, never given to another")
    external_id: str = Field(description="the id in the source the customer came from")
    email: str | None = Field(description="email address")
    phone: str | None = Field(description="phone number as it was entered")
    title: str | None = Field(description="form of address")
    first_name: str | None = Field(description="given name")
    last_name: str | None = Field(description="family name")
    gender: str | None = Field(description="female, male or other, as far as it is known")
    born_on: Day | None = Field(description="date of birth")
    registered_at: datetime | None = Field(description="when the account was created")
    account_kind: str | None = Field(description="registered, guest or subscriber")
    account_status: str | None = Field(description="active or blocked")
    street: str | None = Field(description="street and house number")
    postcode: str | None = Field(description="postal code")
    city: str | None = Field(description="town or city")
    region: str | None = Field(description="state, county or region")
    country: str | None = Field(description="ISO 3166 alpha-2 code")
    language: str | None = Field(description="language code")
    orders: int | None = Field(description="number of orders that count as bought")
    tickets: int | None = Field(description="number of tickets in them")
    revenue_minor: int | None = Field(
        description="what they came to, in minor units of the organisation's currency: 1250 is 12.50 EUR"
    )


class ListedMember(MemberOut):
    """A member in a list, with what is told of them there besides."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "number": 17, "external_id": "C-17", "email": "ada@example.com", "phone": None, "title": None,
                    "first_name": "Ada", "last_name": "Example", "gender": "female", "born_on": "1990-05-17",
                    "registered_at": "2024-03-01T10:00:00Z", "account_kind": "registered",
                    "account_status": "active", "street": None, "postcode": "10115", "city": "Berlin",
                    "region": None, "country": "DE", "language": "de", "company": None, "source": "csv",
                    "orders": 4, "tickets": 9, "revenue_minor": 21850,
                    "last_purchase_at": "2026-01-12T12:00:00Z",
                }
            ]
        },
    )  # fmt: skip

    company: str | None = Field(description="name of the business partner they belong to")
    source: str = Field(description="name of the source the customer came from")
    last_purchase_at: datetime | None = Field(description="when they last bought")


class MemberQuestion(Audience):
    """Customers who are to be listed."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": TEXT, "sort": "revenue", "descending": True, "limit": 50}]}
    )

    sort: MemberOrder = Field(MemberOrder.NUMBER, strict=False, description="what they are sorted by")
    descending: bool = Field(False, description="whether the greatest come first; who has no value comes last")
    search: Search = Field("", description="only whose name, email, external id or city contains this")
    cursor: str | None = Field(
        None, max_length=LONGEST_CURSOR, description="`next_cursor` of the page before; null for the first page"
    )
    limit: int = Field(50, ge=1, le=MOST_ITEMS, description="the most entries on this page")


class MemberPage(Model):
    """A page of members."""

    items: list[ListedMember] = Field(description="the members of this page")
    size: int = Field(description="number of all members")
    found: int = Field(description="number of members on all pages: those that the search finds")
    as_of: Day = Field(description="the day at whose end it was evaluated")
    revision: int = Field(description="the store's revision that was seen; it may differ from page to page")
    currency: str = Field(description="ISO 4217 code of the currency of `revenue_minor`")
    next_cursor: NextCursor

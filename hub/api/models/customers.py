"""Single customers as they travel: personal data."""

from datetime import datetime

from pydantic import ConfigDict, Field

from hub.api.models.base import Day, Model, NextCursor
from hub.api.models.members import ListedMember, MemberOut
from hub.api.models.messages import MessageOut


class CustomerPage(Model):
    """A page of customers."""

    items: list[ListedMember] = Field(description="the customers of this page")
    size: int = Field(description="number of all customers")
    found: int = Field(description="number of customers on all pages: those that the search finds")
    revision: int = Field(description="the store's revision that was seen; it may differ from page to page")
    currency: str = Field(description="ISO 4217 code of the currency of `revenue_minor`")
    next_cursor: NextCursor


class CompanyOut(Model):
    """A business partner that customers belong to."""

    model_config = ConfigDict(
        title="Company",
        json_schema_extra={
            "examples": [
                {
                    "external_id": "P-1", "name": "Ufer Travel Ltd", "vat_number": None, "city": "Berlin",
                    "country": "DE",
                }
            ]
        },
    )  # fmt: skip

    external_id: str = Field(description="the id in its source")
    name: str = Field(description="its name")
    vat_number: str | None = Field(description="value added tax number")
    city: str | None = Field(description="town or city")
    country: str | None = Field(description="ISO 3166 alpha-2 code")


class ConsentOut(Model):
    """A permission that was given or withdrawn."""

    model_config = ConfigDict(
        title="Consent",
        json_schema_extra={
            "examples": [
                {
                    "permission": "newsletter", "channel": "email", "given": True, "at": "2025-01-01T00:00:00Z",
                    "place": "registration",
                }
            ]
        },
    )  # fmt: skip

    permission: str = Field(description="which permission")
    channel: str = Field(description="on which channel")
    given: bool = Field(description="whether it was given; else it was withdrawn")
    at: datetime = Field(description="when")
    place: str | None = Field(description="where")


class FieldOut(Model):
    """A custom field that is filled in."""

    model_config = ConfigDict(
        title="CustomField",
        json_schema_extra={"examples": [{"name": "seat", "value_type": "text", "value": "stalls"}]},
    )

    name: str = Field(description="its name")
    value_type: str = Field(description="text, number, date, choice or yes_no")
    value: bool | str | None = Field(
        description="a number as decimal text, a date as a day, yes_no as true or false"
    )


class IdentityOut(Model):
    """Another address of a customer."""

    model_config = ConfigDict(
        title="Identity", json_schema_extra={"examples": [{"kind": "messenger", "value": "4711"}]}
    )

    kind: str = Field(description="what it is an address of")
    value: str = Field(description="the address")


class SubscriptionOut(Model):
    """A subscription, such as a season ticket."""

    model_config = ConfigDict(
        title="Subscription",
        json_schema_extra={
            "examples": [
                {"external_id": "S-1", "name": "Premieres", "starts_on": "2025-09-01", "ends_on": "2026-08-31"}
            ]
        },
    )

    external_id: str = Field(description="the id in its source")
    name: str = Field(description="what it is called")
    starts_on: Day = Field(description="its first day")
    ends_on: Day | None = Field(description="its last day; null while it has no end")


class CartOut(Model):
    """A cart that was filled."""

    model_config = ConfigDict(
        title="Cart",
        json_schema_extra={
            "examples": [
                {
                    "external_id": "K-1", "changed_at": "2026-01-31T09:30:00Z", "total_minor": 4500,
                    "currency": "EUR", "abandoned": True,
                }
            ]
        },
    )  # fmt: skip

    external_id: str = Field(description="the id in its source")
    changed_at: datetime = Field(description="when it was last changed")
    total_minor: int = Field(description="what is in it, in minor units of the currency")
    currency: str = Field(description="ISO 4217 code")
    abandoned: bool = Field(description="whether no order came of it")


class MembershipOut(Model):
    """A segment that a customer is in."""

    model_config = ConfigDict(
        title="Membership", json_schema_extra={"examples": [{"id": 1, "name": "Regulars", "problem": None}]}
    )

    id: int = Field(description="id of the segment")
    name: str = Field(description="name of the segment")
    problem: str | None = Field(
        description="why the segment can't be evaluated now: they were in it the last time; null if it can"
    )


class SyncedOut(Model):
    """What a sync's platform holds, or may hold, of a customer."""

    model_config = ConfigDict(
        title="Synced", json_schema_extra={"examples": [{"sync": "Newsletter list", "state": "present"}]}
    )

    sync: str = Field(description="name of the sync")
    state: str = Field(description="how the customer stands there, by the hub's ledger")


class ProfileOut(MemberOut):
    """All that is known of one customer, but for their orders, which have pages of their own."""

    model_config = ConfigDict(
        title="Profile",
        json_schema_extra={
            "examples": [
                {
                    "number": 17, "external_id": "C-17", "email": "ada@example.com", "phone": None, "title": None,
                    "first_name": "Ada", "last_name": "Example", "gender": "female", "born_on": "1990-05-17",
                    "registered_at": "2024-03-01T10:00:00Z", "account_kind": "registered",
                    "account_status": "active", "street": None, "postcode": "10115", "city": "Berlin",
                    "region": None, "country": "DE", "language": "de", "latitude": None, "longitude": None,
                    "source": "csv", "company": None, "orders": 4, "tickets": 9, "events": 4,
                    "revenue_minor": 21850, "currency": "EUR", "first_purchase_at": "2024-03-02T18:00:00Z",
                    "last_purchase_at": "2026-01-12T12:00:00Z", "consents": [], "consent_log": [],
                    "tags": ["premiere"], "groups": [], "fields": [], "identities": [], "subscriptions": [],
                    "carts": [], "segments": [], "synced": [], "newest_messages": [],
                }
            ]
        },
    )  # fmt: skip

    latitude: float | None = Field(description="where they live, in degrees")
    longitude: float | None = Field(description="where they live, in degrees")
    source: str = Field(description="name of the source the customer came from")
    company: CompanyOut | None = Field(description="the business partner they belong to")
    events: int | None = Field(description="number of different events they had tickets for")
    currency: str = Field(description="ISO 4217 code of the currency of `revenue_minor`")
    first_purchase_at: datetime | None = Field(description="when they first bought")
    last_purchase_at: datetime | None = Field(description="when they last bought")
    consents: list[ConsentOut] = Field(description="where each permission stands on each channel")
    consent_log: list[ConsentOut] = Field(description="every entry of the log, newest first")
    tags: list[str] = Field(description="tags in alphabetical order")
    groups: list[str] = Field(description="groups in alphabetical order")
    fields: list[FieldOut] = Field(description="the custom fields that are filled in")
    identities: list[IdentityOut] = Field(description="further addresses")
    subscriptions: list[SubscriptionOut] = Field(description="subscriptions, newest first")
    carts: list[CartOut] = Field(description="carts, newest first")
    segments: list[MembershipOut] = Field(description="the segments they are in now, by name")
    synced: list[SyncedOut] = Field(description="what other platforms hold, or may hold, of them")
    newest_messages: list[MessageOut] = Field(
        description="the newest five messages they were sent; `listCustomerMessages` has all"
    )

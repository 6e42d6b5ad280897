"""The records a data source brings, and how they look as Arrow columns.

Each record is one pydantic model: its fields are the columns a batch may have, the mapping a
user may choose, and the documentation. Batches travel as Arrow tables because a million
customers must never become a million Python objects.
"""

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Union, get_args, get_origin

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from hub.core.contracts.vocabularies import (
    AccountKind,
    AccountStatus,
    ConsentChannel,
    CustomFieldType,
    Gender,
    OrderStatus,
    SalesChannel,
)

__all__ = [
    "DELETABLE", "LINE_COLUMN", "RECORDS", "AccountKind", "AccountStatus", "Batch", "CartRecord", "CompanyRecord",
    "ConsentChannel", "ConsentRecord", "CustomFieldRecord", "CustomFieldType", "CustomValueRecord",
    "CustomerRecord", "EventRecord", "Gender", "GroupRecord", "IdentityRecord", "OrderLineRecord",
    "OrderRecord", "OrderStatus", "ProductRecord", "Record", "RejectedRow", "SalesChannel",
    "SubscriptionRecord", "TagRecord", "VenueRecord", "arrow_schema", "arrow_table", "arrow_type", "value_type",
]  # fmt: skip

LINE_COLUMN = "line"
"""Optional column of any batch: the line of the source each row was read from, for reports."""


class Record(BaseModel):
    """Base of all records.

    ``key`` names the fields that identify a record within its source: a row with a known key
    updates, any other inserts.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: ClassVar[str]
    key: ClassVar[tuple[str, ...]]


Identifier = Annotated[str, Field(min_length=1, max_length=200)]
Money = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=4)]
Quantity = Annotated[int, Field(ge=0, le=1_000_000_000)]


class CompanyRecord(Record):
    """A business partner that customers belong to."""

    kind = "companies"
    key = ("id",)

    id: Identifier = Field(description="the source's own id of the company")
    name: Identifier = Field(description="name of the company")
    vat_number: str | None = Field(None, max_length=40, description="value added tax number")
    city: str | None = Field(None, max_length=200, description="town or city")
    country: str | None = Field(None, max_length=2, description="ISO 3166 alpha-2 code, such as DE")


class CustomerRecord(Record):
    """A person who bought, registered or subscribed."""

    kind = "customers"
    key = ("id",)

    id: Identifier = Field(description="the source's own id of the customer")
    email: str | None = Field(None, max_length=320, description="email address")
    phone: str | None = Field(None, max_length=40, description="phone number, best with country code")
    title: str | None = Field(None, max_length=100, description="form of address, such as Dr or Frau")
    first_name: str | None = Field(None, max_length=200, description="given name")
    last_name: str | None = Field(None, max_length=200, description="family name")
    gender: Gender | None = Field(None, description="female, male or other")
    born_on: date | None = Field(None, description="date of birth")
    registered_at: datetime | None = Field(None, description="when the account was created")
    account_kind: AccountKind | None = Field(None, description="registered, guest or subscriber")
    account_status: AccountStatus | None = Field(None, description="active or blocked")
    street: str | None = Field(None, max_length=300, description="street and house number")
    postcode: str | None = Field(None, max_length=20, description="postal code")
    city: str | None = Field(None, max_length=200, description="town or city")
    region: str | None = Field(None, max_length=200, description="state, county or region")
    country: str | None = Field(None, max_length=2, description="ISO 3166 alpha-2 code, such as DE")
    language: str | None = Field(None, max_length=10, description="language code, such as de")
    latitude: float | None = Field(None, ge=-90, le=90, description="degrees north")
    longitude: float | None = Field(None, ge=-180, le=180, description="degrees east")
    company: Identifier | None = Field(None, description="the source's own id of the company they belong to")


class VenueRecord(Record):
    """A place events happen at. Events name it; this tells where it is."""

    kind = "venues"
    key = ("name",)

    name: Annotated[str, Field(min_length=1, max_length=500)] = Field(description="name, as events have it")
    latitude: float | None = Field(None, ge=-90, le=90, description="degrees north")
    longitude: float | None = Field(None, ge=-180, le=180, description="degrees east")


class EventRecord(Record):
    """One performance of a production at a place and time: what a ticket is for."""

    kind = "events"
    key = ("id",)

    id: Identifier = Field(description="the source's own id of the event")
    title: str | None = Field(None, max_length=500, description="what is shown")
    starts_at: datetime | None = Field(None, description="when it begins")
    category: str | None = Field(None, max_length=200, description="category, such as opera")
    production: str | None = Field(None, max_length=500, description="production it belongs to, by name")
    venue: str | None = Field(None, max_length=500, description="venue, by name")
    organiser: str | None = Field(None, max_length=500, description="who puts it on")
    description: str | None = Field(None, max_length=100_000, description="text about it")


class ProductRecord(Record):
    """Something a shop sells that is not a ticket."""

    kind = "products"
    key = ("id",)

    id: Identifier = Field(description="the source's own id of the product")
    name: str | None = Field(None, max_length=500, description="product name")
    category: str | None = Field(None, max_length=200, description="category, such as merchandise")


class OrderRecord(Record):
    """One purchase by one customer. An order of an unknown customer makes that customer."""

    kind = "orders"
    key = ("id",)

    id: Identifier = Field(description="the source's own id of the order")
    customer: Identifier = Field(description="the source's own id of the customer")
    ordered_at: datetime = Field(description="when it was placed")
    total: Money = Field(description="amount paid, in the order's currency")
    currency: str | None = Field(None, max_length=3, description="ISO 4217 code; the organisation's if empty")
    status: OrderStatus = Field(OrderStatus.PAID, description="pending, paid, completed, cancelled or refunded")
    sales_channel: SalesChannel | None = Field(None, description="online or box_office")


class OrderLineRecord(Record):
    """One line of an order: tickets for an event, or pieces of a product."""

    kind = "order_lines"
    key = ("order", "id")

    id: Identifier = Field(description="the line's id within its order")
    order: Identifier = Field(description="the source's own id of the order")
    event: Identifier | None = Field(None, description="the source's own id of the event the tickets are for")
    product: Identifier | None = Field(None, description="the source's own id of the product")
    category: str | None = Field(None, max_length=200, description="category, where no event or product tells it")
    quantity: Quantity = Field(1, description="number of tickets or pieces")
    total: Money | None = Field(None, description="amount of the line, in the order's currency")


class CartRecord(Record):
    """A cart that a customer filled. It is abandoned while no order came of it."""

    kind = "carts"
    key = ("id",)

    id: Identifier = Field(description="the source's own id of the cart")
    customer: Identifier = Field(description="the source's own id of the customer")
    changed_at: datetime = Field(description="when something was last put in or taken out")
    total: Money = Field(description="value of what is in it, in the cart's currency")
    currency: str | None = Field(None, max_length=3, description="ISO 4217 code; the organisation's if empty")
    order: Identifier | None = Field(None, description="the source's own id of the order that came of it")


class SubscriptionRecord(Record):
    """A subscription of a customer, such as a season ticket."""

    kind = "subscriptions"
    key = ("id",)

    id: Identifier = Field(description="the source's own id of the subscription")
    customer: Identifier = Field(description="the source's own id of the customer")
    name: Identifier = Field(description="what is subscribed to, such as Premieres 2024/25")
    starts_on: date = Field(description="its first day")
    ends_on: date | None = Field(None, description="its last day; empty while it has no end")


class ConsentRecord(Record):
    """A customer gave or withdrew a permission on a channel. The log is only ever added to."""

    kind = "consents"
    key = ("customer", "permission", "channel", "at")

    customer: Identifier = Field(description="the source's own id of the customer")
    permission: Identifier = Field(description="what for, such as newsletter")
    channel: ConsentChannel = Field(ConsentChannel.EMAIL, description="email, sms, phone, messenger or viber")
    given: bool = Field(True, description="true when given, false when withdrawn")
    at: datetime | None = Field(None, description="when; the time of import if empty")
    place: str | None = Field(None, max_length=200, description="where it was given, such as registration")


class IdentityRecord(Record):
    """A further address of a customer, such as the one a chat service knows them by. No two share one."""

    kind = "identities"
    key = ("customer", "channel", "value")

    customer: Identifier = Field(description="the source's own id of the customer")
    channel: ConsentChannel = Field(description="email, sms, phone, messenger or viber")
    value: Identifier = Field(description="the address or id on that channel")
    present: bool = Field(True, description="true when it is theirs, false to take it off")


class TagRecord(Record):
    """A word a customer is marked with."""

    kind = "tags"
    key = ("customer", "tag")

    customer: Identifier = Field(description="the source's own id of the customer")
    tag: Identifier = Field(description="the tag")
    present: bool = Field(True, description="true to mark the customer, false to take the mark off")


class GroupRecord(Record):
    """A customer's place in a group, such as a price group."""

    kind = "groups"
    key = ("customer", "group")

    customer: Identifier = Field(description="the source's own id of the customer")
    group: Identifier = Field(description="the group, by name")
    present: bool = Field(True, description="true to put the customer in, false to take them out")


class CustomFieldRecord(Record):
    """A field that an organisation adds to its customers."""

    kind = "custom_fields"
    key = ("name",)

    name: Identifier = Field(description="name of the field")
    value_type: CustomFieldType = Field(description="text, number, date, choice or yes_no; it can't be changed")
    choices: str | None = Field(
        None, max_length=10_000, description="what a choice may be, with | between, such as stalls|circle|box"
    )


class CustomValueRecord(Record):
    """A customer's value of a custom field."""

    kind = "custom_values"
    key = ("customer", "field")

    customer: Identifier = Field(description="the source's own id of the customer")
    field: Identifier = Field(description="the custom field, by name")
    value: str | None = Field(
        None, max_length=2_000, description="the value as the field's type is written; empty takes it off"
    )


RECORDS: Mapping[str, type[Record]] = types.MappingProxyType(
    {
        model.kind: model
        for model in (
            CompanyRecord, CustomerRecord, VenueRecord, EventRecord, ProductRecord, OrderRecord, OrderLineRecord,
            CartRecord, SubscriptionRecord, ConsentRecord, IdentityRecord, TagRecord, GroupRecord,
            CustomFieldRecord, CustomValueRecord,
        )
    }
)  # fmt: skip
"""Every kind of record by its name, in the order in which a batch is stored."""

DELETABLE = ("order_lines", "carts", "subscriptions", "orders", "customers", "events", "products")
"""The kinds a source can say were deleted, in the order in which that is done. Tags, groups and identities are
taken off by their field ``present``, values by an empty one; consents are withdrawn.

An event or product that somebody bought stays: their purchases tell of it.
"""

_ARROW_TYPES: Mapping[type, pa.DataType] = types.MappingProxyType(
    {
        str: pa.string(),
        int: pa.int64(),
        bool: pa.bool_(),
        float: pa.float64(),
        Decimal: pa.decimal128(18, 4),
        date: pa.date32(),
        datetime: pa.timestamp("us", tz="UTC"),
    }
)


def value_type(model: type[BaseModel], name: str) -> type:
    """The Python type of a field, without optionality or constraints."""
    annotation: Any = model.model_fields[name].annotation
    if get_origin(annotation) in (Union, types.UnionType):
        annotation = next(part for part in get_args(annotation) if part is not type(None))
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return annotation  # type: ignore[no-any-return]  # pydantic types annotations as Any


def arrow_type(python_type: type) -> pa.DataType:
    """The Arrow type that carries values of a record's field."""
    return _ARROW_TYPES[str if issubclass(python_type, StrEnum) else python_type]


def arrow_schema(model: type[Record], columns: Sequence[str] | None = None) -> pa.Schema:
    """The Arrow schema of a record's columns, all of them or those named, in that order."""
    names = list(model.model_fields) if columns is None else list(columns)
    return pa.schema([pa.field(name, arrow_type(value_type(model, name))) for name in names])


def arrow_table(model: type[Record], records: Sequence[Record]) -> pa.Table:
    """Put record objects into an Arrow table; for small sources and tests.

    It has the columns that at least one of the records sets: what none of them speaks of is left as it is.
    """
    said = {name for record in records for name in record.model_fields_set}
    columns = [name for name in model.model_fields if name in said]
    return pa.Table.from_pylist([record.model_dump() for record in records], schema=arrow_schema(model, columns))


@dataclass(frozen=True)
class RejectedRow:
    """A row a source could not read, with its place and a reason a person can act on."""

    line: int
    """Line of the source, counted from 1, the header included; 0 when it has no lines."""
    reason: str
    field: str = ""
    """Name of the record's field that is wrong, or empty when it is the whole row."""


@dataclass(frozen=True)
class Batch:
    """What a source hands over at once; it is stored in one transaction, its cursor with it.

    ``tables`` holds an Arrow table per kind of record (see ``RECORDS``). A table may leave out
    columns: what a batch does not have is left as it is. A column that is there is written, a null
    in it clears the value. An extra column ``line`` says where each row came from.
    """

    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    rejected: Sequence[RejectedRow] = ()
    cursor: str | None = None
    """Where to go on after this batch, in the source's own words; None keeps the one before."""
    deletions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Ids of records that are gone, by kind (see ``DELETABLE``); one that the store does not have does no harm.

    They are deleted once the batch's records are stored. A customer is erased with all that is theirs. For
    ``order_lines`` these are ids of *orders*: of each, only the lines in this batch stay.
    """
    listings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """For a kind, the ids of *all* records the source has: whatever else the store has of this source is deleted.

    For sources that can't tell what is gone but have looked through everything. Not for ``order_lines``.
    """

    @classmethod
    def of(cls, *records: Record, cursor: str | None = None) -> "Batch":
        """Make a batch from record objects of any kinds."""
        models = {type(record) for record in records}
        tables = {
            model.kind: arrow_table(model, [record for record in records if type(record) is model])
            for model in models
        }
        return cls(tables=tables, cursor=cursor)

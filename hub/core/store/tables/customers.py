"""Customers and what is known of them besides purchases and consents."""

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, UniqueConstraint
from sqlmodel import Field

from hub.core.store.tables.base import AUTOINCREMENT, Stored
from hub.core.store.types import Day, Instant


class Customer(Stored, table=True):
    """A person. The dense number is what bitmaps hold and is never given to another."""

    __tablename__ = "customers"
    __table_args__ = (UniqueConstraint("source_id", "external_id"), AUTOINCREMENT)

    number: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    source_id: int = Field(foreign_key="sources.id")
    external_id: str
    company_id: int | None = Field(default=None, foreign_key="companies.id")
    email: str | None = Field(default=None, index=True)
    phone: str | None = None
    title: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    gender: str | None = None
    born_on: date | None = Field(default=None, sa_type=Day)
    registered_at: datetime | None = Field(default=None, sa_type=Instant)
    account_kind: str | None = None
    account_status: str | None = None
    street: str | None = None
    postcode: str | None = None
    city: str | None = None
    region: str | None = None
    country: str | None = None
    language: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    revision: int = Field(sa_type=BigInteger, index=True)


class Company(Stored, table=True):
    """A business partner that customers belong to."""

    __tablename__ = "companies"
    __table_args__ = (UniqueConstraint("source_id", "external_id"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    source_id: int = Field(foreign_key="sources.id")
    external_id: str
    name: str
    vat_number: str | None = None
    city: str | None = None
    country: str | None = None
    revision: int = Field(sa_type=BigInteger, index=True)


class Identity(Stored, table=True):
    """Another address of a customer: on a chat service, or as another source knows them."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("organisation_id", "kind", "value"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    customer_number: int = Field(foreign_key="customers.number", ondelete="CASCADE", index=True)
    kind: str
    value: str
    revision: int = Field(sa_type=BigInteger, index=True)


class CustomerGroup(Stored, table=True):
    """A named group of customers, such as a price group."""

    __tablename__ = "customer_groups"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    name: str


class CustomerGroupMember(Stored, table=True):
    """A customer's place in a group."""

    __tablename__ = "customer_group_members"
    __table_args__ = (UniqueConstraint("customer_number", "group_id"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    customer_number: int = Field(foreign_key="customers.number", ondelete="CASCADE")
    group_id: int = Field(foreign_key="customer_groups.id")
    revision: int = Field(sa_type=BigInteger, index=True)


class CustomField(Stored, table=True):
    """A field an organisation added: its name and type."""

    __tablename__ = "custom_fields"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    name: str
    value_type: str
    """text, number, date, choice or yes_no."""
    choices: list[str] = Field(default_factory=list, sa_type=JSON)


class CustomValue(Stored, table=True):
    """A customer's value of a custom field, in the column of the field's type."""

    __tablename__ = "custom_values"
    __table_args__ = (UniqueConstraint("customer_number", "field_id"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    customer_number: int = Field(foreign_key="customers.number", ondelete="CASCADE")
    field_id: int = Field(foreign_key="custom_fields.id")
    text_value: str | None = None
    number_value: int | None = Field(default=None, sa_type=BigInteger)
    """Ten-thousandths, so that engines agree."""
    day_value: date | None = Field(default=None, sa_type=Day)
    yes_no_value: bool | None = None
    revision: int = Field(sa_type=BigInteger, index=True)


class Tag(Stored, table=True):
    """A word customers are marked with."""

    __tablename__ = "tags"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisations.id")
    name: str


class CustomerTag(Stored, table=True):
    """A customer marked with a tag."""

    __tablename__ = "customer_tags"
    __table_args__ = (UniqueConstraint("customer_number", "tag_id"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    customer_number: int = Field(foreign_key="customers.number", ondelete="CASCADE")
    tag_id: int = Field(foreign_key="tags.id")
    revision: int = Field(sa_type=BigInteger, index=True)


class Subscription(Stored, table=True):
    """A customer's subscription, such as a season ticket: from one day to another, both included."""

    __tablename__ = "subscriptions"
    __table_args__ = (UniqueConstraint("source_id", "external_id"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="sources.id")
    external_id: str
    customer_number: int = Field(foreign_key="customers.number", ondelete="CASCADE", index=True)
    name: str
    starts_on: date = Field(sa_type=Day)
    ends_on: date | None = Field(default=None, sa_type=Day)
    """Its last day; null while it has no end."""
    revision: int = Field(sa_type=BigInteger, index=True)

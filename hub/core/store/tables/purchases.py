"""What customers bought, and what they left in a cart."""

from datetime import datetime

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from hub.core.store.tables.base import AUTOINCREMENT, Stored
from hub.core.store.types import Instant


class Order(Stored, table=True):
    """One purchase by one customer."""

    __tablename__ = "orders"
    __table_args__ = (UniqueConstraint("source_id", "external_id"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="sources.id")
    external_id: str
    customer_number: int = Field(foreign_key="customers.number", ondelete="CASCADE", index=True)
    ordered_at: datetime = Field(sa_type=Instant)
    total: int = Field(sa_type=BigInteger)
    """Minor units of the currency."""
    currency: str
    status: str
    sales_channel: str | None = None
    revision: int = Field(sa_type=BigInteger, index=True)


class OrderLine(Stored, table=True):
    """Tickets for an event or pieces of a product within an order."""

    __tablename__ = "order_lines"
    __table_args__ = (UniqueConstraint("order_id", "external_id"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="orders.id", ondelete="CASCADE")
    external_id: str
    event_id: int | None = Field(default=None, foreign_key="events.id")
    product_id: int | None = Field(default=None, foreign_key="products.id")
    category_id: int | None = Field(default=None, foreign_key="categories.id")
    quantity: int
    total: int | None = Field(default=None, sa_type=BigInteger)
    """Minor units of the order's currency; null where the source does not tell."""
    revision: int = Field(sa_type=BigInteger, index=True)


class Cart(Stored, table=True):
    """A cart that was filled; abandoned while it has no order."""

    __tablename__ = "carts"
    __table_args__ = (UniqueConstraint("source_id", "external_id"), AUTOINCREMENT)

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="sources.id")
    external_id: str
    customer_number: int = Field(foreign_key="customers.number", ondelete="CASCADE", index=True)
    changed_at: datetime = Field(sa_type=Instant)
    total: int = Field(sa_type=BigInteger)
    """Minor units of the currency."""
    currency: str
    order_id: int | None = Field(default=None, foreign_key="orders.id", ondelete="SET NULL", index=True)
    revision: int = Field(sa_type=BigInteger, index=True)

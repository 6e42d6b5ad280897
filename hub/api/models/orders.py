"""A customer's orders as they travel."""

from datetime import datetime

from pydantic import ConfigDict, Field

from hub.api.models.base import Model, NextCursor


class LineOut(Model):
    """A line of an order."""

    model_config = ConfigDict(
        title="OrderLine",
        json_schema_extra={
            "examples": [
                {
                    "quantity": 2, "total_minor": 4500, "event": "E-1", "title": "Hamlet",
                    "starts_at": "2026-02-01T18:30:00Z", "product": None, "category": "drama",
                }
            ]
        },
    )  # fmt: skip

    quantity: int = Field(description="how many")
    total_minor: int | None = Field(description="what it cost, in minor units of the order's currency")
    event: str | None = Field(description="the event's id in the ticket system; null for a product")
    title: str | None = Field(description="the event's title")
    starts_at: datetime | None = Field(description="when the event begins")
    product: str | None = Field(description="the product's name; null for tickets")
    category: str | None = Field(description="its category")


class OrderOut(Model):
    """An order of any status."""

    model_config = ConfigDict(
        title="Order",
        json_schema_extra={
            "examples": [
                {
                    "external_id": "O-1", "ordered_at": "2026-01-12T12:00:00Z", "total_minor": 4500,
                    "currency": "EUR", "status": "paid", "sales_channel": "online", "lines": [],
                }
            ]
        },
    )  # fmt: skip

    external_id: str = Field(description="the id in its source")
    ordered_at: datetime = Field(description="when it was placed")
    total_minor: int = Field(description="what it came to, in minor units of its currency")
    currency: str = Field(description="ISO 4217 code")
    status: str = Field(description="pending, paid, completed, cancelled or refunded")
    sales_channel: str | None = Field(description="online or box_office")
    lines: list[LineOut] = Field(description="what was bought")


class OrderPage(Model):
    """A page of a customer's orders, newest first."""

    items: list[OrderOut] = Field(description="the orders of this page")
    next_cursor: NextCursor

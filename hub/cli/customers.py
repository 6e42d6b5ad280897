"""Finds single customers, and tells all that is known of one."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import typer

from hub.cli.amounts import amount
from hub.cli.outbox import message_data
from hub.cli.output import moment, safe, table
from hub.core.app import Hub
from hub.core.segments.people.members import MEMBER_COLUMNS
from hub.core.segments.people.profiles import Profile
from hub.core.store.profiles import FilledField, OrderWithLines, customer_known_as
from hub.core.store.tables import Consent, OutboxMessage

_NEWEST = 5
"""Messages that are told with a profile."""


def number_of(hub: Hub, number: int | None, external_id: str | None, source: str) -> int:
    """The number of the customer who was said, by it or by the id in a source.

    Raises:
        BadParameter: both were said, or neither.
        NotFound: the source knows no such customer.
    """
    if number is not None and external_id is None:
        return number
    if number is not None or external_id is None:
        raise typer.BadParameter("say which customer: NUMBER, or --id")
    assert hub.organisation.id is not None
    with hub.database.session() as session:
        return customer_known_as(session, hub.organisation.id, source, external_id).number or 0


def as_data(hub: Hub, profile: Profile, orders: Sequence[OrderWithLines]) -> dict[str, Any]:
    """A customer, for programs."""
    customer, figures, currency = profile.customer, profile.figures, hub.organisation.currency
    return {
        "number": customer.number,
        "source": profile.source,
        **{name: getattr(customer, name) for name in MEMBER_COLUMNS},
        "company": profile.company.name if profile.company else None,
        "orders": figures["orders"],
        "tickets": figures["tickets"],
        "events": figures["events"],
        "revenue": amount(figures["revenue"] or 0, currency),
        "currency": currency,
        "first_purchase_at": _instant(figures["first_purchase_at"]),
        "last_purchase_at": _instant(figures["last_purchase_at"]),
        "consents": [_consent(one) for one in profile.consents],
        "consent_log": [_consent(one) for one in profile.consent_log],
        "tags": list(profile.tags),
        "groups": list(profile.groups),
        "fields": {one.name: _value(one) for one in profile.fields},
        "identities": [{"kind": one.kind, "value": one.value} for one in profile.identities],
        "subscriptions": [
            {"id": one.external_id, "name": one.name, "starts_on": one.starts_on, "ends_on": one.ends_on}
            for one in profile.subscriptions
        ],
        "carts": [
            {
                "id": one.external_id,
                "changed_at": one.changed_at,
                "total": amount(one.total, one.currency),
                "currency": one.currency,
                "abandoned": one.order_id is None,
            }
            for one in profile.carts
        ],
        "segments": [{"name": one.segment.name, "problem": one.problem} for one in profile.segments],
        "synced": [{"sync": one.sync, "state": one.state} for one in profile.synced],
        "newest_messages": [message_data(one) for one in _messages(hub, profile)],
        "newest_orders": [_order(one) for one in orders],
    }


def as_text(hub: Hub, profile: Profile, orders: Sequence[OrderWithLines]) -> str:
    """A customer, for people; what is not known is left out."""
    zone = hub.organisation.time_zone
    told = [f"{label + ':':16}{safe(said)}" for label, said in _lines(hub, profile) if said]
    rows = [
        (
            moment(one.order.ordered_at, zone),
            one.order.external_id,
            one.order.status,
            f"{amount(one.order.total, one.order.currency)} {one.order.currency}",
            ", ".join(
                f"{line.quantity} × {line.title or line.event or line.product or line.category or 'tickets'}"
                for line in one.lines
            ),
        )
        for one in orders
    ]
    return "\n".join([*told, "", table(("ordered", "order", "status", "total", "what"), rows)] if rows else told)


def _lines(hub: Hub, profile: Profile) -> Iterator[tuple[str, str]]:
    customer, figures, zone = profile.customer, profile.figures, hub.organisation.time_zone
    yield "number", str(customer.number)
    yield "source", profile.source
    for name in MEMBER_COLUMNS:
        value = getattr(customer, name)
        said = moment(value, zone) if isinstance(value, datetime) else str(value or "")
        yield name.replace("_", " "), said
    yield "company", profile.company.name if profile.company else ""
    revenue = f"{amount(figures['revenue'] or 0, hub.organisation.currency)} {hub.organisation.currency}"
    yield "bought", f"{figures['orders'] or 0} orders, {figures['tickets'] or 0} tickets, {revenue}"
    if figures["last_purchase_at"] is not None:
        yield "last purchase", moment(_instant(figures["last_purchase_at"]), zone)
    yield (
        "consents",
        ", ".join(
            f"{one.permission} on {one.channel} {'given' if one.given else 'withdrawn'} {moment(one.at, zone)}"
            for one in profile.consents
        ),
    )
    yield "tags", ", ".join(profile.tags)
    yield "groups", ", ".join(profile.groups)
    yield "fields", ", ".join(f"{one.name}: {_value(one)}" for one in profile.fields)
    yield "identities", ", ".join(f"{one.kind}: {one.value}" for one in profile.identities)
    yield (
        "subscriptions",
        ", ".join(f"{one.name} {one.starts_on} to {one.ends_on or '…'}" for one in profile.subscriptions),
    )
    yield (
        "open carts",
        ", ".join(
            f"{amount(one.total, one.currency)} {one.currency} {moment(one.changed_at, zone)}"
            for one in profile.carts
            if one.order_id is None
        ),
    )
    yield "segments", ", ".join(one.segment.name for one in profile.segments)
    yield "synced by", ", ".join(f"{one.sync} ({one.state})" for one in profile.synced)
    yield (
        "messages",
        ", ".join(f"{one.id} {one.channel} {one.status}" for one in _messages(hub, profile)),
    )


def _messages(hub: Hub, profile: Profile) -> Sequence[OutboxMessage]:
    return hub.single_messages.of_customer(profile.customer.number or 0, limit=_NEWEST)


def _consent(entry: Consent) -> dict[str, Any]:
    return {
        "permission": entry.permission,
        "channel": entry.channel,
        "given": entry.given,
        "at": entry.at,
        "place": entry.place,
    }


def _order(found: OrderWithLines) -> dict[str, Any]:
    order = found.order
    return {
        "id": order.external_id,
        "ordered_at": order.ordered_at,
        "status": order.status,
        "total": amount(order.total, order.currency),
        "currency": order.currency,
        "sales_channel": order.sales_channel,
        "lines": [
            {
                "quantity": line.quantity,
                "total": None if line.total is None else amount(line.total, order.currency),
                "event": line.event,
                "title": line.title,
                "starts_at": line.starts_at,
                "product": line.product,
                "category": line.category,
            }
            for line in found.lines
        ],
    }


def _value(field: FilledField) -> Any:
    return f"{field.value.normalize():f}" if isinstance(field.value, Decimal) else field.value


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)

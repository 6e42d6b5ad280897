"""Customers' profiles and orders as they travel."""

from datetime import UTC, date, datetime
from decimal import Decimal

from hub.api.models.customers import (
    CartOut,
    CompanyOut,
    ConsentOut,
    FieldOut,
    IdentityOut,
    MembershipOut,
    ProfileOut,
    SubscriptionOut,
    SyncedOut,
)
from hub.api.models.orders import LineOut, OrderOut
from hub.api.routes.messages import shown as shown_message
from hub.core.app import Hub
from hub.core.segments.people.members import MEMBER_COLUMNS
from hub.core.segments.people.profiles import Profile
from hub.core.store.profiles import FilledField, OrderWithLines
from hub.core.store.tables import Company, Consent

_NEWEST = 5
"""Messages that stand with a profile."""


def shown_profile(hub: Hub, profile: Profile) -> ProfileOut:
    """A customer's profile as it travels."""
    customer, figures = profile.customer, profile.figures
    assert customer.number is not None
    return ProfileOut(
        **{name: getattr(customer, name) for name in MEMBER_COLUMNS},
        number=customer.number,
        latitude=customer.latitude,
        longitude=customer.longitude,
        source=profile.source,
        company=_company(profile.company) if profile.company else None,
        orders=figures["orders"],
        tickets=figures["tickets"],
        events=figures["events"],
        revenue_minor=figures["revenue"],
        currency=hub.organisation.currency,
        first_purchase_at=_instant(figures["first_purchase_at"]),
        last_purchase_at=_instant(figures["last_purchase_at"]),
        consents=[_consent(each) for each in profile.consents],
        consent_log=[_consent(each) for each in profile.consent_log],
        tags=list(profile.tags),
        groups=list(profile.groups),
        fields=[_field(each) for each in profile.fields],
        identities=[IdentityOut(kind=each.kind, value=each.value) for each in profile.identities],
        subscriptions=[
            SubscriptionOut(
                external_id=each.external_id, name=each.name, starts_on=each.starts_on, ends_on=each.ends_on
            )
            for each in profile.subscriptions
        ],
        carts=[
            CartOut(
                external_id=each.external_id,
                changed_at=each.changed_at,
                total_minor=each.total,
                currency=each.currency,
                abandoned=each.order_id is None,
            )
            for each in profile.carts
        ],
        segments=[
            MembershipOut(id=each.segment.id or 0, name=each.segment.name, problem=each.problem or None)
            for each in profile.segments
        ],
        synced=[SyncedOut(sync=each.sync, state=each.state) for each in profile.synced],
        newest_messages=[
            shown_message(each) for each in hub.single_messages.of_customer(customer.number, limit=_NEWEST)
        ],
    )


def shown_order(found: OrderWithLines) -> OrderOut:
    """An order as it travels."""
    order = found.order
    return OrderOut(
        external_id=order.external_id,
        ordered_at=order.ordered_at,
        total_minor=order.total,
        currency=order.currency,
        status=order.status,
        sales_channel=order.sales_channel,
        lines=[
            LineOut(
                quantity=line.quantity,
                total_minor=line.total,
                event=line.event,
                title=line.title,
                starts_at=line.starts_at,
                product=line.product,
                category=line.category,
            )
            for line in found.lines
        ],
    )


def _company(company: Company) -> CompanyOut:
    return CompanyOut(
        external_id=company.external_id,
        name=company.name,
        vat_number=company.vat_number,
        city=company.city,
        country=company.country,
    )


def _consent(consent: Consent) -> ConsentOut:
    return ConsentOut(
        permission=consent.permission,
        channel=consent.channel,
        given=consent.given,
        at=consent.at,
        place=consent.place,
    )


def _field(field: FilledField) -> FieldOut:
    value = field.value
    if isinstance(value, Decimal):
        value = f"{value.normalize():f}"
    if isinstance(value, date):
        value = value.isoformat()
    return FieldOut(name=field.name, value_type=field.value_type, value=value)


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)

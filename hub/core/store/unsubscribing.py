"""Every query over what a message's reader takes back, and what they have agreed to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from hub.core.contracts.records import ConsentChannel
from hub.core.store.tables import Consent, Customer, Newsletter, OutboxMessage, WrittenMessage, table_of


@dataclass(frozen=True, slots=True)
class Sent:
    """What a message was sent under, and to whom."""

    customer_number: int
    permission: str | None
    """None: it needed no consent."""
    channel: ConsentChannel
    language: str | None
    """The customer's."""
    is_known: bool
    """Whether the customer still is."""


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest entry of the log about a permission on a channel."""

    permission: str
    channel: ConsentChannel
    given: bool
    at: datetime
    place: str | None
    given_under: int | None
    """The version of the words that were agreed to last."""


def sent(connection: sa.Connection, organisation_id: int, message_id: int) -> Sent | None:
    """A message; None where there is none."""
    messages, newsletters, written, customers = (
        table_of(model) for model in (OutboxMessage, Newsletter, WrittenMessage, Customer)
    )
    joined = (
        messages.outerjoin(newsletters, newsletters.c.id == messages.c.newsletter_id)
        .outerjoin(written, written.c.message_id == messages.c.id)
        .outerjoin(customers, customers.c.number == messages.c.customer_number)
    )
    row = connection.execute(
        sa.select(
            messages.c.customer_number,
            sa.func.coalesce(newsletters.c.permission, written.c.permission),
            messages.c.channel,
            customers.c.language,
            customers.c.number.is_not(None),
        )
        .select_from(joined)
        .where(
            messages.c.id == message_id,
            sa.func.coalesce(newsletters.c.organisation_id, written.c.organisation_id) == organisation_id,
        )
    ).one_or_none()
    if row is None:
        return None
    number, permission, channel, language, is_known = row
    return Sent(number, permission, ConsentChannel(channel), language, bool(is_known))


def latest(connection: sa.Connection, customer_number: int) -> Sequence[Latest]:
    """How all permissions of a customer stand."""
    log = table_of(Consent)
    about = (log.c.permission, log.c.channel)
    newest_first = (log.c.at.desc(), log.c.id.desc())
    place = sa.func.row_number().over(partition_by=about, order_by=newest_first)
    # Among those that gave it, the newest; a withdrawal has no words.
    given = sa.func.first_value(log.c.consent_text_id).over(
        partition_by=about, order_by=(sa.case((log.c.given, 0), else_=1), *newest_first)
    )
    entries = (
        sa.select(*about, log.c.given, log.c.at, log.c.place, given.label("given_under"), place.label("newest"))
        .where(log.c.customer_number == customer_number)
        .subquery()
    )
    rows = connection.execute(sa.select(*list(entries.c)[:-1]).where(entries.c.newest == 1))
    return [Latest(permission, ConsentChannel(channel), *rest) for permission, channel, *rest in rows]

"""Whether customers may be written to at this moment: read in the transaction that marks their messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from hub.core.store.tables import (
    Consent,
    MessageRules,
    MessageStatus,
    Newsletter,
    OutboxMessage,
    Revision,
    Suppression,
    table_of,
)

_NOT_SENT = tuple(
    status.value
    for status in (
        MessageStatus.QUEUED,
        MessageStatus.BOUNCED,
        MessageStatus.FAILED,
        MessageStatus.WITHHELD,
        MessageStatus.CANCELLED,
    )
)


@dataclass(frozen=True)
class Pulse:
    """What tells at a glance whether anything changed that a sender must know."""

    revision: int
    """Of the facts: consents, addresses, erased customers."""
    suppression: int
    """The newest suppression's id."""
    status: str | None = None
    """The newsletter's."""
    lease_owner: str | None = None
    """Who sends it."""

    def same_facts(self, other: "Pulse") -> bool:
        """Whether nothing changed about customers and their addresses."""
        return (self.revision, self.suppression) == (other.revision, other.suppression)


def pulse(connection: sa.Connection, newsletter_id: int | None) -> Pulse:
    """The pulse of the store, and of a newsletter if one is named."""
    counter, suppressions, newsletters = table_of(Revision), table_of(Suppression), table_of(Newsletter)
    newest = sa.select(sa.func.coalesce(sa.func.max(suppressions.c.id), 0)).scalar_subquery()
    if newsletter_id is None:
        return Pulse(*connection.execute(sa.select(counter.c.value, newest)).one())
    asked = sa.select(counter.c.value, newest, newsletters.c.status, newsletters.c.lease_owner)
    found = connection.execute(
        asked.select_from(counter.outerjoin(newsletters, newsletters.c.id == newsletter_id))
    )
    return Pulse(*found.one())


def consenting(connection: sa.Connection, numbers: Sequence[int], permission: str, channel: str) -> set[int]:
    """Which of a few hundred customers have given a permission on a channel and not withdrawn it."""
    log = table_of(Consent)
    entries = (
        sa.select(log.c.customer_number, log.c.given)
        .where(log.c.customer_number.in_(numbers), log.c.permission == permission, log.c.channel == channel)
        .order_by(log.c.at, log.c.id)
    )
    # The newest entry of each counts, so later ones take the place of earlier ones.
    newest = {number: given for number, given in connection.execute(entries)}  # noqa: C416 - rows are no pairs
    return {number for number, given in newest.items() if given}


def frequent(
    connection: sa.Connection, organisation_id: int, numbers: Sequence[int], since: datetime, most: int
) -> set[int]:
    """Which of a few hundred customers were sent so many newsletters since then that they get no more.

    On PostgreSQL the organisation's rules stay locked until the transaction ends, so that two newsletters that go
    out at once can't both be the last one.
    """
    messages, rules = table_of(OutboxMessage), table_of(MessageRules)
    held = sa.select(rules.c.organisation_id).where(rules.c.organisation_id == organisation_id)
    connection.execute(held.with_for_update())
    sent = (
        sa.select(messages.c.customer_number)
        .where(
            messages.c.customer_number.in_(numbers),
            messages.c.newsletter_id.is_not(None),
            messages.c.sent_at >= since,
            messages.c.status.not_in(_NOT_SENT),
        )
        .group_by(messages.c.customer_number)
        .having(sa.func.count() >= most)
    )
    return set(connection.execute(sent).scalars())


def suppressed(connection: sa.Connection, organisation_id: int, channel: str) -> set[str]:
    """The digests of all addresses on a channel that nothing more is sent to."""
    table = table_of(Suppression)
    own = sa.select(table.c.digest).where(table.c.organisation_id == organisation_id, table.c.channel == channel)
    return set(connection.execute(own).scalars())

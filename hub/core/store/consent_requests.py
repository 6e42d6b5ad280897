"""Every query over requests for consent: who was asked to confirm a permission, and did."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col, select

from hub.core.contracts.records import ConsentChannel
from hub.core.store.tables import (
    ConsentRequest,
    ConsentText,
    Customer,
    Identity,
    table_of,
)

_COLUMN_OF = {
    ConsentChannel.EMAIL: table_of(Customer).c.email,
    ConsentChannel.SMS: table_of(Customer).c.phone,
    ConsentChannel.PHONE: table_of(Customer).c.phone,
}
"""Where a customer's address on a channel stands; on any other channel it is an identity."""


@dataclass(frozen=True)
class RequestOf:
    """A request with the customer it concerns and the words they saw."""

    request: ConsentRequest
    customer: Customer
    text: ConsentText


@dataclass(frozen=True)
class Due(RequestOf):
    """A request whose address is to be asked."""

    address: str | None
    """As it is stored."""


def request_of(session: Session, organisation_id: int, request_id: int) -> RequestOf | None:
    """The request of that id; None where it is gone, with its customer."""
    found = session.execute(_whole(organisation_id).where(col(ConsentRequest.id) == request_id)).one_or_none()
    return None if found is None else RequestOf(*found)


def requests_of(session: Session, number: int) -> Sequence[ConsentRequest]:
    """A customer's requests, the oldest first."""
    own = select(ConsentRequest).where(ConsentRequest.customer_number == number)
    return session.scalars(own.order_by(col(ConsentRequest.asked_at), col(ConsentRequest.id))).all()


def requests_for(
    session: Session, number: int, permission: str, channel: ConsentChannel
) -> Sequence[ConsentRequest]:
    """A customer's requests for a permission on a channel, the newest first."""
    own = select(ConsentRequest).where(
        ConsentRequest.customer_number == number,
        ConsentRequest.permission == permission,
        ConsentRequest.channel == channel.value,
    )
    return session.scalars(own.order_by(col(ConsentRequest.id).desc())).all()


def open_requests(
    session: Session, organisation_id: int, now: datetime, limit: int, *, before: int | None = None
) -> Sequence[RequestOf]:
    """Requests that can still be confirmed, the newest first; for paging from before an id."""
    waiting = _whole(organisation_id).where(
        col(ConsentRequest.confirmed_at).is_(None), col(ConsentRequest.expires_at) > now
    )
    if before is not None:
        waiting = waiting.where(col(ConsentRequest.id) < before)
    rows = session.execute(waiting.order_by(col(ConsentRequest.id).desc()).limit(limit))
    return [RequestOf(*row) for row in rows]


def end_unsent(
    session: Session, number: int, permission: str | None, channels: Collection[ConsentChannel], now: datetime
) -> None:
    """Ask no address any more for what its owner does not want now; links that are out stay good."""
    unsent = sa.update(ConsentRequest).where(
        col(ConsentRequest.customer_number) == number,
        col(ConsentRequest.channel).in_([channel.value for channel in channels]),
        col(ConsentRequest.sent_at).is_(None),
        col(ConsentRequest.confirmed_at).is_(None),
        col(ConsentRequest.expires_at) > now,
    )
    if permission is not None:
        unsent = unsent.where(col(ConsentRequest.permission) == permission)
    session.execute(unsent.values(expires_at=now))


def due_requests(
    session: Session,
    organisation_id: int,
    channel: ConsentChannel,
    now: datetime,
    limit: int,
    *,
    after: int = 0,
) -> Sequence[Due]:
    """Requests on a channel whose addresses were not asked yet, the oldest first, from after an id."""
    rows = _whole(organisation_id).where(
        _is_due(now), col(ConsentRequest.channel) == channel.value, col(ConsentRequest.id) > after
    )
    rows = rows.order_by(col(ConsentRequest.id)).limit(limit)
    if channel in _COLUMN_OF:
        return [Due(*row) for row in session.execute(rows.add_columns(_COLUMN_OF[channel]))]
    identities = table_of(Identity)
    first = (
        sa.select(identities.c.value)
        .where(identities.c.customer_number == Customer.number, identities.c.kind == channel.value)
        .order_by(identities.c.id)
        .limit(1)
        .scalar_subquery()
    )
    return [Due(*row) for row in session.execute(rows.add_columns(first))]


def due_channels(session: Session, organisation_id: int, now: datetime) -> Sequence[ConsentChannel]:
    """The channels on which any address is to be asked."""
    joined = sa.select(col(ConsentRequest.channel)).join(
        Customer, col(Customer.number) == ConsentRequest.customer_number
    )
    own = joined.where(col(Customer.organisation_id) == organisation_id, _is_due(now)).distinct()
    return sorted(ConsentChannel(channel) for channel in session.scalars(own))


def asked_since(
    session: Session, organisation_id: int, channel: ConsentChannel, digests: Collection[str], since: datetime
) -> Mapping[str, Sequence[tuple[str, datetime]]]:
    """For which permissions and when addresses were asked, by their digests."""
    asked = (
        sa.select(col(ConsentRequest.address_digest), col(ConsentRequest.permission), col(ConsentRequest.sent_at))
        .join(Customer, col(Customer.number) == ConsentRequest.customer_number)
        .where(
            col(Customer.organisation_id) == organisation_id,
            col(ConsentRequest.channel) == channel.value,
            col(ConsentRequest.address_digest).in_(digests),
            col(ConsentRequest.sent_at) > since,
        )
    )
    found: dict[str, list[tuple[str, datetime]]] = {}
    for digest, permission, at in session.execute(asked):
        assert digest is not None
        assert at is not None
        found.setdefault(digest, []).append((permission, at))
    return found


def claim(session: Session, digests: Mapping[int, str], now: datetime) -> None:
    """Note that addresses are asked now.

    Args:
        session: the store's; it writes, and nobody else chooses whom to ask meanwhile.
        digests: of the addresses, by the ids of their requests.
        now: when.
    """
    table = table_of(ConsentRequest)
    if digests:
        noted = sa.update(table).where(table.c.id == sa.bindparam("request"))
        values = noted.values(sent_at=now, address_digest=sa.bindparam("digest"))
        rows = [{"request": request_id, "digest": digest} for request_id, digest in digests.items()]
        session.connection().execute(values, rows)


def release(session: Session, ids: Collection[int]) -> None:
    """Take back that addresses were asked: certainly nothing was sent."""
    table = table_of(ConsentRequest)
    session.execute(sa.update(table).where(table.c.id.in_(ids)).values(sent_at=None, address_digest=None))


def refuse(session: Session, reasons: Mapping[int, str]) -> None:
    """Note why addresses can't be asked, by the ids of their requests; they are not asked again."""
    table = table_of(ConsentRequest)
    if reasons:
        noted = sa.update(table).where(table.c.id == sa.bindparam("request"))
        values = noted.values(reason=sa.bindparam("said"), sent_at=None, address_digest=None)
        rows = [{"request": request_id, "said": reason} for request_id, reason in reasons.items()]
        session.connection().execute(values, rows)


def _is_due(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        col(ConsentRequest.sent_at).is_(None),
        col(ConsentRequest.confirmed_at).is_(None),
        col(ConsentRequest.reason) == "",
        col(ConsentRequest.expires_at) > now,
    )


def _whole(organisation_id: int) -> sa.Select[ConsentRequest, Customer, ConsentText]:
    joined = sa.select(ConsentRequest, Customer, ConsentText).join(
        Customer, col(Customer.number) == ConsentRequest.customer_number
    )
    whole = joined.join(ConsentText, col(ConsentText.id) == ConsentRequest.consent_text_id)
    return whole.where(col(Customer.organisation_id) == organisation_id)

"""Every query over who followed links and looked at messages, and over what of that programs did."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from hub.core.contracts.channel_abilities import Fate
from hub.core.store.tables import (
    CampaignLink,
    LinkClick,
    MessageEvent,
    MessageStatus,
    OutboxMessage,
    TrackedLink,
    table_of,
)

MOST_LINKS, BURST_SECONDS = 3, 5
"""Whoever follows more different links of one message within so many seconds is a program."""
TRAP_SECONDS = 60
"""Whoever follows a link that is not shown is a program, and so is what comes so long before and after it."""


@dataclass(frozen=True, slots=True)
class Click:
    """Somebody or something that followed a link."""

    link_id: int | None
    """None: a campaign link's public address, or with a message the link that is not shown."""
    campaign_link_id: int | None
    message_id: int | None
    customer_number: int | None
    at: datetime
    is_robot: bool
    agent: str


@dataclass(frozen=True, slots=True)
class Sending:
    """A message, as far as it matters to who follows its links."""

    customer_number: int
    status: MessageStatus
    sent_at: datetime | None


def sendings(connection: sa.Connection, message_ids: Iterable[int]) -> Mapping[int, Sending]:
    """These messages by id; what is gone is left out."""
    table = table_of(OutboxMessage)
    asked = sa.select(table.c.id, table.c.customer_number, table.c.status, table.c.sent_at)
    rows = connection.execute(asked.where(table.c.id.in_(list(message_ids))))
    return {row.id: Sending(row.customer_number, MessageStatus(row.status), row.sent_at) for row in rows}


def campaigns_of_links(connection: sa.Connection, link_ids: Iterable[int]) -> Mapping[int, int | None]:
    """The campaign link that each of these links is; what is gone is left out."""
    links = table_of(TrackedLink)
    asked = sa.select(links.c.id, links.c.campaign_link_id).where(links.c.id.in_(list(link_ids)))
    return {link_id: campaign for link_id, campaign in connection.execute(asked)}  # noqa: C416 - rows are no pairs


def campaigns_there(connection: sa.Connection, link_ids: Iterable[int]) -> set[int]:
    """Which of these campaign links there are."""
    links = table_of(CampaignLink)
    return set(connection.execute(sa.select(links.c.id).where(links.c.id.in_(list(link_ids)))).scalars())


def keep_clicks(connection: sa.Connection, clicks: Sequence[Click]) -> None:
    """Store clicks."""
    rows = [{name: getattr(click, name) for name in Click.__dataclass_fields__} for click in clicks]
    connection.execute(sa.insert(table_of(LinkClick)), rows)


def mark_robots(connection: sa.Connection, message_ids: Sequence[int]) -> None:
    """See in the clicks of these messages which ones programs made, and mark those; the earlier ones, too."""
    clicks = table_of(LinkClick)
    first, other = clicks.alias("first"), clicks.alias("other")
    different = (
        sa.select(sa.func.count(sa.distinct(other.c.link_id)))
        .where(
            other.c.message_id == first.c.message_id,
            other.c.at >= first.c.at,
            other.c.at <= _later(first.c.at, BURST_SECONDS),
        )
        .scalar_subquery()
    )
    in_a_burst = sa.exists().where(
        first.c.message_id == clicks.c.message_id,
        first.c.at <= clicks.c.at,
        first.c.at >= _later(clicks.c.at, -BURST_SECONDS),
        different > MOST_LINKS,
    )
    found = sa.or_(in_a_burst, _near_the_trap(clicks.c.message_id, clicks.c.at))
    own = (clicks.c.message_id.in_(message_ids), ~clicks.c.is_robot)
    connection.execute(sa.update(clicks).where(*own, found).values(is_robot=True))


def tell_clicks(connection: sa.Connection, message_ids: Sequence[int], since: datetime) -> None:
    """Add to the log of these messages what was followed since then, once for each second."""
    clicks = table_of(LinkClick)
    followed = (
        sa.select(clicks.c.message_id, _fate(Fate.CLICKED), clicks.c.at, sa.literal(""), _only_robots(clicks))
        .where(clicks.c.message_id.in_(message_ids), clicks.c.link_id.is_not(None), clicks.c.at >= since)
        .group_by(clicks.c.message_id, clicks.c.at)
    )
    same = sa.exists().where(
        *_event(Fate.CLICKED, clicks.c.message_id), table_of(MessageEvent).c.at == clicks.c.at
    )
    _append(connection, followed.where(~same))


def tell_opens(connection: sa.Connection, opens: Iterable[tuple[int, datetime, bool]]) -> None:
    """Add to the log of messages that they were looked at: by a person once, and by a program once.

    Args:
        connection: a transaction.
        opens: ids of messages, when, and whether it was a program.
    """
    events = table_of(MessageEvent)
    wanted = {(message_id, is_robot): at for message_id, at, is_robot in opens}
    asked = sa.select(events.c.message_id, events.c.is_robot, events.c.at).where(
        events.c.fate == Fate.OPENED.value, events.c.message_id.in_({message_id for message_id, _ in wanted})
    )
    told = connection.execute(asked).all()
    known, moments = {(row.message_id, row.is_robot) for row in told}, {(row.message_id, row.at) for row in told}
    rows = []
    for (message_id, is_robot), at in sorted(wanted.items(), key=lambda each: each[0]):  # people first
        moment = (message_id, at.replace(microsecond=0))
        if (message_id, is_robot) not in known and moment not in moments:
            moments.add(moment)
            rows.append(
                {"message_id": message_id, "fate": Fate.OPENED.value, "at": at, "reason": "", "is_robot": is_robot}
            )
    if rows:
        connection.execute(sa.insert(events), rows)


def take_back(connection: sa.Connection, message_ids: Sequence[int]) -> None:
    """Let what turned out to be a program's doing count for nothing in the log and in the status of messages."""
    events, clicks, messages = table_of(MessageEvent), table_of(LinkClick), table_of(OutboxMessage)
    at_that = (
        clicks.c.message_id == events.c.message_id,
        clicks.c.link_id.is_not(None),
        clicks.c.at == events.c.at,
    )
    followed = sa.and_(
        events.c.fate == Fate.CLICKED.value,
        sa.exists().where(*at_that),
        ~sa.exists().where(*at_that, ~clicks.c.is_robot),
    )
    looked = sa.and_(events.c.fate == Fate.OPENED.value, _near_the_trap(events.c.message_id, events.c.at))
    own = (events.c.message_id.in_(message_ids), ~events.c.is_robot)
    connection.execute(sa.update(events).where(*own, sa.or_(followed, looked)).values(is_robot=True))
    known = {fate: _known(fate, messages) for fate in (Fate.CLICKED, Fate.OPENED, Fate.DELIVERED)}
    rest = sa.case(
        (known[Fate.OPENED], MessageStatus.OPENED.value),
        (known[Fate.DELIVERED], MessageStatus.DELIVERED.value),
        else_=MessageStatus.SENT.value,
    )
    unfounded = sa.or_(
        sa.and_(messages.c.status == MessageStatus.CLICKED.value, ~known[Fate.CLICKED]),
        sa.and_(messages.c.status == MessageStatus.OPENED.value, ~known[Fate.OPENED]),
    )
    connection.execute(sa.update(messages).where(messages.c.id.in_(message_ids), unfounded).values(status=rest))


def known_by_people(connection: sa.Connection, message_ids: Sequence[int], fate: Fate) -> Sequence[int]:
    """Which of these messages a person has followed a link of, or has looked at."""
    messages = table_of(OutboxMessage)
    asked = sa.select(messages.c.id).where(messages.c.id.in_(message_ids), _known(fate, messages))
    return connection.execute(asked).scalars().all()


def _append(connection: sa.Connection, rows: sa.Select[*tuple[object, ...]]) -> None:
    events = table_of(MessageEvent)
    connection.execute(sa.insert(events).from_select(["message_id", "fate", "at", "reason", "is_robot"], rows))


def _near_the_trap(message_id: sa.ColumnElement[int], at: sa.ColumnElement[datetime]) -> sa.ColumnElement[bool]:
    trap = table_of(LinkClick).alias("trap")
    return sa.exists().where(
        trap.c.message_id == message_id,
        trap.c.link_id.is_(None),
        trap.c.at >= _later(at, -TRAP_SECONDS),
        trap.c.at <= _later(at, TRAP_SECONDS),
    )


def _known(fate: Fate, messages: sa.Table) -> sa.ColumnElement[bool]:
    return sa.exists().where(*_event(fate, messages.c.id), ~table_of(MessageEvent).c.is_robot)


def _event(fate: Fate, message_id: sa.ColumnElement[int]) -> tuple[sa.ColumnElement[bool], ...]:
    events = table_of(MessageEvent)
    return (events.c.message_id == message_id, events.c.fate == fate.value)


def _fate(fate: Fate) -> sa.Label[str]:
    return sa.literal(fate.value).label("fate")


def _only_robots(clicks: sa.Table) -> sa.ColumnElement[bool]:
    people = sa.func.sum(sa.case((clicks.c.is_robot, 0), else_=1))
    return people == 0


def _later(at: sa.ColumnElement[datetime], seconds: int) -> sa.ColumnElement[int]:
    """So many seconds later, as a number: instants are numbers of seconds."""
    return sa.type_coerce(at, sa.BigInteger) + seconds

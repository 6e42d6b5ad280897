"""Every query over when customers wrote, and over whom their addresses in conversations belong to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from hub.core.store.facts.merging import next_revision
from hub.core.store.lists import insert_into, numbers_in, texts_in
from hub.core.store.tables import Conversation, Customer, Identity, table_of


@dataclass(frozen=True, slots=True)
class HeardOf:
    """Somebody who wrote, and when last."""

    address: str
    heard_at: datetime


def note_heard(connection: sa.Connection, organisation_id: int, channel: str, heard: Sequence[HeardOf]) -> None:
    """Keep when somebody wrote, unless they wrote later. Each address stands there once."""
    if not heard:
        return
    table = table_of(Conversation)
    insert = insert_into(connection, table)
    newest = insert.on_conflict_do_update(
        index_elements=["organisation_id", "channel", "address"],
        set_={"heard_at": insert.excluded.heard_at},
        where=table.c.heard_at < insert.excluded.heard_at,
    )
    fixed = {"organisation_id": organisation_id, "channel": channel}
    connection.execute(newest, [{**asdict(one), **fixed} for one in heard])


def heard_at(
    connection: sa.Connection, organisation_id: int, channel: str, addresses: Collection[str]
) -> Mapping[str, datetime]:
    """When these addresses were heard of last; none for who never was."""
    if not addresses:
        return {}
    table = table_of(Conversation)
    found = sa.select(table.c.address, table.c.heard_at).where(
        table.c.organisation_id == organisation_id,
        table.c.channel == channel,
        table.c.address.in_(texts_in(connection, addresses)),
    )
    return {address: at for address, at in connection.execute(found)}  # noqa: C416 - rows are no pairs


def give_addresses(
    connection: sa.Connection, organisation_id: int, channel: str, owners: Mapping[str, int]
) -> int:
    """Give customers addresses that nobody has; return how many. As for imports, none is taken from another.

    Args:
        connection: a transaction.
        organisation_id: whose customers.
        channel: where the addresses are.
        owners: the customer's number of each address; one that is nobody's is left out.
    """
    if not owners:
        return 0
    identities, customers = table_of(Identity), table_of(Customer)
    taken = sa.select(identities.c.value).where(
        identities.c.organisation_id == organisation_id,
        identities.c.kind == channel,
        identities.c.value.in_(texts_in(connection, owners)),
    )
    there = sa.select(customers.c.number).where(
        customers.c.organisation_id == organisation_id,
        customers.c.number.in_(numbers_in(connection, set(owners.values()))),
    )
    known, numbers = set(connection.execute(taken).scalars()), set(connection.execute(there).scalars())
    new = {value: number for value, number in owners.items() if value not in known and number in numbers}
    if new:
        fixed = {"organisation_id": organisation_id, "kind": channel, "revision": next_revision(connection)}
        rows = [{"customer_number": number, "value": value, **fixed} for value, number in new.items()]
        connection.execute(insert_into(connection, identities).on_conflict_do_nothing(), rows)
    return len(new)

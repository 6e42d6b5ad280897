"""Finds the customer that a shop speaks of, or makes them, and fills in what was not known of them."""

from collections.abc import Mapping

import sqlalchemy as sa

from hub.core.store.facts.merging import next_revision
from hub.core.store.tables import Customer, Revision, table_of


def hold_facts_still(connection: sa.Connection) -> None:
    """Let no other writer of facts in until the transaction ends: what is read now stays true until then.

    On SQLite the transaction itself does it.
    """
    counter = table_of(Revision)
    connection.execute(sa.select(counter.c.value).with_for_update())


def complete_customer(
    connection: sa.Connection, organisation_id: int, source_id: int, external_id: str, known: Mapping[str, str]
) -> int:
    """The number of the customer a source knows by that id, who is made if they are new.

    Args:
        connection: a transaction in which facts are held still.
        organisation_id: whose customer.
        source_id: the source.
        external_id: its id of the customer.
        known: what the source says of them, by column. It is written only where nothing stands.
    """
    customers = table_of(Customer)
    columns = [customers.c[name] for name in known]
    find = sa.select(customers.c.number, *columns).where(
        customers.c.source_id == source_id, customers.c.external_id == external_id
    )
    row = connection.execute(find).one_or_none()
    if row is None:
        new = {"organisation_id": organisation_id, "source_id": source_id, "external_id": external_id, **known}
        made = sa.insert(customers).values(**new, revision=next_revision(connection))
        return int(connection.execute(made.returning(customers.c.number)).scalar_one())
    missing = {name: known[name] for name, value in zip(known, row[1:], strict=True) if not value}
    if missing:
        completed = sa.update(customers).where(customers.c.number == row.number)
        connection.execute(completed.values(**missing, revision=next_revision(connection)))
    return int(row.number)

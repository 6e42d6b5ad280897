"""Reads customers' addresses on a channel, in bulk."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import sqlalchemy as sa
from numpy.typing import NDArray

from hub.core.contracts.records import ConsentChannel
from hub.core.store.database import Database
from hub.core.store.export import MANY, export
from hub.core.store.tables import Customer, Identity, table_of

_IN_CUSTOMERS = {ConsentChannel.EMAIL: "email", ConsentChannel.SMS: "phone", ConsentChannel.PHONE: "phone"}


def addresses_in_pieces(
    database: Database, organisation_id: int, channel: ConsentChannel, numbers: NDArray[np.uint32]
) -> Iterator[pa.Table]:
    """Addresses as they are stored of those who have one, piece by piece.

    Yields:
        Tables with the columns ``number`` and ``address``, by number; one at least.
    """
    statement = _statement(organisation_id, channel)
    many = len(numbers) >= MANY
    if not many:
        statement = statement.where(statement.selected_columns.number.in_([int(number) for number in numbers]))
    for _, rows in export(database, {"addresses": statement}, many=many):
        empty = True
        for batch in rows:
            own = batch.column("number").to_numpy()
            yield pa.table(batch if not many else batch.filter(pa.array(np.isin(own, numbers))))
            empty = False
        if empty:
            yield rows.schema.empty_table()


def addresses_of(
    connection: sa.Connection, organisation_id: int, channel: ConsentChannel, numbers: Sequence[int]
) -> Mapping[int, str]:
    """Addresses as they are stored of a few hundred customers; who has none is missing."""
    statement = _statement(organisation_id, channel)
    chosen = statement.where(statement.selected_columns.number.in_(numbers))
    return {int(str(number)): str(address) for number, address in connection.execute(chosen)}


def _statement(organisation_id: int, channel: ConsentChannel) -> sa.Select[*tuple[object, ...]]:
    customers, identities = table_of(Customer), table_of(Identity)
    if channel in _IN_CUSTOMERS:
        address = customers.c[_IN_CUSTOMERS[channel]]
        own = sa.select(customers.c.number, address.label("address"))
        return own.where(customers.c.organisation_id == organisation_id, address.is_not(None)).order_by(
            customers.c.number
        )
    # Who has several accounts of a service is written to on the one that was known first.
    first = (
        sa.select(sa.func.min(identities.c.id))
        .where(identities.c.organisation_id == organisation_id, identities.c.kind == channel.value)
        .group_by(identities.c.customer_number)
    )
    own = sa.select(identities.c.customer_number.label("number"), identities.c.value.label("address"))
    return own.where(identities.c.id.in_(first)).order_by(identities.c.customer_number)

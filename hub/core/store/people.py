"""Reads what is known of chosen customers, in bulk."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import sqlalchemy as sa
from numpy.typing import NDArray

from hub.core.store.database import Database
from hub.core.store.export import MANY, export
from hub.core.store.tables import Customer, table_of


def customers(
    database: Database, organisation_id: int, numbers: NDArray[np.uint32], columns: Sequence[str]
) -> pa.Table:
    """Columns of chosen customers, who may be gone meanwhile.

    Args:
        database: the store's.
        organisation_id: whose customers.
        numbers: which of them.
        columns: names of columns of the table of customers besides ``number``.

    Returns:
        A table with the column ``number`` and those named, by number.
    """
    table = table_of(Customer)
    statement = sa.select(table.c.number, *(table.c[name] for name in columns)).order_by(table.c.number)
    statement = statement.where(table.c.organisation_id == organisation_id)
    if len(numbers) < MANY:
        statement = statement.where(table.c.number.in_([int(number) for number in numbers]))
        return _table(database, statement, many=False)
    # From so many on, reading all and sifting is cheaper than asking for each.
    everyone = _table(database, statement, many=True)
    chosen = np.zeros(int(numbers.max(initial=0)) + 2, bool)
    chosen[numbers] = True
    own = everyone["number"].to_numpy()
    return everyone.filter(pa.array(chosen[np.minimum(own, len(chosen) - 1)]))


def _table(database: Database, statement: sa.Select[*tuple[object, ...]], *, many: bool) -> pa.Table:
    (table,) = (rows.read_all() for _, rows in export(database, {"customers": statement}, many=many))
    return table

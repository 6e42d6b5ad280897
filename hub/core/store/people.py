"""Reads what is known of chosen customers, in bulk."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import sqlalchemy as sa
from numpy.typing import NDArray

from hub.core.store.database import Database
from hub.core.store.export import MANY, export
from hub.core.store.tables import Company, Customer, Source, table_of


def customers(
    database: Database, organisation_id: int, numbers: NDArray[np.uint32], columns: Sequence[str]
) -> pa.Table:
    """Columns of chosen customers, who may be gone meanwhile.

    Args:
        database: the store's.
        organisation_id: whose customers.
        numbers: which of them.
        columns: names of columns of the table of customers besides ``number``; ``company`` is the name of the
            business partner they belong to, ``source`` that of the source they came from.

    Returns:
        A table with the column ``number`` and those named, by number.
    """
    table, companies, sources = table_of(Customer), table_of(Company), table_of(Source)
    beside = {"company": companies.c.name.label("company"), "source": sources.c.name.label("source")}
    statement = sa.select(table.c.number, *(beside[name] if name in beside else table.c[name] for name in columns))
    if "company" in columns:
        statement = statement.outerjoin_from(table, companies, companies.c.id == table.c.company_id)
    if "source" in columns:
        statement = statement.join_from(table, sources, sources.c.id == table.c.source_id)
    statement = statement.where(table.c.organisation_id == organisation_id).order_by(table.c.number)
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

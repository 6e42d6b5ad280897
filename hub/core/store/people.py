"""Reads what is known of chosen customers, in bulk."""

from collections.abc import Iterator, Sequence

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
    pieces = list(customers_in_pieces(database, organisation_id, numbers, columns))
    return pa.concat_tables(pieces)


def customers_in_pieces(
    database: Database, organisation_id: int, numbers: NDArray[np.uint32], columns: Sequence[str]
) -> Iterator[pa.Table]:
    """As ``customers``, piece by piece, so that a million take no more room than some ten thousand; at least one.

    The store is read as it was when the first piece was asked for.
    """
    statement = _statement(organisation_id, columns)
    if len(numbers) < MANY:
        chosen = statement.where(table_of(Customer).c.number.in_([int(number) for number in numbers]))
        for _, rows in export(database, {"customers": chosen}, many=False):
            yield rows.read_all()
        return
    # From so many on, reading all and sifting is cheaper than asking for each.
    sieve = np.zeros(int(numbers.max(initial=0)) + 2, bool)
    sieve[numbers] = True
    for _, rows in export(database, {"customers": statement}, many=True):
        empty = True
        for batch in rows:
            own = batch.column("number").to_numpy()
            yield pa.table(batch.filter(pa.array(sieve[np.minimum(own, len(sieve) - 1)])))
            empty = False
        if empty:
            yield rows.schema.empty_table()


def _statement(organisation_id: int, columns: Sequence[str]) -> sa.Select[*tuple[object, ...]]:
    table, companies, sources = table_of(Customer), table_of(Company), table_of(Source)
    beside = {"company": companies.c.name.label("company"), "source": sources.c.name.label("source")}
    statement = sa.select(table.c.number, *(beside[name] if name in beside else table.c[name] for name in columns))
    if "company" in columns:
        statement = statement.outerjoin_from(table, companies, companies.c.id == table.c.company_id)
    if "source" in columns:
        statement = statement.join_from(table, sources, sources.c.id == table.c.source_id)
    return statement.where(table.c.organisation_id == organisation_id).order_by(table.c.number)

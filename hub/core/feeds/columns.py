"""What a feed can tell of each member, and how it is read."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from hub.core.contracts.errors import UserError
from hub.core.engines.bitmap import Bitmap
from hub.core.exports.values import instants
from hub.core.segments.evaluator import Evaluator
from hub.core.segments.people.members import FIGURES, LISTED_COLUMNS
from hub.core.store import people
from hub.core.store.database import Database

NUMBER = "number"
"""The customer's number in the hub. Rows are ordered by it."""
_REVENUE, _SHOWN_REVENUE = "revenue", "revenue_minor"

FEED_COLUMNS = (
    NUMBER,
    *LISTED_COLUMNS,
    *(_SHOWN_REVENUE if name == _REVENUE else name for name in FIGURES),
)
"""All there are. Revenue is in minor units of the organisation's currency."""

USUAL_COLUMNS = ("external_id", "email", "first_name", "last_name", "language")
"""Those of a feed for which none are chosen."""

_DAYS = frozenset({"born_on"})
_INSTANTS = frozenset({"registered_at", "last_purchase_at"})


def chosen_columns(names: Sequence[str]) -> Sequence[str]:
    """The columns of a feed, as chosen; the usual ones for none.

    Raises:
        UserError: there is no such column, or it is named twice.
    """
    for name in names:
        if name not in FEED_COLUMNS:
            raise UserError(f"a feed has no column {name!r}; choose from {', '.join(FEED_COLUMNS)}")
    if len(set(names)) < len(names):
        raise UserError("a column of a feed is named once; leave the second one out")
    return tuple(names) or USUAL_COLUMNS


def rows_of(
    database: Database, organisation_id: int, evaluator: Evaluator, members: Bitmap, columns: Sequence[str]
) -> pa.Table:
    """What is told of these customers, by number, in the order of the columns; who is gone is left out.

    Days are dates; instants are texts such as ``2026-01-31T09:30:00Z``.

    Args:
        database: the store's, which has their personal data.
        organisation_id: whose customers.
        evaluator: knows what they bought.
        members: the customers.
        columns: names from ``FEED_COLUMNS``.
    """
    numbers = members.numbers()
    personal = [name for name in columns if name in LISTED_COLUMNS]
    rows = people.customers(database, organisation_id, numbers, personal)
    figures = [_REVENUE if name == _SHOWN_REVENUE else name for name in columns]
    figures = [name for name in figures if name in FIGURES]
    if figures:
        schema = pa.schema([(name, pa.int64()) for name in (NUMBER, *figures)])
        bought = evaluator.figures(numbers, figures).select(schema.names).cast(schema)
        rows = rows.join(bought, NUMBER)
    rows = rows.sort_by(NUMBER)
    return pa.table([_shown(rows, name) for name in columns], names=list(columns))


def _shown(rows: pa.Table, name: str) -> pa.ChunkedArray:
    values = rows[_REVENUE if name == _SHOWN_REVENUE else name]
    if name in _DAYS:
        return pc.cast(pc.cast(values, pa.int32()), pa.date32())
    if name in _INSTANTS:
        return instants(values)
    return values

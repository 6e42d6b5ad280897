"""Makes members readable, column by column."""

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from babel.numbers import get_currency_precision

from hub.core.store.tables import Organisation

_LISTED = (
    "number", "external_id", "email", "first_name", "last_name", "city", "orders", "tickets", "revenue",
)  # fmt: skip
"""Columns of the table people see."""


def readable(members: pa.Table, organisation: Organisation) -> pa.Table:
    """Members with days as days, moments in UTC and money in whole units of the currency.

    Args:
        members: as ``Segments.rows`` or ``Members.page`` returns them.
        organisation: whose currency it is.
    """
    digits = get_currency_precision(organisation.currency)
    changed = {
        name: pc.strftime(members[name].cast(pa.timestamp("s", tz="UTC")), "%Y-%m-%dT%H:%M:%SZ")
        for name in ("registered_at", "last_purchase_at")
        if name in members.column_names
    }
    changed |= {
        "born_on": members["born_on"].cast(pa.int32()).cast(pa.date32()),
        "revenue": pc.multiply(
            members["revenue"].cast(pa.decimal128(19, 0)), pa.scalar(Decimal(1).scaleb(-digits))
        ).cast(pa.string()),
    }
    for name, column in changed.items():
        members = members.set_column(members.column_names.index(name), name, column)
    return members


def as_rows(members: pa.Table) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Headings and rows of the table people see."""
    columns = [members[name].to_pylist() for name in _LISTED]
    return _LISTED, list(zip((str(number) for number in columns[0]), *columns[1:], strict=True))

"""Turns customers into the members a sink is given, with a digest that tells when they changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import phonenumbers
import pyarrow as pa
from numpy.typing import NDArray

from hub.core.contracts.sink import IdentifierKind, Member
from hub.core.engines.engine import Engine
from hub.core.store import people
from hub.core.store.database import Database
from hub.core.store.tables import Organisation
from hub.core.sync.guarded_sink import GuardedSink

_FIGURES = ("orders", "tickets", "revenue")
_EMAIL_FORM = r'[^@\s,;<>"()]+@[^@\s,;<>"()]+\.[^@\s,;<>"()]+'
"""What can be an address at all; whether it is one, the platform says."""


@dataclass(frozen=True)
class Resolved:
    """Customers as a sink will see them."""

    table: pa.Table
    """Columns number, the identifiers (normalised but for the phone), the sink's traits under ``trait_…`` names,
    and digest (SHA-256 over all of them). Only customers with an identifier the sink accepts."""
    unreachable: int
    """How many were left out for want of one."""


def resolve(
    database: Database, organisation: Organisation, engine: Engine, sink: GuardedSink,
    numbers: NDArray[np.uint32],
) -> Resolved:  # fmt: skip
    """Look up what the sink needs of these customers, all columns at once."""
    assert organisation.id is not None
    personal = sorted({name for name in sink.traits if name not in _FIGURES} | {"email", "phone"})
    known = people.customers(database, organisation.id, numbers, personal)
    figures = [name for name in sink.traits if name in _FIGURES]
    with duckdb.connect(":memory:") as columns:
        columns.execute("SET enable_progress_bar = false")
        columns.register("known", known)
        columns.register("figures", engine.figures(numbers, figures))
        columns.execute(_RESOLVE.format(columns=", ".join([*_identifiers(sink), *_traits(sink)])))
        described = columns.execute("DESCRIBE members").fetchall()
        content = ", ".join(
            f'coalesce(CAST("{name}" AS VARCHAR), chr(0))' for name, *_ in described if name != "number"
        )
        reachable = " OR ".join(f'"{kind.value}" IS NOT NULL' for kind in sorted(sink.accepted))
        digest = f"sha256(concat_ws(chr(31), {content})) AS digest"
        found = columns.sql(f"SELECT *, {digest} FROM members WHERE {reachable} ORDER BY number")
        table: pa.Table = found.to_arrow_table()
    return Resolved(table, known.num_rows - table.num_rows)


_RESOLVE = """
    CREATE TEMP TABLE members AS
    SELECT known.number, {columns} FROM known LEFT JOIN figures USING (number)"""


def _identifiers(sink: GuardedSink) -> Iterator[str]:
    address = "lower(trim(known.email))"
    forms = {
        IdentifierKind.CUSTOMER: "CAST(known.number AS VARCHAR)",
        IdentifierKind.EMAIL: f"CASE WHEN regexp_full_match({address}, '{_EMAIL_FORM}') THEN {address} END",
        IdentifierKind.PHONE: "nullif(trim(known.phone), '')",
    }
    for kind in sorted(sink.accepted):
        yield f'{forms[kind]} AS "{kind.value}"'


def _traits(sink: GuardedSink) -> Iterator[str]:
    for name in sink.traits:
        yield f'{"figures" if name in _FIGURES else "known"}."{name}" AS "trait_{name}"'


def members(sink: GuardedSink, rows: pa.Table, country: str) -> tuple[list[Member], list[int]]:
    """Make members of rows of ``Resolved.table``.

    Args:
        sink: whom they are for.
        rows: as many as go into one batch.
        country: where a phone number without a country code is from.

    Returns:
        The members, and the numbers of those whose only identifier turned out to be unusable.
    """
    made: list[Member] = []
    unusable: list[int] = []
    kinds = sorted(sink.accepted)
    names = [f"trait_{name}" for name in sink.traits]
    identifiers = [_usable(kind, rows[kind.value].to_pylist(), country) for kind in kinds]
    traits = [rows[name].to_pylist() for name in names]
    for position, number in enumerate(rows["number"].to_pylist()):
        own = {kind: value for kind, column in zip(kinds, identifiers, strict=True) if (value := column[position])}
        if own:
            values = {name: column[position] for name, column in zip(sink.traits, traits, strict=True)}
            made.append(Member(number, own, values))
        else:
            unusable.append(number)
    return made, unusable


def _usable(kind: IdentifierKind, values: Sequence[str | None], country: str) -> Sequence[str | None]:
    if kind is not IdentifierKind.PHONE:
        return values
    return [international(value, country) if value else None for value in values]


def international(phone: str, country: str) -> str | None:
    """A phone number in E.164 form, or None when it can't be one.

    Args:
        phone: as it was entered.
        country: where it is from when it has no country code.
    """
    try:
        number = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

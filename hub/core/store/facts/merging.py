"""What all merges of facts share: the revision, and updating or inserting by key in bulk."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from hub.core.contracts.records import LINE_COLUMN, RejectedRow
from hub.core.store.facts.places import Places
from hub.core.store.tables import Customer, Revision, table_of


@dataclass(frozen=True)
class FactWriting:
    """A transaction that writes facts of one source."""

    connection: sa.Connection
    organisation_id: int
    source_id: int
    currency: str
    """The organisation's, for orders that name none."""
    revision: int
    """What every changed row is stamped with."""
    now: int
    """Seconds since 1970 in UTC, for records that have no time of their own."""
    staged: Mapping[str, sa.Table] = field(default_factory=dict)
    """The batch's tables: its records by kind, and the names that references of theirs were turned into."""
    places: dict[str, Places] = field(default_factory=dict)
    """What was looked up already, by kind."""


@dataclass(frozen=True)
class Merged:
    """What a merge did, in rows."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: Sequence[RejectedRow] = ()
    deleted: int = 0
    made: Mapping[str, int] = field(default_factory=dict)
    """Bare rows of other kinds that were made because a row named them, such as an order's customer."""


def next_revision(connection: sa.Connection) -> int:
    """Take the next revision. The counter's row stays locked until the transaction ends."""
    counter = table_of(Revision)
    raised = sa.update(counter).values(value=counter.c.value + 1).returning(counter.c.value)
    return int(connection.execute(raised).scalar_one())


def merge(
    writing: FactWriting,
    target: sa.Table,
    rows: sa.Subquery,
    key: Sequence[str],
    *,
    fixed: Mapping[str, Any] | None = None,
    defaults: Mapping[str, Any] | None = None,
    append_only: bool = False,
) -> Merged:
    """Update the rows whose key is known and that differ, then insert the others.

    A row that brings nothing new keeps its revision, so a source may send everything every night.

    Args:
        writing: the transaction.
        target: the fact table.
        rows: what is to be there, under the target's column names.
        key: columns of ``rows`` and ``target`` that identify a row.
        fixed: values that belong to the key or never change, the same for all rows.
        defaults: values for columns that ``rows`` does not have, used when a row is inserted.
        append_only: leave rows of known keys as they are.
    """
    fixed = fixed or {}
    payload = [name for name in rows.c.keys() if name not in key]  # noqa: SIM118 - a column collection
    match = sa.and_(
        *(target.c[name] == rows.c[name] for name in key),
        *(target.c[name] == value for name, value in fixed.items()),
    )
    updated = 0 if append_only or not payload else update_differing(writing, target, rows, match, payload)
    missing = rows.select().where(~sa.exists().where(match).correlate(rows))
    inserted = insert(writing, target, missing, fixed, defaults or {})
    total = writing.connection.execute(sa.select(sa.func.count()).select_from(rows)).scalar_one()
    return Merged(inserted, updated, total - inserted - updated)


def update_differing(
    writing: FactWriting,
    target: sa.Table,
    rows: sa.Subquery,
    match: sa.ColumnElement[bool],
    payload: Sequence[str],
) -> int:
    """Update those of the matching rows that differ in a column of the payload; return how many."""
    changed = {name: rows.c[name] for name in payload} | {"revision": sa.literal(writing.revision)}
    differs = sa.or_(*(target.c[name].is_distinct_from(rows.c[name]) for name in payload))
    if "customer_number" in payload:
        _touch_former_owners(writing, target, rows, match)
    return count_rows(writing, sa.update(target).values(changed).where(match, differs))


def _touch_former_owners(
    writing: FactWriting, target: sa.Table, rows: sa.Subquery, match: sa.ColumnElement[bool]
) -> None:
    """Stamp the customers whom a row is taken from: nothing that stays theirs would tell that they changed."""
    customers = table_of(Customer)
    taken = sa.select(target.c.customer_number).where(match, target.c.customer_number != rows.c.customer_number)
    stamped = sa.update(customers).values(revision=writing.revision).where(customers.c.number.in_(taken))
    writing.connection.execute(stamped)


def insert(
    writing: FactWriting,
    target: sa.Table,
    rows: sa.Select[*tuple[Any, ...]],
    fixed: Mapping[str, Any],
    defaults: Mapping[str, Any],
) -> int:
    """Insert all rows, with the revision, the fixed values, and defaults for other columns; return how many."""
    values: dict[str, Any] = dict(rows.selected_columns.items())
    values |= {name: sa.literal(value) for name, value in defaults.items() if name not in values}
    values |= {name: sa.literal(value) for name, value in fixed.items()}
    values["revision"] = sa.literal(writing.revision)
    selected = rows.with_only_columns(*values.values(), maintain_column_froms=True)
    return count_rows(writing, sa.insert(target).from_select(list(values), selected))


def ensure_named(writing: FactWriting, model: Any, names: sa.ColumnElement[str]) -> None:
    """Insert those names that the organisation does not have yet (categories, tags, venues …)."""
    target = table_of(model)
    known = sa.exists().where(target.c.organisation_id == writing.organisation_id, target.c.name == names)
    missing = sa.select(sa.literal(writing.organisation_id), names).where(names.is_not(None), ~known).distinct()
    writing.connection.execute(sa.insert(target).from_select(["organisation_id", "name"], missing))


def named(writing: FactWriting, model: Any, name: sa.ColumnElement[str]) -> sa.ScalarSelect[int]:
    """The id of the organisation's category, tag, venue … of that name, or null."""
    target = table_of(model)
    return (
        sa.select(target.c.id)
        .where(target.c.organisation_id == writing.organisation_id, target.c.name == name)
        .scalar_subquery()
    )


def ensure_external(writing: FactWriting, model: Any, ids: sa.ColumnElement[str]) -> int:
    """Insert a bare row for each external id of this source that is not known yet; return how many."""
    target = table_of(model)
    known = sa.exists().where(target.c.source_id == writing.source_id, target.c.external_id == ids)
    values: dict[str, sa.ColumnElement[Any]] = {
        "organisation_id": sa.literal(writing.organisation_id),
        "source_id": sa.literal(writing.source_id),
        "external_id": ids,
        "revision": sa.literal(writing.revision),
    }
    missing = sa.select(*values.values()).where(ids.is_not(None), ~known).distinct().order_by(ids)
    return count_rows(writing, sa.insert(target).from_select(list(values), missing))


def external(writing: FactWriting, model: Any, external_id: sa.ColumnElement[str]) -> sa.ScalarSelect[int]:
    """The primary key of this source's row of that external id, or null."""
    target = table_of(model)
    (primary,) = target.primary_key.columns
    return (
        sa.select(primary)
        .where(target.c.source_id == writing.source_id, target.c.external_id == external_id)
        .scalar_subquery()
    )


def optional(staged: sa.Table, *names: str) -> dict[str, sa.ColumnElement[Any]]:
    """Those of the named columns that were staged."""
    return {name: staged.c[name] for name in names if name in staged.c}


@contextmanager
def looked_up(writing: FactWriting, select: sa.Select[*tuple[Any, ...]]) -> Iterator[sa.Table]:
    """Keep what a select finds in a temporary table, so that several statements need not look it up again."""
    creation = select.into("looked_up", temporary=True)
    writing.connection.execute(creation)
    yield creation.table
    writing.connection.execute(sa.schema.DropTable(creation.table))


def line_of(staged: sa.Table) -> sa.ColumnElement[int]:
    """The line of the source each staged row came from; 0 where that is not known."""
    return staged.c[LINE_COLUMN] if LINE_COLUMN in staged.c else sa.literal(0)


def rejected_where(
    writing: FactWriting, staged: sa.Table, condition: sa.ColumnElement[bool], reason: str, field: str
) -> list[RejectedRow]:
    """A rejection for each staged row that meets the condition."""
    lines = sa.select(line_of(staged)).select_from(staged).where(condition)
    found = writing.connection.execute(lines).scalars()
    return [RejectedRow(number, reason, field) for number in found]


def count_rows(writing: FactWriting, statement: sa.UpdateBase) -> int:
    """Run a statement; return how many rows it inserted or changed."""
    counted = statement.execution_options(preserve_rowcount=True)  # else an insert's count is lost on PostgreSQL
    return writing.connection.execute(counted).rowcount

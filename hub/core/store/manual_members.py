"""Every query over the members of manual segments, in bulk."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
import pyarrow as pa
import sqlalchemy as sa
from numpy.typing import NDArray

from hub.core.contracts.errors import NotFound, UserError
from hub.core.store.database import Database
from hub.core.store.export import MANY, export
from hub.core.store.staging import writing_with
from hub.core.store.tables import Customer, Segment, SegmentKind, SegmentMember, Source, table_of


class IdKind(StrEnum):
    """What a customer is named by."""

    NUMBER = "number"
    """The number the hub gave them."""
    EXTERNAL_ID = "external_id"
    """The id a source knows them by."""
    EMAIL = "email"
    """Their address, without regard to case; everyone who has it is meant."""


@dataclass(frozen=True)
class Written:
    """What became of a list of customers."""

    changed: int
    """How many customers were added, or removed."""
    named: int
    """How many customers the list names."""
    unknown: Sequence[int]
    """Places in the list, from 0, that name no customer."""


def numbers_of(database: Database, segment_id: int) -> NDArray[np.uint32]:
    """The numbers of a manual segment's members."""
    members = table_of(SegmentMember)
    own = members.c.segment_id == segment_id
    with database.reading() as connection:
        size = connection.execute(sa.select(sa.func.count()).select_from(members).where(own)).scalar_one()
    statement = sa.select(members.c.customer_number).where(own)
    (table,) = (rows.read_all() for _, rows in export(database, {"members": statement}, many=size >= MANY))
    numbers: NDArray[np.uint32] = table["customer_number"].to_numpy().astype(np.uint32)
    return numbers


def add_members(database: Database, segment: Segment, kind: IdKind, ids: pa.Table, now: datetime) -> Written:
    """Add customers to a manual segment; who is in it already stays as they are.

    Args:
        database: the store's.
        segment: the segment.
        kind: what the ids are.
        ids: columns ``place`` (integers), ``id`` (integers for numbers, else texts) and ``source`` (its id).
        now: when they are added.

    Raises:
        NotFound, UserError: the segment was removed meanwhile, or is not manual.
    """
    members = table_of(SegmentMember)
    with _matched(database, segment, kind, ids) as (connection, matched, places):
        there = sa.exists().where(
            members.c.segment_id == segment.id, members.c.customer_number == matched.c.number
        )
        missing = sa.select(sa.literal(segment.id), matched.c.number, sa.literal(now, members.c.added_at.type))
        names = ["segment_id", "customer_number", "added_at"]
        chosen = missing.where(~there).distinct()
        return _written(connection, sa.insert(members).from_select(names, chosen), matched, places)


def remove_members(database: Database, segment: Segment, kind: IdKind, ids: pa.Table) -> Written:
    """Remove customers from a manual segment; the arguments and errors are those of ``add_members``."""
    members = table_of(SegmentMember)
    with _matched(database, segment, kind, ids) as (connection, matched, places):
        own = sa.delete(members).where(
            members.c.segment_id == segment.id, members.c.customer_number.in_(sa.select(matched.c.number))
        )
        return _written(connection, own, matched, places)


def source_named(database: Database, organisation_id: int, name: str) -> int:
    """The id of a source.

    Raises:
        NotFound: there is none of that name; those there are are named.
    """
    sources = table_of(Source)
    with database.reading() as connection:
        own = sa.select(sources.c.name, sources.c.id).where(sources.c.organisation_id == organisation_id)
        there = {row.name: int(row.id) for row in connection.execute(own)}
    if name not in there:
        known = ", ".join(sorted(there)) or "there are none yet"
        raise NotFound(f"there is no source {name!r}; the sources are: {known}")
    return there[name]


@contextmanager
def _matched(
    database: Database, segment: Segment, kind: IdKind, ids: pa.Table
) -> Iterator[tuple[sa.Connection, sa.Table, Sequence[int]]]:
    """A write transaction with the customers that are named in a table, and the places that name one."""
    customers = table_of(Customer)
    with writing_with(database, {"members": ids}) as (connection, staged):
        _check(connection, segment)
        given = staged["members"]
        column = {
            IdKind.NUMBER: customers.c.number,
            IdKind.EXTERNAL_ID: customers.c.external_id,
            IdKind.EMAIL: sa.func.lower(sa.func.trim(customers.c.email)),
        }[kind]
        meant = sa.and_(customers.c.organisation_id == segment.organisation_id, column == given.c.id)
        if kind is IdKind.EXTERNAL_ID:
            meant = sa.and_(meant, customers.c.source_id == given.c.source)
        creation = (
            sa.select(given.c.place, customers.c.number)
            .join_from(given, customers, meant)
            .into("matched_members", temporary=True)
        )
        connection.execute(creation)
        found = connection.execute(sa.select(creation.table.c.place).distinct()).scalars().all()
        yield connection, creation.table, sorted(set(range(ids.num_rows)) - set(found))
        connection.execute(sa.schema.DropTable(creation.table))


def _check(connection: sa.Connection, segment: Segment) -> None:
    """Hold the segment still, so that two who add the same customers wait for each other."""
    table = table_of(Segment)
    own = sa.select(table.c.kind, table.c.removed_at).where(table.c.id == segment.id)
    found = connection.execute(own.with_for_update(key_share=True)).one_or_none()
    if found is None or found.removed_at is not None:
        raise NotFound(f"the segment {segment.name!r} was removed; restore it first")
    if found.kind != SegmentKind.MANUAL:
        raise UserError(
            f"the segment {segment.name!r} follows its criteria; only a manual one has members added by hand"
        )


def _written(
    connection: sa.Connection, statement: sa.UpdateBase, matched: sa.Table, unknown: Sequence[int]
) -> Written:
    changed = connection.execute(statement.execution_options(preserve_rowcount=True)).rowcount
    named = connection.execute(sa.select(sa.func.count(matched.c.number.distinct()))).scalar_one()
    return Written(changed, named, unknown)

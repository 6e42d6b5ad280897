"""Looks up the ids behind a batch's places, each once, and gives ids to what is new."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from hub.core.store.facts.merging import FactWriting, Merged, count_rows, insert, update_differing
from hub.core.store.facts.places import Places
from hub.core.store.staging import FIRST_NAME, NAME, PLACE, names_of, scratch_table
from hub.core.store.tables import Category, Customer, Event, Order, Product, table_of

_TARGETS = {table_of(model).name: table_of(model) for model in (Category, Customer, Event, Order, Product)}
_BEFORE_NAMES = FIRST_NAME - 1


def placed(writing: FactWriting, kind: str) -> Places:
    """What the store has of a kind that the batch brings or names."""
    if kind not in writing.places:
        writing.places[kind] = _looked_up(writing, kind, giving=False)
    return writing.places[kind]


def ensure_placed(writing: FactWriting, kind: str) -> int:
    """Make a bare row for each name of a kind that the store does not have; return how many."""
    found = placed(writing, kind)
    names, ids = found.names, found.ids
    missing = sa.and_(ids.c.id.is_(None), ids.c.place >= FIRST_NAME)
    if names is None or not _any(writing, ids, missing):
        return 0
    place = names.c[PLACE] + _BEFORE_NAMES
    values: dict[str, Any] = {_key(found.target).name: names.c[NAME]}
    values |= {name: sa.literal(value) for name, value in _belonging(writing, found.target).items()}
    unknown = sa.select(*values.values()).where(place == ids.c.place, missing).order_by(names.c[PLACE])
    made = count_rows(writing, sa.insert(found.target).from_select(list(values), unknown))
    find = _find(writing, found.target, names.c[NAME])
    writing.connection.execute(sa.update(ids).values(id=find).where(place == ids.c.place, missing))
    return made


def merge_placed(
    writing: FactWriting,
    staged: sa.Table,
    kind: str,
    columns: Mapping[str, sa.ColumnElement[Any]],
    defaults: Mapping[str, Any],
) -> Merged:
    """Update those of a batch's own rows that are known and differ, and insert the others.

    Args:
        writing: the transaction.
        staged: the batch's own rows, with their external ids in ``id``.
        kind: of what.
        columns: what is to be there, under the target's column names.
        defaults: values for other columns of rows that are inserted.
    """
    found = writing.places[kind] = _looked_up(writing, kind, giving=True)
    offered = _count(writing, staged, sa.true())
    _give_ids(writing, found, offered)
    source: sa.FromClause = staged
    own = found.id_at(staged.c[PLACE])
    if found.shift is None:
        source, own = staged.join(found.ids, found.ids.c.place == staged.c[PLACE]), found.ids.c.id
    chosen = {found.primary.name: own, **columns, "external_id": staged.c.id}
    rows = sa.select(*(column.label(name) for name, column in chosen.items())).select_from(source)
    updated = inserted = 0
    if found.known and columns:
        known = rows.where(own < found.first_new).subquery()
        match = found.primary == known.c[found.primary.name]
        updated = update_differing(writing, found.target, known, match, list(columns))
    if found.known < offered:
        new = rows.where(own >= found.first_new) if found.known else rows
        inserted = insert(writing, found.target, new, _belonging(writing, found.target), defaults)
    return Merged(inserted, updated, found.known - updated)


def _looked_up(writing: FactWriting, kind: str, *, giving: bool) -> Places:
    """Look up what is there; with ``giving``, the batch's own rows that are not there get their ids next."""
    target = _TARGETS[kind]
    place = sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True)
    ids = scratch_table(writing.connection, f"places_of_{kind}", place, sa.Column("id", sa.BigInteger))
    own, names = writing.staged.get(kind), writing.staged.get(names_of(kind))
    found = Places(target, ids, names)
    if own is not None:
        looked_up = _find(writing, target, own.c.id)
        if giving and _is_sqlite(writing) and not _any(writing, own, looked_up.is_not(None)):
            found.shift = _last_id(writing, found)  # nobody else writes now, so the next ids can be reckoned
        else:
            _fill(writing, ids, own.c[PLACE], looked_up)
    if names is not None:
        _fill(writing, ids, names.c[PLACE] + _BEFORE_NAMES, _find(writing, target, names.c[NAME]))
    return found


def _fill(writing: FactWriting, ids: sa.Table, place: sa.ColumnElement[int], found: sa.ScalarSelect[int]) -> None:
    writing.connection.execute(sa.insert(ids).from_select(["place", "id"], sa.select(place, found)))


def _key(target: sa.Table) -> sa.Column[str]:
    return target.c.external_id if "external_id" in target.c else target.c.name


def _find(writing: FactWriting, target: sa.Table, key: sa.ColumnElement[str]) -> sa.ScalarSelect[int]:
    (primary,) = target.primary_key.columns
    owner = "source_id" if "source_id" in target.c else "organisation_id"
    mine = target.c[owner] == getattr(writing, owner)
    return sa.select(primary).where(mine, _key(target) == key).scalar_subquery()


def _belonging(writing: FactWriting, target: sa.Table) -> dict[str, Any]:
    return {
        name: getattr(writing, name) for name in ("organisation_id", "source_id", "revision") if name in target.c
    }


def _any(writing: FactWriting, table: sa.Table, condition: sa.ColumnElement[bool]) -> bool:
    found = sa.select(sa.exists().select_from(table).where(condition))
    return bool(writing.connection.execute(found).scalar_one())


def _count(writing: FactWriting, table: sa.Table, condition: sa.ColumnElement[bool]) -> int:
    counted = sa.select(sa.func.count()).select_from(table).where(condition)
    return int(writing.connection.execute(counted).scalar_one())


def _give_ids(writing: FactWriting, found: Places, offered: int) -> None:
    """Give an id to each of the batch's own rows that has none, in their order."""
    ids, last = found.ids, _last_id(writing, found)
    found.first_new = last + 1
    if found.shift is not None:
        return
    missing = sa.and_(ids.c.id.is_(None), ids.c.place < FIRST_NAME)
    found.known = offered - _count(writing, ids, missing)
    if found.known == offered:
        return
    if _is_sqlite(writing):
        number = sa.func.row_number().over(order_by=ids.c.place)
        numbered = sa.select(ids.c.place, number.label("number")).where(missing).subquery()
        given = sa.update(ids).values(id=numbered.c.number + last).where(ids.c.place == numbered.c.place)
    else:
        sequence = sa.func.pg_get_serial_sequence(found.target.name, found.primary.name)
        name = writing.connection.execute(sa.select(sequence)).scalar_one()
        given = sa.update(ids).values(id=sa.func.nextval(name)).where(missing)
    writing.connection.execute(given)


def _last_id(writing: FactWriting, found: Places) -> int:
    largest = sa.select(sa.func.coalesce(sa.func.max(found.primary), 0))
    last: int = writing.connection.execute(largest).scalar_one()
    if not _is_sqlite(writing):
        return last
    sequences = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))
    used = sa.select(sequences.c.seq).where(sequences.c.name == found.target.name)
    return max(last, writing.connection.execute(used).scalar() or 0)  # never a deleted row's id again


def _is_sqlite(writing: FactWriting) -> bool:
    return writing.connection.dialect.name == "sqlite"

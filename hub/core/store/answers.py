"""Every query over what segments and their criteria matched when they were evaluated last."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.core.store.tables import KeptBitmap, Organisation, Segment, SegmentAnswer, table_of

_ValueT = TypeVar("_ValueT")

_AT_ONCE = 10_000
"""Keys or ids of one statement; SQLite takes 32,766 parameters at most."""

WHOLE = ""
"""The key of a definition as a whole."""


@dataclass(frozen=True)
class StoredAnswer:
    """A row of ``SegmentAnswer``; see there."""

    segment_id: int
    key: str
    node: dict[str, Any] | None
    day: date
    revision: int
    anchor_id: int
    difference: bytes


def lock(connection: sa.Connection, organisation_id: int) -> None:
    """Let nobody else write answers of this organisation until the transaction ends. SQLite has locked already."""
    organisation = table_of(Organisation)
    own = sa.select(organisation.c.id).where(organisation.c.id == organisation_id)
    connection.execute(own.with_for_update(key_share=True))


def definitions(
    connection: sa.Connection, organisation_id: int, segment_ids: Collection[int]
) -> dict[int, dict[str, Any] | None]:
    """The definitions that segments have now; those that are gone are left out."""
    segments = table_of(Segment)
    chosen = segments.c.id.in_(segment_ids)
    found = sa.select(segments.c.id, segments.c.definition)
    rows = connection.execute(found.where(segments.c.organisation_id == organisation_id, chosen))
    return {segment_id: definition for segment_id, definition in rows}  # noqa: C416 - rows are no pairs


def stored_answers(connection: sa.Connection, segment_ids: Collection[int]) -> Sequence[StoredAnswer]:
    """All answers of some segments."""
    answers = table_of(SegmentAnswer)
    columns = [answers.c[name] for name in StoredAnswer.__dataclass_fields__]
    rows = connection.execute(sa.select(*columns).where(answers.c.segment_id.in_(segment_ids)))
    return [StoredAnswer(*row) for row in rows]


def anchors_of_keys(connection: sa.Connection, organisation_id: int, keys: Collection[str]) -> Mapping[str, int]:
    """For each key the newest anchor that any segment's answer to it is told from, where there is one."""
    answers, segments = table_of(SegmentAnswer), table_of(Segment)
    found: dict[str, int] = {}
    for some in _parts(keys):
        newest = (
            sa.select(answers.c.key, sa.func.max(answers.c.anchor_id))
            .join(segments, segments.c.id == answers.c.segment_id)
            .where(segments.c.organisation_id == organisation_id, answers.c.key.in_(some))
            .group_by(answers.c.key)
        )
        found.update((key, anchor_id) for key, anchor_id in connection.execute(newest))
    return found


def anchors(connection: sa.Connection, ids: Collection[int]) -> Mapping[int, bytes]:
    """Anchors by id."""
    bitmaps = table_of(KeptBitmap)
    found: dict[int, bytes] = {}
    for some in _parts(ids):
        rows = connection.execute(sa.select(bitmaps.c.id, bitmaps.c.members).where(bitmaps.c.id.in_(some)))
        found.update((anchor_id, members) for anchor_id, members in rows)
    return found


def add_anchors(connection: sa.Connection, members: Sequence[bytes]) -> Sequence[int]:
    """Store anchors; return their ids in the same order."""
    bitmaps = table_of(KeptBitmap)
    insert = sa.insert(bitmaps).returning(bitmaps.c.id, sort_by_parameter_order=True)
    return connection.execute(insert, [{"members": each} for each in members]).scalars().all() if members else []


def write(connection: sa.Connection, written: Sequence[StoredAnswer]) -> None:
    """Insert answers, or bring those of the same segment and key up to date."""
    if not written:
        return
    answers = table_of(SegmentAnswer)
    insert = (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(answers)
    key = ["segment_id", "key"]
    fresh = {name: insert.excluded[name] for name in StoredAnswer.__dataclass_fields__ if name not in key}
    connection.execute(
        insert.on_conflict_do_update(index_elements=key, set_=fresh), [asdict(each) for each in written]
    )


def forget(connection: sa.Connection, gone: Sequence[tuple[int, str]]) -> None:
    """Delete the answers of these segments and keys."""
    if gone:
        answers = table_of(SegmentAnswer)
        this = sa.and_(answers.c.segment_id == sa.bindparam("of_segment"), answers.c.key == sa.bindparam("of_key"))
        rows = [{"of_segment": segment_id, "of_key": key} for segment_id, key in gone]
        connection.execute(sa.delete(answers).where(this), rows)


def forget_unused_anchors(connection: sa.Connection) -> None:
    """Delete the anchors that no answer is told from any more."""
    answers, bitmaps = table_of(SegmentAnswer), table_of(KeptBitmap)
    used = sa.exists().where(answers.c.anchor_id == bitmaps.c.id)
    connection.execute(sa.delete(bitmaps).where(~used))


def _parts(values: Collection[_ValueT]) -> Iterator[Sequence[_ValueT]]:
    listed = list(values)
    return (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE))

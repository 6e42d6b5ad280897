"""Keep who entered and left with each result, why, and what each criterion answered last."""

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import sqlalchemy as sa
from alembic import op
from numpy.typing import NDArray

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NUMBERS = NDArray[np.int64]

_RESULTS = sa.table(
    "segment_results",
    sa.column("id", sa.Integer),
    sa.column("segment_id", sa.Integer),
    sa.column("day", sa.Integer),
    sa.column("revision", sa.BigInteger),
    sa.column("entered_members", sa.LargeBinary),
    sa.column("departed_members", sa.LargeBinary),
    sa.column("members", sa.LargeBinary),
)


def upgrade() -> None:
    """Bring the tables to this version."""
    with op.batch_alter_table("segment_results") as batch:
        batch.add_column(
            sa.Column("cause", sa.String(), nullable=False, server_default=sa.literal("not_recorded"))
        )
        batch.add_column(sa.Column("definition", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("entered_members", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("departed_members", sa.LargeBinary(), nullable=True))
        batch.add_column(sa.Column("trail", sa.BigInteger(), nullable=False, server_default="0"))
        batch.alter_column("members", existing_type=sa.LargeBinary(), nullable=True)
    _add_differences()
    with op.batch_alter_table("segment_results") as batch:
        batch.alter_column("entered_members", existing_type=sa.LargeBinary(), nullable=False)
        batch.alter_column("departed_members", existing_type=sa.LargeBinary(), nullable=False)
        batch.alter_column("cause", existing_type=sa.String(), server_default=None)
        batch.alter_column("trail", existing_type=sa.BigInteger(), server_default=None)
        _point_at_segments(batch, "CASCADE")

    op.create_table(
        "segment_reasons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("node", sa.JSON(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("entered_matching", sa.Integer(), nullable=False),
        sa.Column("entered_ceasing", sa.Integer(), nullable=False),
        sa.Column("departed_matching", sa.Integer(), nullable=False),
        sa.Column("departed_ceasing", sa.Integer(), nullable=False),
        sa.Column("matching", sa.LargeBinary(), nullable=False),
        sa.Column("ceasing", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["result_id"],
            ["segment_results.id"],
            name=op.f("fk_segment_reasons_result_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment_reasons")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_segment_reasons_result_id"), "segment_reasons", ["result_id"])
    op.create_table(
        "bitmaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("members", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bitmaps")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "segment_answers",
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("node", sa.JSON(), nullable=True),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("anchor_id", sa.Integer(), nullable=False),
        sa.Column("difference", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["anchor_id"], ["bitmaps.id"], name=op.f("fk_segment_answers_anchor_id")),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segments.id"], name=op.f("fk_segment_answers_segment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("segment_id", "key", name=op.f("pk_segment_answers")),
    )
    op.create_index(op.f("ix_segment_answers_anchor_id"), "segment_answers", ["anchor_id"])
    op.create_index(op.f("ix_segment_answers_key"), "segment_answers", ["key"])
    _add_answers()


def downgrade() -> None:
    """Take this version's change back; kept results are lost, and the next evaluation is the first again."""
    op.drop_table("segment_answers")
    op.drop_table("bitmaps")
    op.drop_table("segment_reasons")
    op.execute(sa.delete(_RESULTS))
    with op.batch_alter_table("segment_results") as batch:
        for name in ("cause", "definition", "entered_members", "departed_members", "trail"):
            batch.drop_column(name)
        batch.alter_column("members", existing_type=sa.LargeBinary(), nullable=False)
        _point_at_segments(batch, None)


def _point_at_segments(batch: Any, ondelete: str | None) -> None:
    name = op.f("fk_segment_results_segment_id")
    batch.drop_constraint(name, type_="foreignkey")
    batch.create_foreign_key(name, "segments", ["segment_id"], ["id"], ondelete=ondelete)


def _add_differences() -> None:
    """Write every old result in the new form, with who entered and who left."""
    connection = op.get_bind()
    ids = sa.select(_RESULTS.c.id, _RESULTS.c.segment_id).order_by(_RESULTS.c.segment_id, _RESULTS.c.id)
    segment, before = None, np.empty(0, np.int64)
    for result_id, segment_id in connection.execute(ids).all():
        this = _RESULTS.c.id == result_id
        members = _from_roaring(connection.execute(sa.select(_RESULTS.c.members).where(this)).scalar_one())
        if segment_id != segment:
            segment, before = segment_id, np.empty(0, np.int64)
        values = {
            "entered_members": _kept(np.setdiff1d(members, before)),
            "departed_members": _kept(np.setdiff1d(before, members)),
            "members": _kept(members),
        }
        connection.execute(sa.update(_RESULTS).where(this).values(values))
        before = members


def _add_answers() -> None:
    """Keep what each segment's newest result found as what its definition answered last."""
    connection = op.get_bind()
    bitmaps = sa.table("bitmaps", sa.column("id", sa.Integer), sa.column("members", sa.LargeBinary))
    segments = sa.table("segments", sa.column("id", sa.Integer), sa.column("definition", sa.JSON))
    answers = sa.table(
        "segment_answers",
        sa.column("segment_id", sa.Integer),
        sa.column("key", sa.String),
        sa.column("node", sa.JSON(none_as_null=True)),
        sa.column("day", sa.Integer),
        sa.column("revision", sa.BigInteger),
        sa.column("anchor_id", sa.Integer),
        sa.column("difference", sa.LargeBinary),
    )
    newest = sa.select(sa.func.max(_RESULTS.c.id)).group_by(_RESULTS.c.segment_id)
    found = sa.select(_RESULTS, segments.c.definition).join(segments, segments.c.id == _RESULTS.c.segment_id)
    for row in connection.execute(found.where(_RESULTS.c.id.in_(newest))).all():
        added = sa.insert(bitmaps).values(members=row.members).returning(bitmaps.c.id)
        values = {
            "segment_id": row.segment_id,
            "key": "",
            "node": row.definition,
            "day": row.day,
            "revision": row.revision,
            "anchor_id": connection.execute(added).scalar_one(),
            "difference": _kept(np.empty(0, np.int64)),
        }
        connection.execute(sa.insert(answers).values(values))


def _kept(numbers: _NUMBERS) -> bytes:
    """The form in which this version keeps bitmaps: form 1, the number of words, and the words compressed."""
    if not len(numbers):
        return struct.pack("<BI", 1, 0)
    marks = np.zeros((int(numbers.max()) // 64 + 1) * 64, np.uint8)
    marks[numbers] = 1
    bits = np.packbits(marks, bitorder="little")
    packed: bytes = pa.compress(bits, codec="zstd", asbytes=True)
    return struct.pack("<BI", 1, len(bits) // 8) + packed


def _from_roaring(kept: bytes) -> _NUMBERS:
    """The numbers in a portable serialised roaring bitmap, in which the versions before kept results."""
    parts = list(_containers(kept))
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def _containers(kept: bytes) -> Iterator[_NUMBERS]:
    """The numbers of each container: see the specification of the roaring format."""
    cookie, count = struct.unpack_from("<HH", kept)
    runs = np.empty(0, np.uint8)
    position = 4
    if cookie == 12347:  # some containers are runs: a bit for each says which
        count += 1
        marks = np.frombuffer(kept, np.uint8, -(-count // 8), position)
        runs = np.unpackbits(marks, bitorder="little", count=count)
        position += len(marks)
    else:
        (count,) = struct.unpack_from("<I", kept, position)
        position += 4
    headers = np.frombuffer(kept, "<u2", 2 * count, position).astype(np.int64).reshape(-1, 2)
    position += 4 * count
    if not len(runs) or count >= 4:
        position += 4 * count  # where each container begins, which follows from their lengths
    for index, (high, fewer) in enumerate(headers.tolist()):
        if len(runs) and runs[index]:
            (length,) = struct.unpack_from("<H", kept, position)
            pairs = np.frombuffer(kept, "<u2", 2 * length, position + 2).astype(np.int64).reshape(-1, 2)
            low = np.concatenate([np.arange(start, start + more + 1) for start, more in pairs.tolist()])
            position += 2 + 4 * length
        elif fewer + 1 > 4096:
            low = np.flatnonzero(np.unpackbits(np.frombuffer(kept, np.uint8, 8192, position), bitorder="little"))
            position += 8192
        else:
            low = np.frombuffer(kept, "<u2", fewer + 1, position).astype(np.int64)
            position += 2 * (fewer + 1)
        yield (high << 16) + low

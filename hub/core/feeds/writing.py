"""Writes what a feed hands out as JSON, piece by piece and column by column, and tags it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import duckdb
import pyarrow as pa

from hub.core.exports.rows import as_csv

_ROWS = 20_000
"""Rows in one piece."""
_LAYOUT = "1"
"""Part of every tag: count it up when the same rows are written in another way."""


class FeedForm(StrEnum):
    """How a feed can be read."""

    CSV = "csv"
    """Comma-separated, with a header; a text that a spreadsheet could take for a formula gets an apostrophe."""
    JSON = "json"
    """An object that says what is read and when, with the members as a list of objects."""


def as_json(rows: pa.Table, about: Mapping[str, Any]) -> Iterator[bytes]:
    """Write rows as one JSON object in UTF-8.

    Args:
        rows: the members.
        about: what the object says besides them; ``members`` comes last.
    """
    yield json.dumps(about, ensure_ascii=False).removesuffix("}").encode() + b', "members": ['
    before = b"\n"
    with duckdb.connect(":memory:") as columns:
        columns.execute("SET enable_progress_bar = false")
        for piece in rows.to_batches(max_chunksize=_ROWS):
            places = pa.array(range(piece.num_rows), pa.int64())
            columns.register("members", pa.table(piece).append_column("_place", places))
            ((lines,),) = columns.execute(_objects(rows.column_names)).fetchall()
            yield before + lines.encode()
            before = b",\n"
    yield b"\n]}\n"


def tag_of(name: str, rows: pa.Table) -> str:
    """A tag of all that a feed hands out: the same tag, the same content.

    Args:
        name: of the feed.
        rows: what it tells of its members.
    """
    digest = hashlib.sha256(f"{_LAYOUT}\0{name}\0".encode())
    for piece in as_csv([rows]):
        digest.update(piece)
    return digest.hexdigest()[:32]


def _objects(names: list[str]) -> str:
    fields = ", ".join(f'"{name}" := "{name}"' for name in names)
    objects = f"CAST(to_json(struct_pack({fields})) AS VARCHAR)"
    return f"SELECT string_agg({objects}, ',' || chr(10) ORDER BY _place) FROM members"

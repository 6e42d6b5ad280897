"""Writes the replica's relations as Parquet files, for engines that run elsewhere."""

import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import filelock

from hub.core.contracts.errors import InputError, InUse, StoreError
from hub.core.replica.publication import (
    CURRENT,
    LAYOUT,
    MANIFEST,
    PUBLISHED,
    Manifest,
    Publication,
    manifest_text,
    now_text,
    type_word,
)
from hub.core.replica.replica import Replica

_OWNER = "audience-hub.json"
"""Says whose publications a folder holds; it is the first file written there."""
_LOCK = ".lock"
_PUBLICATION = re.compile(r"\d+-[0-9a-f]{8}")
_KEPT = 2
"""How many publications stay: the newest, and the one before for whoever is still reading it."""
_ROWS_A_GROUP = 131_072
_GROUPS_A_FILE = 8
"""So a file holds up to a million rows: a table of a hundred million is read by a hundred tasks at once."""

_SOURCES: Mapping[str, str] = {
    "consent_log": "SELECT customer, permission, channel, given, changed_at, id AS position FROM copies.consents"
}
"""Where what is no relation of the replica comes from."""

Progress = Callable[[str, int], None]
"""Told the name of each relation and its number of rows, when it is written."""


def publish(
    replica: Replica,
    folder: Path,
    progress: Progress = lambda _relation, _rows: None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Publication:
    """Bring the replica up to date and write all of it, as it is at one revision.

    Readers see the publication before until this one is whole. The two newest stay, older ones are removed, and
    so is what a crash left behind.

    Args:
        replica: the organisation's.
        folder: where its publications are kept; made if missing. Whoever may read it can read personal data.
        progress: told of each relation that is written.
        clock: the time now, in UTC.

    Raises:
        InputError: the folder holds other things, or another hub's publications.
        InUse: another process publishes there just now.
        StoreError: the folder can't be written to.
    """
    replica.refresh()
    with _told_plainly(folder), replica.cursor() as cursor:
        cursor.execute("BEGIN")
        try:
            described = _described(cursor)
            with _taken(folder, {key: described[key] for key in ("store", "organisation")}):
                return _published(cursor, folder, described, progress, clock)
        finally:
            cursor.execute("ROLLBACK")


def _published(
    cursor: duckdb.DuckDBPyConnection,
    folder: Path,
    described: Mapping[str, object],
    progress: Progress,
    clock: Callable[[], datetime],
) -> Publication:
    _clear(folder, keep=_KEPT)
    made = folder / f"{described['revision']}-{secrets.token_hex(4)}"
    made.mkdir()
    try:
        rows = {}
        for relation in PUBLISHED:
            rows[relation] = _write_relation(cursor, relation, made / relation)
            progress(relation, rows[relation])
        manifest = Manifest(layout=LAYOUT, rows=rows, published_at=now_text(clock()), **described)  # type: ignore[arg-type]  # as _described types them
        for path in (*made.rglob("*"), made):
            _flush(path)
        _write_whole(made / MANIFEST, manifest_text(manifest))
        _write_whole(folder / CURRENT, json.dumps({"publication": made.name}) + "\n")
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    _clear(folder, keep=_KEPT)
    return Publication(made, manifest)


def _described(cursor: duckdb.DuckDBPyConnection) -> Mapping[str, object]:
    """What the manifest takes from the replica."""
    names = ("store", "organisation", "currency", "time_zone", "revision", "horizon")
    row = cursor.execute(f"SELECT {', '.join(names[:-1])}, coalesce(horizon, 0) FROM meta").fetchone()
    assert row is not None
    return dict(zip(names, row, strict=True))


def _write_relation(cursor: duckdb.DuckDBPyConnection, relation: str, folder: Path) -> int:
    """Write one relation's files; return its number of rows."""
    columns = ", ".join(
        f"CAST({name} AS {type_word(kind)}) AS {name}" for name, kind in PUBLISHED[relation].items()
    )
    target = str(folder).replace("'", "''")
    row = cursor.execute(
        f"COPY (SELECT {columns} FROM ({_SOURCES.get(relation, f'FROM {relation}')})) TO '{target}' "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROWS_A_GROUP}, "
        f"ROW_GROUPS_PER_FILE {_GROUPS_A_FILE})"
    ).fetchone()
    assert row is not None
    return int(row[0])


@contextmanager
def _taken(folder: Path, owner: Mapping[str, object]) -> Iterator[None]:
    """Keep the folder to ourselves; refuse it if it is not this organisation's.

    Raises:
        InputError: it is somebody else's.
        InUse: another process publishes there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        held = json.loads((folder / _OWNER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        if any(path.name != _LOCK for path in folder.iterdir()):
            raise InputError(f"{folder} holds other files; name a new or empty folder") from None
        held = owner
    except ValueError as error:
        raise InputError(f"{folder / _OWNER} can't be read; name a new or empty folder") from error
    if held != owner:
        raise InputError(f"{folder} holds what another hub published; name a new or empty folder")
    try:
        with filelock.FileLock(folder / _LOCK, timeout=0):
            if not (folder / _OWNER).exists():
                _write_whole(folder / _OWNER, json.dumps(owner) + "\n")
            yield
    except filelock.Timeout as error:
        raise InUse(f"another process publishes to {folder} just now; wait for it to end") from error


def _clear(folder: Path, keep: int) -> None:
    """Remove all publications but the newest whole ones, and what crashes left."""
    current = ""
    with suppress(OSError, ValueError, LookupError, TypeError):
        current = json.loads((folder / CURRENT).read_text(encoding="utf-8"))["publication"]
    found = [path for path in folder.iterdir() if _PUBLICATION.fullmatch(path.name)]
    whole = [path for path in found if (path / MANIFEST).exists()]
    whole.sort(key=lambda path: (path.name == current, (path / MANIFEST).stat().st_mtime_ns), reverse=True)
    for path in set(found) - set(whole[:keep]):
        # First the manifest: what is half removed must not pass for whole.
        (path / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(path, ignore_errors=True)


def _write_whole(file: Path, text: str) -> None:
    """Replace a file so that any reader sees the old one or the new one, also after a crash."""
    draft = file.with_name(f".{file.name}.new")
    draft.write_text(text, encoding="utf-8")
    _flush(draft)
    draft.replace(file)
    _flush(file.parent)


def _flush(path: Path) -> None:
    """Have the disk hold a file's content, or a folder's list of files."""
    if path.is_dir() and os.name != "posix":
        return  # only POSIX opens folders
    descriptor = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _told_plainly(folder: Path) -> Iterator[None]:
    """Turn the disk's errors into ours."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"nothing can be published in {folder}: {error.strerror or error}") from error
    except duckdb.IOException as error:
        reason = str(error).splitlines()[0].removeprefix("IO Error: ")
        raise StoreError(f"nothing can be published in {folder}: {reason}") from error

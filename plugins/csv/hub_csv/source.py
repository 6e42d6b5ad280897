"""The data source: a CSV file becomes batches of records."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from hub import Batch, DataSource, InputError, SettingsError, TryAgain
from hub_csv import encoding as encodings
from hub_csv.batches import read_batches
from hub_csv.columns import Column, read_columns
from hub_csv.dialect import Dialect, find_dialect
from hub_csv.fields import fields_of
from hub_csv.mapping import map_columns
from hub_csv.scan import Scan, scan
from hub_csv.settings import CsvSourceSettings
from hub_csv.table import connect, load

__all__ = ["CsvSource", "CsvSourceSettings"]

_HEAD = 1 << 20


@dataclass(frozen=True)
class _Opened:
    """A file that was read into a table, and what was found out about it."""

    connection: duckdb.DuckDBPyConnection
    encoding: str
    dialect: Dialect
    columns: list[Column]
    scan: Scan


class CsvSource(DataSource[CsvSourceSettings]):
    """Reads a CSV file in bulk; a row that is wrong is left out and reported, the others go on."""

    name = "csv"
    label = "CSV file"
    help = "Reads customers, orders, events and more from a CSV file, in nearly any shape it comes in."
    settings_model = CsvSourceSettings

    @property
    def path(self) -> Path:
        """The file."""
        return self.context.folder / Path(self.settings.path).expanduser()

    def check(self) -> None:
        """See ``Component.check``: the file is there, and its header fits the mapping."""
        try:
            self._look()
        except InputError as error:
            raise SettingsError(str(error)) from error

    def detected(self) -> dict[str, str]:
        """What was found out about the file, for people: encoding, delimiter, quote, mapping, forms.

        Raises:
            InputError: as for ``read``.
        """
        with self._open() as opened:
            dialect, columns = opened.dialect, opened.columns
            used = {column.header for column in columns}
            decimals = {column.style.decimal for column in columns if column.style}
            return {
                "encoding": opened.encoding,
                "delimiter": {"\t": "tab"}.get(chr(dialect.signs.delimiter), chr(dialect.signs.delimiter)),
                "quote": chr(dialect.signs.quote),
                "columns": ", ".join(dialect.header),
                "mapping": ", ".join(f"{column.field.name}={column.header}" for column in columns),
                "unused": ", ".join(name for name in dialect.header if name and name not in used),
                "decimal": ", ".join(sorted(decimals)),
                "dates": ", ".join(
                    f"{column.header}: {' or '.join(form.example for form in column.forms)}"
                    for column in columns
                    if column.forms
                ),
                "rows": str(opened.scan.rows),
                "unreadable rows": str(len(opened.scan.rejected)),
            }

    def read(self, cursor: str | None) -> Iterator[Batch]:
        """See ``DataSource.read``. A file has no cursor: it is read from the start each time.

        Raises:
            InputError: the file can't be read at all, or does not fit the mapping.
            SettingsError: a setting is wrong.
            TryAgain: disk or memory have no room for the file to be worked on.
        """
        with self._open() as opened:
            yield from read_batches(
                opened.connection, self.settings.kind, opened.columns, opened.scan, self.settings.batch_rows
            )

    @contextmanager
    def _open(self) -> Iterator[_Opened]:
        with tempfile.TemporaryDirectory(prefix="hub-csv-") as name, _clear_words(self.path):
            folder = Path(name)
            clean = folder / "clean.csv"
            encoding, path = self._as_utf_8(folder)
            dialect, places = self._fit(path)
            found = scan(path, dialect, clean, transcoded=path != self.path)
            with closing(connect(folder)) as connection:
                load(connection, clean, dialect.signs, len(dialect.header), list(places.values()), found.rows)
                clean.unlink()
                fields, zone = fields_of(self.settings.kind), self.context.time_zone.key
                columns = read_columns(
                    connection, fields, places, dialect.header, self.settings, zone, padded=found.padded
                )
                yield _Opened(connection, encoding, dialect, columns, found)

    def _look(self) -> None:
        """Read the beginning of the file and see whether the mapping fits its header."""
        with tempfile.TemporaryDirectory(prefix="hub-csv-") as name, _clear_words(self.path):
            _, path = self._as_utf_8(Path(name), most=_HEAD)
            self._fit(path)

    def _as_utf_8(self, folder: Path, most: int | None = None) -> tuple[str, Path]:
        """The file's encoding, and the file itself or its beginning as UTF-8."""
        encodings.check_file(self.path)
        given = self.settings.encoding
        encoding = encodings.check_encoding(given) if given else encodings.find_encoding(self.path)
        if encodings.is_utf_8(encoding):
            return encoding, self.path
        target = folder / "utf-8.csv"
        encodings.transcode(self.path, encoding, target, most)
        return encoding, target

    def _fit(self, path: Path) -> tuple[Dialect, dict[str, int]]:
        dialect = find_dialect(path, self.settings.delimiter, self.settings.quote)
        return dialect, map_columns(self.settings.kind, self.settings.mapping, dialect.header)


@contextmanager
def _clear_words(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TryAgain(f"{path} could not be read through: {error.strerror or error}") from error
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise TryAgain(f"{path} could not be read through: there is no room for working on it") from error

"""A file with a row for each member, always whole: rewritten beside itself and then swapped in."""

import csv
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from errno import EACCES, EISDIR, ENOENT, ENOTDIR, EPERM, EROFS
from pathlib import Path

from hub import HubError, NotFound, SettingsError, TryAgain
from hub_csv.cells import KEY

_FOR_THE_USER = frozenset({EACCES, EISDIR, ENOENT, ENOTDIR, EPERM, EROFS})


@contextmanager
def clear_words(path: Path) -> Iterator[None]:
    """Say of a file error what the user can do about it.

    Raises:
        SettingsError: the folder is not there, or may not be written to.
        TryAgain: the disk is full or in trouble.
    """
    try:
        yield
    except OSError as error:
        raise _explained(path, error) from error


def _explained(path: Path, error: OSError) -> HubError:
    why = error.strerror or str(error)
    if error.errno in _FOR_THE_USER:
        return SettingsError(f"{path} can't be written ({why}): choose another folder, or allow it")
    return TryAgain(f"{path} could not be written: {why}")


@dataclass(frozen=True)
class MemberFile:
    """The file, and how its rows are laid out."""

    path: Path
    columns: tuple[str, ...]
    """Without the key, which comes first."""
    delimiter: str

    def create(self) -> bool:
        """Make the file with a header alone; return whether the name was free.

        It appears whole or not at all, and never in another's place.
        """
        with clear_words(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            written = self._write_beside([])
            try:
                os.link(written, self.path)
            except FileExistsError:
                return False
            finally:
                written.unlink()
            _settle(self.path.parent)
        return True

    def read(self) -> dict[str, list[str]]:
        """The rows by their key, each with the key and a cell for each column, as they stand there.

        A column the file does not have yet is empty.

        Raises:
            NotFound: the file was removed.
            SettingsError: it is not such a file any more, or may not be read.
        """
        try:
            with clear_words(self.path), self.path.open(encoding="utf-8", newline="") as file:
                reader = csv.DictReader(file, delimiter=self.delimiter, restval="")
                if KEY not in (reader.fieldnames or ()):
                    raise SettingsError(
                        f"{self.path} has no column {KEY!r} with the delimiter {self.delimiter!r}: "
                        "it was changed by someone else; remove it and sync anew"
                    )
                return {row[KEY]: [row[KEY], *(row.get(name, "") for name in self.columns)] for row in reader}
        except (csv.Error, UnicodeDecodeError) as error:
            raise SettingsError(
                f"{self.path} is not a CSV file in UTF-8 any more ({error}): remove it and sync anew"
            ) from error

    def require(self) -> None:
        """Make sure that the file is still there.

        Raises:
            NotFound: it was removed.
        """
        if not self.path.is_file():
            raise NotFound(f"the file {self.path} was removed: its members must be written anew")

    def replace(self, rows: Iterable[list[str]]) -> None:
        """Put other rows in place of all; killed at any moment, either the old or the new file is there."""
        with clear_words(self.path):
            written = self._write_beside(rows)
            try:
                written.chmod(self.path.stat().st_mode & 0o777)
                written.replace(self.path)
            except OSError:
                written.unlink()
                raise
            _settle(self.path.parent)

    def _write_beside(self, rows: Iterable[list[str]]) -> Path:
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".", suffix=".writing")
        written = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                # With a lone line feed for a line end, Python 3.11 would leave a carriage return unquoted.
                writer = csv.writer(file, delimiter=self.delimiter, lineterminator="\r\n")
                writer.writerow([KEY, *self.columns])
                writer.writerows(rows)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            written.unlink(missing_ok=True)
            raise
        return written


def _settle(folder: Path) -> None:
    """Have the folder itself written to disk, where the system can: else a power cut undoes the swap."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

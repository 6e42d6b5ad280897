"""The file with the keys that secrets are encrypted under: one key a line, the newest first."""

import hmac
import logging
import os
import stat
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography.fernet import Fernet
from filelock import FileLock

from hub.core.contracts.errors import StoreError

_log = logging.getLogger(__name__)

_FILE_NAME = "secrets.key"


class KeyFile:
    """Reads and writes ``secrets.key`` in the hub's home. Only its owner may read it (mode 0600).

    Whoever has both this file and the store can read every secret; whoever loses this file must enter them
    all again. So keep a copy of it, away from the copies of the store.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / _FILE_NAME
        # Two processes that make or change keys at once must not lose one.
        self._lock = FileLock(home / f"{_FILE_NAME}.lock", mode=0o600)

    def keys(self) -> Sequence[Fernet]:
        """The keys, newest first; none if there is no file.

        Raises:
            StoreError: the file can't be read or holds something that is no key.
        """
        return [Fernet(line) for line in self._lines()]

    def derived(self, use: bytes) -> Sequence[bytes]:
        """A key for another use than encrypting, made of each key; newest first.

        Raises:
            StoreError: as ``keys``.
        """
        return [hmac.digest(line, use, "sha256") for line in self._lines()]

    def make_sure(self) -> Sequence[Fernet]:
        """The keys, newest first; makes the file with a first key if there is none.

        Raises:
            StoreError: the file can't be read or written.
        """
        if not self.path.exists():
            self._change(lambda lines: lines or [_new_key()])
        return self.keys()

    def add(self) -> None:
        """Put a new key before all others; the others still open what they sealed.

        Raises:
            StoreError: the file can't be read or written.
        """
        self._change(lambda lines: [_new_key(), *lines])

    def keep_newest(self) -> None:
        """Drop every key but the newest. What is still sealed under another can't be opened any more.

        Raises:
            StoreError: the file can't be read or written.
        """
        self._change(lambda lines: lines[:1])

    def _lines(self) -> list[bytes]:
        try:
            text = self.path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreError(f"the key file {self.path} can't be read: {error.strerror}") from error
        if os.name == "posix" and stat.S_IMODE(self.path.stat().st_mode) & 0o077:
            _log.warning("others may read the key file %s; run: chmod 600 %s", self.path, self.path)
        lines = text.split()
        for number, line in enumerate(lines, start=1):
            _check(line, number, self.path)
        if not lines:
            raise StoreError(f"the key file {self.path} is empty; restore it from a copy")
        return lines

    def _change(self, changed: Callable[[list[bytes]], list[bytes]]) -> None:
        try:
            with self._lock:
                _write(self.path, b"".join(line + b"\n" for line in changed(self._lines())))
        except OSError as error:
            raise StoreError(f"the key file {self.path} can't be written: {error.strerror}") from error


def _new_key() -> bytes:
    return Fernet.generate_key()


def _check(line: bytes, number: int, path: Path) -> None:
    try:
        Fernet(line)
    except ValueError:
        wrong = True
    else:
        wrong = False
    if wrong:  # raised here, so that nothing of the line is chained
        raise StoreError(f"line {number} of the key file {path} is not a key; restore the file from a copy")


def _write(path: Path, content: bytes) -> None:
    """Replace a file so that any reader sees the old one or the new one, whole, and a crash leaves one of them."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

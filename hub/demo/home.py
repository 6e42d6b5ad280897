"""The demo's home: made afresh each time, and never at the cost of anything that the demo did not make."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from hub.core.contracts.errors import InUse

DEFAULT = Path("demo-home")

MARK = ".hub-demo"
_MARK_TEXT = "`hub demo` made this folder, and removes it with all that is in it when it is run again.\n"
_LOCK = ".hub-demo.lock"


@contextmanager
def fresh_home(folder: Path | None) -> Iterator[Path]:
    """An empty folder for the demo, taken by this process while the block lasts; it stays afterwards.

    Args:
        folder: it must be empty or not exist. None: ``./demo-home``. There an earlier demo is removed, also when
            that folder is named.

    Raises:
        InUse: the folder holds anything else, or a demo is running in it.
    """
    home = folder or DEFAULT
    if home.absolute() == DEFAULT.absolute() and _is_earlier_demo(home):
        _remove(home)
    _require_empty(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / MARK).write_text(_MARK_TEXT, encoding="utf-8")
    with _taken(home):
        yield home


def _is_earlier_demo(home: Path) -> bool:
    mark = home / MARK
    if home.is_symlink() or mark.is_symlink() or not mark.is_file():
        return False
    return mark.read_bytes() == _MARK_TEXT.encode()


def _remove(home: Path) -> None:
    with _taken(home):
        pass
    shutil.rmtree(home)


def _require_empty(home: Path) -> None:
    if home.is_symlink() or (home.exists() and not home.is_dir()):
        raise InUse(f"{home} is not a folder; name one that is empty or does not exist yet with --home")
    if home.exists() and any(home.iterdir()):
        raise InUse(
            f"the folder {home} is not empty, and the demo removes nothing that it did not make; "
            "name one that is empty or does not exist yet with --home"
        )


@contextmanager
def _taken(home: Path) -> Iterator[None]:
    lock = FileLock(home / _LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise InUse(f"a demo is running in {home}; stop it first, or name another folder with --home") from None
    try:
        yield
    finally:
        lock.release()

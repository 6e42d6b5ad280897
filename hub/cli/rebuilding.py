"""Deletes a home's replica, unless another process works with it."""

from contextlib import suppress
from pathlib import Path

import duckdb

from hub.core.contracts.errors import InUse


def delete_replica(home: Path) -> None:
    """Delete the replica's files.

    Raises:
        InUse: another process has one open; it would go on with a file that is no longer there.
    """
    folder = home / "replica"
    for file in folder.glob("*.duckdb"):
        _refuse_if_open(file)
    for file in folder.glob("*.duckdb*"):
        file.unlink()


def _refuse_if_open(file: Path) -> None:
    try:
        with suppress(duckdb.InvalidInputException):  # no database, or another version's: to be deleted anyway
            duckdb.connect(str(file)).close()
    except duckdb.Error as error:
        if "lock" in str(error).lower():
            raise InUse("another process, such as `hub serve`, works with the replica; end it first") from error

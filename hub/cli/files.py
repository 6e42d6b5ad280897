"""Writes files of people's data: whole or not at all, and for their owner's eyes alone."""

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO


def write_file(pieces: Iterable[bytes], file: str) -> None:
    """Write a file, to standard output if its name is a dash.

    Args:
        pieces: what it holds.
        file: its path. It appears whole or not at all, and may be read by its owner alone.
    """
    if file == "-":
        _write(pieces, sys.stdout.buffer)
        return
    target = Path(file)
    if target.exists() and not target.is_file():  # a pipe or a device: there is nothing to replace
        with target.open("wb") as opened:
            _write(pieces, opened)
        return
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")  # made with mode 0600
    try:
        with os.fdopen(descriptor, "wb") as opened:
            _write(pieces, opened)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _write(pieces: Iterable[bytes], to: IO[bytes]) -> None:
    for piece in pieces:
        to.write(piece)
    to.flush()

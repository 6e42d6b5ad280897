"""Says how the files of an export are brought into another hub."""

import shlex
from collections.abc import Iterable

from hub.core.exports.data import KINDS, DataFile

README = "README.txt"

_INTRODUCTION = """\
All customer data of this hub as CSV files in UTF-8: a folder for each source, a file for each kind of record.
A text that a spreadsheet could take for a formula begins with an apostrophe, which an import takes off again.

To bring the files into a hub, go to this folder and run these commands in this order:
"""


def instructions(files: Iterable[DataFile]) -> str:
    """The text of README.txt: a command for each file, in the order in which they are to be run."""
    ordered = sorted(files, key=lambda file: (file.folder, KINDS.index(file.kind)))
    return "\n".join([_INTRODUCTION, *map(_command, ordered), ""])


def _command(file: DataFile) -> str:
    form = "--delimiter , --encoding utf-8 --decimal ."
    return f"hub import csv {shlex.quote(file.path)} --kind {file.kind} --source {shlex.quote(file.source)} {form}"

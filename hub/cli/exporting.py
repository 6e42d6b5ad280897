"""Writes exports where a command says: members in one of several forms, and the data of all customers."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import typer

from hub.cli.files import write_file
from hub.cli.members import readable
from hub.core.app import Hub
from hub.core.contracts.errors import NameTaken
from hub.core.engines.bitmap import Bitmap
from hub.core.exports.data import DataFile
from hub.core.exports.instructions import README, instructions
from hub.core.exports.rows import as_csv, as_json_lines

_FORMS = ("csv", "jsonl", "xlsx")


def form_of(said: str | None, file: str) -> str:
    """How members are written: as it was said, else as the file's ending says, else as CSV.

    Raises:
        BadParameter: there is no such form.
    """
    if said is None:
        ending = Path(file).suffix.removeprefix(".").lower()
        return ending if ending in _FORMS else "csv"
    if said not in _FORMS:
        raise typer.BadParameter(f"{said!r} is none of {', '.join(_FORMS)}", param_hint="--format")
    return said


def write_members(hub: Hub, members: Bitmap, file: str, form: str) -> int:
    """Write members with their figures; return how many there are."""
    count = 0

    def counted() -> Iterator[pa.Table]:
        nonlocal count
        for piece in hub.exports.members(members):
            count += piece.num_rows
            yield readable(piece, hub.organisation)

    match form:
        case "xlsx":
            write_file(hub.exports.workbook(members), file)
            return len(members)
        case "jsonl":
            write_file(as_json_lines(counted()), file)
        case _:
            write_file(as_csv(counted(), quoted_header=False), file)
    return count


def write_folder(files: Iterator[DataFile], folder: Path) -> list[str]:
    """Write the files of all customer data into a new folder for its owner's eyes alone; return their paths.

    The folder appears whole or not at all.

    Raises:
        NameTaken: there is something of that name already.
    """
    if folder.exists():
        raise NameTaken(f"there is {folder} already: name a folder that is to be made")
    beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))  # made with mode 0700
    try:
        written: list[DataFile] = []
        for file in files:
            (beside / file.folder).mkdir(mode=0o700, exist_ok=True)
            write_file(file.pieces, str(beside / file.path))
            written.append(file)
        write_file([instructions(written).encode()], str(beside / README))
        beside.rename(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return [file.path for file in written]

"""The audience sink: a CSV file in a folder that follows a segment."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import Field, field_validator

from hub import (
    AudienceSink,
    IdentifierKind,
    Member,
    NotFound,
    Rejection,
    Removal,
    ReplacingSink,
    Settings,
    SettingsError,
)
from hub_csv.cells import row_maker
from hub_csv.file_names import candidates, is_file_name
from hub_csv.member_file import MemberFile

__all__ = ["CsvSink", "CsvSinkSettings"]

_COLUMNS = (
    "external_id", "email", "phone", "first_name", "last_name", "street", "postcode", "city", "country",
    "language", "orders", "tickets", "revenue",
)  # fmt: skip


class CsvSinkSettings(Settings):
    """Settings of the sink ``csv``."""

    folder: str = Field(
        "audiences", min_length=1, description="where the files are; a relative path starts in the hub's home"
    )
    delimiter: str = Field(",", description="between two fields: a comma, a semicolon, a tab …")
    columns: tuple[str, ...] = Field(
        _COLUMNS, description="what a row holds beside the customer's number, in this order"
    )

    @field_validator("delimiter")
    @classmethod
    def _delimiter_is_one_sign(cls, delimiter: str) -> str:
        delimiter = "\t" if delimiter == "\\t" else delimiter
        if len(delimiter) != 1 or delimiter.isalnum() or delimiter in " \"'\r\n\0":
            raise ValueError("must be a single sign, such as ; or , or \\t")
        return delimiter

    @field_validator("columns")
    @classmethod
    def _columns_are_known(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        for name in columns:
            if name not in _COLUMNS:
                raise ValueError(f"there is no column {name!r}; choose from {', '.join(_COLUMNS)}")
        if len(set(columns)) < len(columns):
            raise ValueError("a column is named twice")
        return columns


class CsvSink(AudienceSink[CsvSinkSettings], ReplacingSink):
    """Keeps one file per audience, with a row for each member under the customer's number.

    An audience's id is its file's name.
    """

    name = "csv"
    label = "CSV file"
    help = "Keeps a CSV file true to the segment, for programs that read files."
    settings_model = CsvSinkSettings
    accepts = frozenset({IdentifierKind.CUSTOMER})
    traits = _COLUMNS
    largest_batch = 100_000

    @property
    def folder(self) -> Path:
        """Where the files are."""
        return self.context.folder / Path(self.settings.folder).expanduser()

    def check(self) -> None:
        """See ``Component.check``: files can be made in the folder, or the folder itself."""
        existing = next(each for each in (self.folder, *self.folder.parents) if each.exists())
        if not existing.is_dir():
            raise SettingsError(f"folder: {existing} is a file, not a folder")
        if not os.access(existing, os.W_OK | os.X_OK):
            raise SettingsError(f"folder: {existing} may not be written to")

    def ensure_audience(self, name: str, known: str | None) -> str:
        """See ``AudienceSink.ensure_audience``: the file's name."""
        if known is not None:
            self._file(known).require()
            return known
        return next(each for each in candidates(name) if self._file(each).create())

    def reference(self, member: Member) -> str:
        """See ``AudienceSink.reference``: the customer's number, as it stands in the file."""
        return member.identifiers[IdentifierKind.CUSTOMER]

    @property
    def form(self) -> str:
        """See ``AudienceSink.form``: the columns; those already written lack a new one."""
        return ",".join(self.settings.columns)

    def add(self, audience: str, members: Sequence[Member]) -> Sequence[Rejection]:
        """See ``AudienceSink.add``. The file takes everyone."""
        file = self._file(audience)
        file.require()
        rows = file.read()
        make = row_maker(self.settings.columns, self.context.currency)
        rows |= {self.reference(member): make(member) for member in members}
        file.replace(rows.values())
        return ()

    def remove(self, audience: str, removals: Sequence[Removal]) -> Sequence[Rejection]:
        """See ``AudienceSink.remove``."""
        file = self._file(audience)
        file.require()
        gone = {removal.reference for removal in removals}
        rows = file.read()
        if gone & rows.keys():
            file.replace(row for key, row in rows.items() if key not in gone)
        return ()

    def replace(self, audience: str, batches: Iterable[Sequence[Member]], total: int) -> Iterator[Rejection]:
        """See ``ReplacingSink.replace``: the file is written once, beside the old one; nobody is fine, too."""
        file = self._file(audience)
        file.require()
        make = row_maker(self.settings.columns, self.context.currency)
        file.replace(make(member) for members in batches for member in members)
        yield from ()

    def _file(self, audience: str) -> MemberFile:
        if not is_file_name(audience):
            raise NotFound(f"{audience!r} is not the name of a file in {self.folder}")
        return MemberFile(self.folder / audience, self.settings.columns, self.settings.delimiter)

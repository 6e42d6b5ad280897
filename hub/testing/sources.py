"""The conformance suite of data sources: inherit it in a plugin's tests and override its fixtures."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pytest
from pydantic import SecretStr, ValidationError

from hub import LINE_COLUMN, RECORDS, Batch, DataSource, Record, Settings, arrow_schema
from hub.core.contracts.records import DELETABLE

Keys = Mapping[str, set[tuple[object, ...]]]
"""For each kind of record, the keys of those that were read."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ROWS_TO_BUILD = 1000


class DataSourceConformance:
    """What every data source must do. Override ``source``, and ``expected_kinds`` if it matters.

    The source must have something to read, and the same things each time.
    """

    @pytest.fixture
    def source(self) -> DataSource[Any]:
        """The source under test, ready to read a handful of records."""
        raise NotImplementedError("override the fixture 'source'")

    @pytest.fixture
    def expected_kinds(self) -> Collection[str] | None:
        """The kinds of records it brings; None if any will do."""
        return None

    @pytest.fixture
    def batches(self, source: DataSource[Any]) -> Sequence[Batch]:
        """Everything the source has."""
        return list(source.read(None))

    def test_the_class_says_all_it_must(self, source: DataSource[Any]) -> None:
        """Name, label, help and settings are there and make sense."""
        kind = type(source)
        assert _NAME.fullmatch(kind.name)
        assert kind.label.strip()
        assert kind.help.strip()
        assert issubclass(kind.settings_model, Settings)
        assert isinstance(source.settings, kind.settings_model)

    def test_every_setting_is_described(self, source: DataSource[Any]) -> None:
        """The form and the documentation are made of the descriptions."""
        fields = type(source).settings_model.model_fields
        assert [name for name, field in fields.items() if not field.description] == []

    def test_settings_refuse_unknown_fields(self, source: DataSource[Any]) -> None:
        """A misspelt setting is an error."""
        known = {name: getattr(source.settings, name) for name in type(source.settings).model_fields}
        type(source.settings).model_validate(known)
        with pytest.raises(ValidationError):
            type(source.settings).model_validate({**known, "no_such_setting": 1})

    def test_settings_mask_secrets(self, source: DataSource[Any]) -> None:
        """No secret is in what is printed of the settings or the source."""
        shown = f"{source.settings!r} {source.settings} {source.settings.model_dump_json()} {source!r} {source}"
        for name in type(source.settings).model_fields:
            value = getattr(source.settings, name)
            if isinstance(value, SecretStr):
                assert value.get_secret_value() not in shown

    def test_check_passes(self, source: DataSource[Any]) -> None:
        """Settings that work pass, as often as one likes."""
        source.check()
        source.check()

    def test_something_is_read(self, batches: Sequence[Batch], expected_kinds: Collection[str] | None) -> None:
        """There are records, of the kinds that are expected."""
        kinds = {kind for batch in batches for kind, table in batch.tables.items() if table.num_rows}
        assert kinds
        assert expected_kinds is None or kinds == set(expected_kinds)

    def test_tables_have_the_columns_of_their_records(self, batches: Sequence[Batch]) -> None:
        """Each kind is known; each column is a field of the record, or the line, in its Arrow type."""
        for kind, table in _tables(batches):
            assert kind in RECORDS, f"no record is named {kind!r}: choose one of {', '.join(RECORDS)}"
            fields = [name for name in table.column_names if name != LINE_COLUMN]
            assert len(set(table.column_names)) == len(table.column_names)
            assert set(fields) <= set(RECORDS[kind].model_fields)
            assert table.select(fields).schema.equals(arrow_schema(RECORDS[kind], fields))
            if LINE_COLUMN in table.column_names:
                assert table.schema.field(LINE_COLUMN).type == pa.int64()

    def test_required_fields_are_always_there(self, batches: Sequence[Batch]) -> None:
        """A field that a record must have is a column; one that can't be unknown is never null."""
        never_null = {kind: _never_null(model) for kind, model in RECORDS.items()}
        for kind, table in _tables(batches):
            for name, field in RECORDS[kind].model_fields.items():
                assert name in table.column_names or not field.is_required(), f"{kind} lack the column {name}"
            for name in never_null[kind] & set(table.column_names):
                assert table[name].null_count == 0, f"{kind} have no {name} in some rows"

    def test_values_keep_to_their_constraints(self, batches: Sequence[Batch]) -> None:
        """The first rows are valid records: nothing is too long, too large or outside its choices."""
        for kind, table in _tables(batches):
            fields = [name for name in table.column_names if name in RECORDS[kind].model_fields]
            for row in table.select(fields).slice(0, _ROWS_TO_BUILD).to_pylist():
                RECORDS[kind].model_validate(row)

    def test_rejected_rows_say_why(self, batches: Sequence[Batch]) -> None:
        """Each has a reason in words and a place, and names a field if it is one."""
        names = {name for model in RECORDS.values() for name in model.model_fields}
        for batch in batches:
            for row in batch.rejected:
                assert row.reason.strip()
                assert row.line >= 0
                # A source may fill several kinds of records from one row and call a field by two words.
                assert not row.field or any(word in names for word in (row.field, *row.field.split("_")))

    def test_what_is_gone_is_told_by_kinds_and_ids(self, batches: Sequence[Batch]) -> None:
        """A kind that can't be deleted, or an id that is no text, would end an import."""
        for batch in batches:
            for kind, ids in [*batch.deletions.items(), *batch.listings.items()]:
                assert kind in DELETABLE, f"{kind} can't be deleted: only {', '.join(DELETABLE)} can"
                assert all(isinstance(one, str) and one for one in ids)
            assert "order_lines" not in batch.listings

    def test_a_listing_has_all_that_was_read(self, batches: Sequence[Batch]) -> None:
        """Else what was just brought would be deleted."""
        for batch in batches:
            for kind, ids in batch.listings.items():
                read = {key[0] for key in keys(batches).get(kind, ())}
                assert read <= set(ids)

    def test_cursors_are_text_or_nothing(self, batches: Sequence[Batch]) -> None:
        """The hub keeps a cursor in a column of text."""
        assert all(batch.cursor is None or (isinstance(batch.cursor, str) and batch.cursor) for batch in batches)

    def test_reading_twice_brings_the_same_keys(self, source: DataSource[Any], batches: Sequence[Batch]) -> None:
        """Else a record would be stored twice."""
        assert keys(list(source.read(None))) == keys(batches)

    def test_reading_goes_on_from_every_cursor(self, source: DataSource[Any], batches: Sequence[Batch]) -> None:
        """A run killed after any batch goes on: what it brings with what was stored is everything."""
        stored: list[Batch] = []
        for batch in batches:
            stored.append(batch)
            if batch.cursor is not None:
                rest = list(source.read(batch.cursor))
                assert keys([*stored, *rest]) == keys(batches)

    def test_a_reading_can_be_left(self, source: DataSource[Any], batches: Sequence[Batch]) -> None:
        """A run that is cancelled leaves nothing behind that would hinder the next."""
        reading = source.read(None)
        next(iter(reading))
        close = getattr(reading, "close", None)
        if close is not None:
            close()
        assert keys(list(source.read(None))) == keys(batches)


def keys(batches: Sequence[Batch]) -> Keys:
    """The keys of all records in batches, by kind."""
    found: dict[str, set[tuple[object, ...]]] = {}
    for kind, table in _tables(batches):
        names = [name for name in RECORDS[kind].key if name in table.column_names]
        rows = table.select(names).to_pylist()
        found.setdefault(kind, set()).update(tuple(row[name] for name in names) for row in rows)
    return found


def _tables(batches: Sequence[Batch]) -> list[tuple[str, pa.Table]]:
    return [(kind, table) for batch in batches for kind, table in batch.tables.items()]


def _never_null(model: type[Record]) -> set[str]:
    """The fields for which None is no value, as every field is that must be given."""
    schema = model.model_json_schema()["properties"]
    return {
        name
        for name, facts in schema.items()
        if all(part.get("type") != "null" for part in facts.get("anyOf", ()))
    }

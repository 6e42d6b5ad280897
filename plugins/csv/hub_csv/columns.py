"""For each field of a file: the SQL that reads it, and the SQL that says when a cell is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial

import duckdb

from hub_csv import dates, numbers, words
from hub_csv.fields import Field
from hub_csv.settings import CsvSourceSettings
from hub_csv.sql import WHITE, as_it_was, literal, matches, one_row, trimmed


@dataclass(frozen=True)
class Column:
    """A column of the file and how it is read."""

    field: Field
    header: str
    cell: str
    """SQL of the cell as text; null when empty."""
    value: str
    """SQL of the value; null when the cell is empty or wrong."""
    forms: tuple[dates.DateForm, ...] = ()
    style: numbers.NumberStyle | None = None
    needed_beside: tuple[str, ...] = ()
    """Names of fields that have a column: this cell may be empty as long as all of theirs are."""

    @property
    def wrong(self) -> str:
        """SQL: whether the row must be refused, given ``cell`` and ``value`` as ``t`` and ``v`` and the name."""
        text, value = f"t_{self.field.name}", f"v_{self.field.name}"
        tests = []
        if self.needed_beside:
            beside = ", ".join(f"t_{name}" for name in self.needed_beside)
            tests.append(f"({text} IS NULL AND coalesce({beside}) IS NOT NULL)")
        elif self.field.required and not self.field.needed_beside:
            tests.append(f"{text} IS NULL")
        if self.field.code:
            tests.append(f"NOT {matches(value, f'[A-Z]{{{self.field.longest}}}')}")
        elif self.field.longest is not None:
            # Bytes are quicker to count than characters, and never fewer.
            tests.append(f"(strlen({value}) > {self.field.longest} AND length({value}) > {self.field.longest})")
        elif self.field.type is not str:
            tests.append(f"({text} IS NOT NULL AND {value} IS NULL)")
        if self.field.least is not None:
            tests.append(f"{value} < {self.field.least:g}")
        if self.field.most is not None:
            tests.append(f"{value} > {self.field.most:.0f}")
        if self.forms and not self.forms[0].pattern:
            tests.append(f"year({value}) NOT BETWEEN 1000 AND 2999")
        return f"coalesce({' OR '.join(tests)}, false)" if tests else "false"

    @property
    def stored(self) -> str:
        """SQL: what is handed over, with the record's default where the cell is empty."""
        value = f"v_{self.field.name}"
        default = self.field.default
        if default is None:
            return value
        shown = literal(default) if isinstance(default, str) else str(default)
        return f"coalesce({value}, {shown})"


def read_columns(
    connection: duckdb.DuckDBPyConnection,
    fields: Mapping[str, Field],
    places: Mapping[str, int],
    header: Sequence[str],
    settings: CsvSourceSettings,
    zone: str,
    *,
    padded: bool,
) -> list[Column]:
    """Find out how each mapped column of the table ``raw`` is written, over all of its rows.

    Args:
        connection: holds the table.
        fields: every field the kind has, by name.
        places: the column's place in the file for each mapped field.
        header: the file's column names.
        settings: what the user says about the file.
        zone: the time zone of times without an offset.
        padded: whether there may be cells with white space at an end.

    Raises:
        InputError: days and months, or decimal signs, can't be told apart.
        SettingsError: ``date_format`` is no format.
    """
    plain = _plain(connection, fields, places, padded=padded)
    given = dates.given_form(connection, settings.date_format) if settings.date_format else None
    texts = {name: f"c{place}" if plain[name] else trimmed(f"c{place}") for name, place in places.items()}
    style = _style(connection, fields, texts, plain, settings)
    found = []
    for name, place in places.items():
        field, column = fields[name], header[place]
        if is_date(field.type):
            found.append(_date_column(connection, field, column, f"c{place}", given, zone))
        elif is_number(field.type):
            simple = plain[name] and style.decimal == "."
            read = numbers.simple_sql if simple else partial(numbers.number_sql, style=style)
            found.append(Column(field, column, texts[name], read(texts[name], field.type), style=style))
        elif field.type is str:
            value = f"upper({texts[name]})" if field.code else as_it_was(texts[name])
            beside = tuple(other for other in field.needed_beside if other in places)
            found.append(Column(field, column, texts[name], value, needed_beside=beside))
        else:
            found.append(Column(field, column, texts[name], words.word_sql(texts[name], field)))
    return found


def _plain(
    connection: duckdb.DuckDBPyConnection, fields: Mapping[str, Field], places: Mapping[str, int], *, padded: bool
) -> dict[str, bool]:
    """Whether a column's cells can be taken as they are: no white space around, numbers without ado."""
    tests: dict[str, str] = {}
    for name, place in places.items():
        cell = f"c{place}"
        if is_number(fields[name].type):
            tests[name] = f"bool_and({matches(cell, numbers.simple_pattern(fields[name].type))})"
        elif padded and not is_date(fields[name].type):  # a date's forms tell by themselves
            ends = " OR ".join(f"ends_with({cell}, {literal(white)})" for white in WHITE)
            tests[name] = f"NOT bool_or({cell} < '!' OR {ends})"  # all white space sorts before !
    row = one_row(connection, f"SELECT count(*), {', '.join(tests.values())} FROM raw")[1:]
    return dict.fromkeys(places, True) | {
        name: answer is not False for name, answer in zip(tests, row, strict=True)
    }


def _style(
    connection: duckdb.DuckDBPyConnection,
    fields: Mapping[str, Field],
    texts: Mapping[str, str],
    plain: Mapping[str, bool],
    settings: CsvSourceSettings,
) -> numbers.NumberStyle:
    if settings.decimal:
        return numbers.NumberStyle(settings.decimal)
    columns = [name for name in texts if is_number(fields[name].type)]
    if all(plain[name] for name in columns):
        return numbers.NumberStyle(".")
    return numbers.find_style(connection, [texts[name] for name in columns])


def _date_column(
    connection: duckdb.DuckDBPyConnection,
    field: Field,
    header: str,
    cell: str,
    given: dates.DateForm | None,
    zone: str,
) -> Column:
    forms: tuple[dates.DateForm, ...]
    if given:
        cell, forms, complete = trimmed(cell), (given,), True
    else:
        forms, complete = dates.find_forms(connection, cell, header)
        if not complete:
            cell = trimmed(cell)
            forms, complete = dates.find_forms(connection, cell, header)
    read = dates.instant_sql if issubclass(field.type, datetime) else dates.day_sql
    return Column(field, header, cell, read(cell, forms, zone, guarded=not complete), forms)


def is_date(python_type: type) -> bool:
    """Whether the type is a day or an instant."""
    return issubclass(python_type, date)


def is_number(python_type: type) -> bool:
    """Whether the type is an amount, a count or a measure."""
    return issubclass(python_type, Decimal | int | float) and not issubclass(python_type, bool)

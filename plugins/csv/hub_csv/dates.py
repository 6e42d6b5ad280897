"""How dates are written, how a column's way is found out, and the SQL that reads it."""

import re
from dataclasses import dataclass

import duckdb

from hub import InputError, SettingsError
from hub_csv.sql import first_of, literal, matches, one_row

_DAY = r"[1-9][0-9]{3}-[0-9]{1,2}-[0-9]{1,2}"  # an end such as 9999-12-31 is usual for none
_CLOCK = r"[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
_SAMPLE = 1000


@dataclass(frozen=True)
class DateForm:
    """One way of writing a date or a time."""

    example: str
    pattern: str
    """A regular expression, understood alike by Python and DuckDB; empty when ``format`` decides alone."""
    format: str = ""
    """For strptime; empty when DuckDB's own cast reads it."""
    instant: bool = False
    """Whether the text says its offset from UTC."""

    def sql(self, cell: str) -> str:
        """The SQL that reads a cell: a TIMESTAMP, or a TIMESTAMPTZ if ``instant``; null if it can't."""
        if self.format:
            return f"try_strptime({cell}, {literal(self.format)})"
        return f"TRY_CAST({cell} AS {'TIMESTAMPTZ' if self.instant else 'TIMESTAMP'})"


def _with_times(example: str, pattern: str, day: str) -> tuple[DateForm, ...]:
    """A form for the day alone, and with hours and minutes, and with seconds."""
    return (
        DateForm(example, pattern, day),
        DateForm(f"{example} 19:30", pattern + r" [0-9]{1,2}:[0-9]{2}", f"{day} %H:%M"),
        DateForm(f"{example} 19:30:00", pattern + r" [0-9]{1,2}:[0-9]{2}:[0-9]{2}", f"{day} %H:%M:%S"),
    )


_SLASHED = r"[0-9]{1,2}/[0-9]{1,2}/[12][0-9]{3}"
_UNDISPUTED = (
    DateForm("2024-12-31 19:30", f"{_DAY}(?:{_CLOCK})?"),
    DateForm("2024-12-31T19:30:00Z", f"{_DAY}{_CLOCK}(?:Z|[+-][0-9]{{2}}(?::?[0-9]{{2}})?)", instant=True),
    *_with_times("31.12.2024", r"[0-9]{1,2}\.[0-9]{1,2}\.[12][0-9]{3}", "%d.%m.%Y"),
    DateForm("20241231", r"[12][0-9]{7}", "%Y%m%d"),
)
_DAY_FIRST = _with_times("31/12/2024", _SLASHED, "%d/%m/%Y")
_MONTH_FIRST = _with_times("12/31/2024", _SLASHED, "%m/%d/%Y")


def given_form(connection: duckdb.DuckDBPyConnection, date_format: str) -> DateForm:
    """The form a user asks for.

    Raises:
        SettingsError: it is not a strptime format, or lacks the year, month or day.
    """
    wanted = f"date_format {date_format!r}"
    try:
        example, kind = one_row(
            connection,
            f"SELECT strftime(TIMESTAMP '2024-12-31 19:30:00', {literal(date_format)}), "
            f"typeof(try_strptime('', {literal(date_format)}))",
        )
    except duckdb.Error as error:
        raise SettingsError(f"{wanted} is not a format such as %d/%m/%Y: {_first_line(error)}") from error
    form = DateForm(example, "", date_format, instant="ZONE" in kind)
    back = one_row(connection, f"SELECT ({form.sql(literal(example))})::DATE::VARCHAR")
    if back != ("2024-12-31",):
        raise SettingsError(f"{wanted} must say year, month and day, such as %d/%m/%Y")
    return form


def find_forms(connection: duckdb.DuckDBPyConnection, cell: str, column: str) -> tuple[tuple[DateForm, ...], bool]:
    """Find out, over the whole column, in which forms its dates are written.

    Args:
        connection: holds the table ``raw``.
        cell: the SQL of the column's cell.
        column: its header, for an error.

    Returns:
        The forms, and whether every cell is written in one of them.

    Raises:
        InputError: days and months can't be told apart.
    """
    found: dict[str, DateForm] = {}
    cells = f"(SELECT {cell} AS v FROM raw WHERE {cell} IS NOT NULL LIMIT {_SAMPLE})"
    while rows := connection.execute(
        f"SELECT left(translate(v, '012345678', '999999999'), 40), min(v) FROM {cells} GROUP BY 1"
    ).fetchall():
        new = {form.pattern: form for _, text in rows for form in _forms_like(text)}
        if not new.keys() - found.keys():
            break
        found |= new
        # The next round sees whatever else the whole column holds.
        cells = f"(SELECT {cell} AS v FROM raw WHERE {cell} IS NOT NULL AND NOT {_any_of(cell, found)})"
    forms = tuple(found.values())
    if any(form in _DAY_FIRST for form in forms) and _month_is_first(connection, cell, column):
        by_pattern = {form.pattern: form for form in _MONTH_FIRST}
        forms = tuple(by_pattern.get(form.pattern, form) for form in forms)
    return forms or _UNDISPUTED[:1], not rows


def _forms_like(text: str) -> list[DateForm]:
    return [form for form in (*_UNDISPUTED, *_DAY_FIRST) if re.fullmatch(form.pattern, text)]


def _any_of(cell: str, found: dict[str, DateForm]) -> str:
    return matches(cell, "|".join(f"(?:{pattern})" for pattern in found))


def _month_is_first(connection: duckdb.DuckDBPyConnection, cell: str, column: str) -> bool:
    days, months, told_apart = one_row(
        connection,
        f"SELECT count_if(a > 12 AND b <= 12), count_if(b > 12 AND a <= 12), count_if(a <> b) FROM (SELECT "
        f"TRY_CAST(split_part(v, '/', 1) AS INTEGER) AS a, TRY_CAST(split_part(v, '/', 2) AS INTEGER) AS b "
        f"FROM (SELECT {cell} AS v FROM raw) WHERE {matches('v', _SLASHED + '.*')})",
    )
    if days == months and told_apart:
        raise InputError(
            f"column {column!r} has dates such as 03/04/2024, where the day can't be told from the month: "
            f"set date_format to %d/%m/%Y or %m/%d/%Y"
        )
    return bool(months > days)


def instant_sql(cell: str, forms: tuple[DateForm, ...], zone: str, *, guarded: bool) -> str:
    """SQL that reads a cell as a TIMESTAMPTZ; a text without an offset is local time in ``zone``.

    ``guarded`` means that there are cells in other forms, which are to become null.
    """
    local = f"timezone({literal(zone)}, "
    return _choose(
        cell,
        [(form, form.sql(cell) if form.instant else f"{local}{form.sql(cell)})") for form in forms],
        guarded=guarded,
    )


def day_sql(cell: str, forms: tuple[DateForm, ...], zone: str, *, guarded: bool) -> str:
    """SQL that reads a cell as a DATE; a text with an offset is the day it then was in ``zone``."""
    local = f"timezone({literal(zone)}, "
    return _choose(
        cell,
        [(form, f"{local}{form.sql(cell)})" if form.instant else form.sql(cell)) for form in forms],
        guarded=guarded,
        cast="::DATE",
    )


def _choose(cell: str, readings: list[tuple[DateForm, str]], *, guarded: bool, cast: str = "") -> str:
    if len(readings) == 1 and not guarded:
        return f"({readings[0][1]}){cast}"
    return first_of([(matches(cell, form.pattern), f"({sql}){cast}") for form, sql in readings])


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]

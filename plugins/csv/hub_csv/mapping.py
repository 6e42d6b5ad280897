"""Decide which column of the file fills which field of the record."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from hub import InputError, SettingsError
from hub_csv.fields import Field, fields_of, optional_in_file
from hub_csv.headings import headings_of, plain


def map_columns(kind: str, mapping: Mapping[str, str], header: tuple[str, ...]) -> dict[str, int]:
    """Return the column's position for each field that the file fills, in the record's order.

    A column with a field's name fills it unless the mapping says otherwise: uses the column for
    another field, gives the field another column, or gives it none (an empty text). A field that is
    still without a column takes one that is free and is called what such columns usually are.

    Raises:
        SettingsError: the mapping names a field the kind does not have.
        InputError: a mapped column is not there, or a required field has none.
    """
    fields = fields_of(kind)
    for name in mapping:
        if name not in fields:
            raise SettingsError(f"mapping: {kind} have no field {name!r}{_instead(name, fields)}")
    given = {name: _position(name, column, header) for name, column in mapping.items() if column}
    by_name = {column.casefold(): position for position, column in reversed(list(enumerate(header)))}
    found: dict[str, int] = {}
    for name in fields:
        if name in given:
            found[name] = given[name]
        elif name not in mapping and name in by_name and by_name[name] not in given.values():
            found[name] = by_name[name]
    taken = {*given.values(), *found.values()}
    for name in fields:
        if name not in found and name not in mapping:
            position = _by_heading(kind, name, header, taken)
            if position is not None:
                found[name] = position
                taken.add(position)
    found = {name: found[name] for name in fields if name in found}
    _require(kind, fields, found, header)
    return found


def _position(name: str, column: str, header: tuple[str, ...]) -> int:
    wanted = column.strip()
    if wanted in header:
        return header.index(wanted)
    folded = [each.casefold() for each in header]
    if folded.count(wanted.casefold()) == 1:
        return folded.index(wanted.casefold())
    raise InputError(
        f"mapping: {name} is to come from column {column!r}, but the file has no such column"
        f"{_instead(column, header)}"
    )


def _by_heading(kind: str, name: str, header: tuple[str, ...], taken: set[int]) -> int | None:
    """The free column that bears the likeliest of the field's usual headings; none where two bear the same."""
    free: dict[str, list[int]] = {}
    for position, column in enumerate(header):
        if position not in taken:
            free.setdefault(plain(column), []).append(position)
    places = next((free[heading] for heading in headings_of(kind, name) if heading in free), [])
    return places[0] if len(places) == 1 else None


def _require(kind: str, fields: Mapping[str, Field], found: Mapping[str, int], header: tuple[str, ...]) -> None:
    missing = [name for name, field in fields.items() if name not in found and not optional_in_file(kind, field)]
    if missing:
        raise InputError(
            f"no column is mapped to {', '.join(missing)}, which {kind} must have: "
            f'add to the mapping, such as {missing[0]}="column"{_instead(missing[0], header)}'
        )


def _instead(wrong: str, names: Iterable[str]) -> str:
    """The rest of the sentence: what was probably meant, and what there is."""
    known = [name for name in names if name]
    by_fold = {name.casefold(): name for name in known}
    close = get_close_matches(wrong.strip().casefold(), by_fold, n=1, cutoff=0.6)
    hint = f"; did you mean {by_fold[close[0]]!r}?" if close else "."
    return f"{hint} There are: {', '.join(known)}"

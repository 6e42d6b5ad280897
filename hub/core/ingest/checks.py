"""Finds the rows of a batch that break their record's rules, a whole column at a time."""

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, get_args, get_origin

import annotated_types as at
import pyarrow as pa
import pyarrow.compute as pc

from hub.core.contracts.records import LINE_COLUMN, Record, RejectedRow, value_type


def split(model: type[Record], table: pa.Table) -> tuple[pa.Table, list[RejectedRow]]:
    """Part a table into the rows that keep the record's rules and a reason for each other row.

    Args:
        model: the record whose field constraints apply.
        table: rows with the record's Arrow types; the column ``line`` names each row's place.
    """
    good: pa.ChunkedArray | None = None
    rejected: list[RejectedRow] = []
    for name in table.column_names:
        if name == LINE_COLUMN:
            continue
        for broken, reason in _rules(model, name, table[name]):
            bad = pc.fill_null(broken, False)
            if not pc.any(bad).as_py():
                continue
            rejected += [RejectedRow(line, reason, name) for line in _lines(table, bad)]
            kept = pc.invert(bad)
            good = kept if good is None else pc.and_(good, kept)
    if good is None:
        return table, []
    first = {row.line: row for row in reversed(rejected)} if LINE_COLUMN in table.column_names else None
    return table.filter(good), sorted(first.values(), key=lambda row: row.line) if first else rejected


def _lines(table: pa.Table, chosen: pa.ChunkedArray) -> list[int]:
    if LINE_COLUMN not in table.column_names:
        return [0] * pc.sum(chosen).as_py()
    lines: list[int] = table[LINE_COLUMN].filter(chosen).to_pylist()
    return lines


def _rules(model: type[Record], name: str, column: pa.ChunkedArray) -> Iterator[tuple[pa.ChunkedArray, str]]:
    field = model.model_fields[name]
    kind = value_type(model, name)
    if field.is_required():
        yield pc.is_null(column), f"{name} is empty"
    if issubclass(kind, StrEnum):
        allowed = [member.value for member in kind]
        known = pc.is_in(column, pa.array(allowed))
        yield pc.and_(pc.is_valid(column), pc.invert(known)), f"{name} must be one of {', '.join(allowed)}"
    for rule in _constraints(field.annotation, field.metadata):
        match rule:
            case at.Ge(ge=least):
                yield pc.less(column, _bound(least, column)), f"{name} is less than {least}"
            case at.Le(le=most):
                yield pc.greater(column, _bound(most, column)), f"{name} is more than {most}"
            case at.MinLen(min_length=least):
                blank = pc.utf8_is_space(column)  # what is kept is trimmed
                yield pc.or_(blank, pc.less(pc.utf8_length(column), least)), f"{name} is empty"
            case at.MaxLen(max_length=most):
                yield pc.greater(pc.utf8_length(column), most), f"{name} is longer than {most} characters"


def _bound(value: Any, column: pa.ChunkedArray) -> pa.Scalar:
    return pa.scalar(Decimal(value) if pa.types.is_decimal(column.type) else value, column.type)


def _constraints(annotation: Any, metadata: list[Any]) -> Iterator[Any]:
    for item in metadata:
        yield from item if isinstance(item, at.GroupedMetadata) else [item]
    if get_origin(annotation) is Annotated:
        inner, *extra = get_args(annotation)
        for item in extra:
            yield from _constraints(inner, list(getattr(item, "metadata", [item])))
    else:
        for part in get_args(annotation):
            yield from _constraints(part, [])

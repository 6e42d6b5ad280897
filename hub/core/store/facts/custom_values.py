"""Merges customers' values of custom fields, each into the column of its field's type."""

from dataclasses import replace

import sqlalchemy as sa

from hub.core.contracts.records import LINE_COLUMN, CustomFieldType, RejectedRow
from hub.core.store.facts.burying import bury
from hub.core.store.facts.custom_fields import KnownField, known_fields
from hub.core.store.facts.merging import (
    FactWriting,
    Merged,
    ensure_external,
    external,
    line_of,
    looked_up,
    merge,
)
from hub.core.store.tables import Customer, CustomField, CustomValue, table_of

_READINGS = {
    CustomFieldType.NUMBER: "number_value",
    CustomFieldType.DATE: "day_value",
    CustomFieldType.YES_NO: "yes_no_value",
}
_EXPECTED = {
    CustomFieldType.NUMBER: "a number such as 1234.5, with at most four decimals",
    CustomFieldType.DATE: "a date such as 2024-12-31",
    CustomFieldType.YES_NO: "yes or no",
}
_COLUMNS = ("text_value", *_READINGS.values())
_SHOWN = 60


def merge_custom_values(writing: FactWriting, staged: sa.Table) -> Merged:
    """Update or insert values, or take them off where the value is empty.

    A value of an unknown field, or one that is not written as its field's type is, is rejected.

    Args:
        writing: the transaction.
        staged: customer, field and value, and beside them how the value reads as a number (in
            ten-thousandths), a day and a truth: null where it does not.
    """
    if "value" not in staged.c:  # nothing is said of any value
        offered = sa.select(sa.func.count()).select_from(staged)
        return Merged(unchanged=writing.connection.execute(offered).scalar_one())
    known = known_fields(writing.connection, writing.organisation_id)
    with looked_up(writing, _typed(writing, staged)) as found:
        choices = [
            sa.and_(found.c.field_id == field.id, found.c.text_value.not_in(field.choices))
            for field in known.values()
            if field.value_type is CustomFieldType.CHOICE
        ]
        empty = sa.and_(*(found.c[name].is_(None) for name in _COLUMNS))
        wrong = sa.or_(found.c.field_id.is_(None), sa.and_(found.c.value.is_not(None), empty), *choices)
        wrong = sa.func.coalesce(wrong, sa.false())
        rejected = _rejected(writing, found, wrong, known)
        wanted = sa.and_(~wrong, found.c.value.is_not(None))
        made = ensure_external(writing, Customer, sa.case((wanted, found.c.customer)))
        rows = (
            sa.select(
                external(writing, Customer, found.c.customer).label("customer_number"),
                found.c.field_id,
                *(found.c[name] for name in _COLUMNS),
            )
            .where(wanted)
            .subquery()
        )
        merged = merge(writing, table_of(CustomValue), rows, ["customer_number", "field_id"])
        cleared, absent = _take_off(writing, found, sa.and_(~wrong, found.c.value.is_(None)))
    return replace(
        merged,
        updated=merged.updated + cleared,
        unchanged=merged.unchanged + absent,
        rejected=rejected,
        made={"customers": made},
    )


def _typed(writing: FactWriting, staged: sa.Table) -> sa.Select[*tuple[object, ...]]:
    """Each staged row with its field's id, and its value in the column of the field's type."""
    fields = table_of(CustomField)
    ours = sa.and_(fields.c.organisation_id == writing.organisation_id, fields.c.name == staged.c.field)
    as_text = fields.c.value_type.in_([CustomFieldType.TEXT.value, CustomFieldType.CHOICE.value])
    return sa.select(
        staged.c.customer,
        staged.c.field,
        staged.c.value,
        line_of(staged).label(LINE_COLUMN),
        fields.c.id.label("field_id"),
        sa.case((as_text, staged.c.value)).label("text_value"),
        *(
            sa.case((fields.c.value_type == value_type.value, staged.c[name])).label(name)
            for value_type, name in _READINGS.items()
        ),
    ).select_from(staged.outerjoin(fields, ours))


def _rejected(
    writing: FactWriting, found: sa.Table, wrong: sa.ColumnElement[bool], known: dict[str, KnownField]
) -> list[RejectedRow]:
    query = sa.select(found.c[LINE_COLUMN], found.c.field, found.c.value).where(wrong)
    return [
        RejectedRow(line, _reason(known[name], value), "value")
        if name in known
        else RejectedRow(line, f"there is no custom field {name!r}: bring it first, as custom_fields", "field")
        for line, name, value in writing.connection.execute(query)
    ]


def _reason(field: KnownField, value: str) -> str:
    shown = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
    expected = _EXPECTED.get(field.value_type) or f"one of {', '.join(field.choices)}"
    return f"value: {shown!r} does not fit the custom field {field.name!r}, which is {expected}"


def _take_off(writing: FactWriting, found: sa.Table, empty: sa.ColumnElement[bool]) -> tuple[int, int]:
    """Remove the values of empty rows; return how many went, and how many were not there."""
    values, customers = table_of(CustomValue), table_of(Customer)
    theirs = sa.and_(customers.c.source_id == writing.source_id, customers.c.external_id == found.c.customer)
    unwanted = (
        sa.select(values.c.id)
        .select_from(found)
        .join(customers, theirs)
        .join(
            values,
            sa.and_(values.c.customer_number == customers.c.number, values.c.field_id == found.c.field_id),
        )
        .where(empty)
    )
    removed = bury(writing.connection, values, values.c.id.in_(unwanted), writing.revision)
    counted = sa.select(sa.func.count()).select_from(found).where(empty)
    return removed, writing.connection.execute(counted).scalar_one() - removed

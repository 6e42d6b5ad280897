"""Merges the fields an organisation adds to its customers."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from hub.core.contracts.records import CustomFieldType, RejectedRow
from hub.core.store.facts.merging import FactWriting, Merged, line_of
from hub.core.store.tables import CustomField, table_of

_BETWEEN = "|"


@dataclass(frozen=True)
class KnownField:
    """A custom field as it is stored."""

    id: int
    name: str
    value_type: CustomFieldType
    choices: tuple[str, ...]


def known_fields(connection: sa.Connection, organisation_id: int) -> dict[str, KnownField]:
    """The organisation's custom fields by name."""
    table = table_of(CustomField)
    query = sa.select(table.c.id, table.c.name, table.c.value_type, table.c.choices)
    found = connection.execute(query.where(table.c.organisation_id == organisation_id))
    return {
        name: KnownField(identity, name, CustomFieldType(value_type), tuple(choices))
        for identity, name, value_type, choices in found
    }


def merge_custom_fields(writing: FactWriting, staged: sa.Table) -> Merged:
    """Insert fields, or change the choices of known ones. A field keeps its type.

    Fields are few, so they are gone through one by one.
    """
    known = known_fields(writing.connection, writing.organisation_id)
    told = "choices" in staged.c
    choices = staged.c.choices if told else sa.null().label("choices")
    lines = line_of(staged).label("line")
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    rejected: list[RejectedRow] = []
    unchanged = 0
    for row in writing.connection.execute(sa.select(staged.c.name, staged.c.value_type, choices, lines)):
        offered = split_choices(row.choices)
        there = known.get(row.name)
        if not told and there is not None:
            offered = there.choices
        mistake = _mistake(row.value_type, offered, there)
        if mistake:
            rejected.append(RejectedRow(row.line, mistake[1], mistake[0]))
        elif there is None:
            new.append({"name": row.name, "value_type": row.value_type, "choices": list(offered)})
        elif there.choices != offered:
            changed.append({"field_id": there.id, "offered": list(offered)})
        else:
            unchanged += 1
    table = table_of(CustomField)
    if new:
        writing.connection.execute(sa.insert(table).values(organisation_id=writing.organisation_id), new)
    if changed:
        offering = sa.bindparam("offered", type_=table.c.choices.type)
        change = sa.update(table).where(table.c.id == sa.bindparam("field_id")).values(choices=offering)
        writing.connection.execute(change, changed)
    return Merged(len(new), len(changed), unchanged, rejected)


def split_choices(text: str | None) -> tuple[str, ...]:
    """The choices in a text, in their order, each once."""
    parts = (part.strip() for part in (text or "").split(_BETWEEN))
    return tuple(dict.fromkeys(part for part in parts if part))


def _mistake(value_type: str, choices: tuple[str, ...], there: KnownField | None) -> tuple[str, str] | None:
    """The field that is wrong and the reason, or None."""
    if there is not None and there.value_type != value_type:
        return "value_type", f"value_type is {there.value_type} already and can't be changed: choose another name"
    if value_type == CustomFieldType.CHOICE and not choices:
        return "choices", f"choices are needed for a choice, with {_BETWEEN} between them"
    if value_type != CustomFieldType.CHOICE and choices:
        return "choices", f"choices are for fields of type choice only, this one is {value_type}"
    return None

"""The fields a file can fill, with every constraint taken from the record's model."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hub import RECORDS, OrderLineRecord, OrderRecord, Record, value_type

LINE_FIELDS: Mapping[str, str] = {
    "event": "event",
    "product": "product",
    "category": "category",
    "quantity": "quantity",
    "line_total": "total",
    "line": "id",
}
"""In an orders file: fields of the row's order line, with the field of ``OrderLineRecord`` each fills."""

_CODE_LENGTHS = {"country": 2, "currency": 3}


@dataclass(frozen=True)
class Field:
    """A field of a record as a file fills it."""

    name: str
    """What a mapping calls it."""
    attribute: str
    """Its name in the record."""
    type: type
    required: bool
    default: str | int | bool | None
    """What an empty cell means; None where it means that nothing is known."""
    longest: int | None
    """Most characters of a text."""
    least: float | None
    most: float | None
    needed_beside: tuple[str, ...]
    """It may be empty only where all of these are: fields of the file."""
    code: bool
    """A code of letters, as many as ``longest``, written in capitals: a country or currency."""

    @property
    def choices(self) -> tuple[str, ...]:
        """The words an enumeration allows; empty for any other type."""
        return tuple(self.type) if issubclass(self.type, StrEnum) else ()


def fields_of(kind: str) -> dict[str, Field]:
    """All fields a file of a kind can have, by name. An orders file is flat: it has its lines' too."""
    model = RECORDS[kind]
    fields = _fields(model, {name: name for name in model.model_fields})
    return fields | _fields(OrderLineRecord, LINE_FIELDS) if kind == OrderRecord.kind else fields


def optional_in_file(kind: str, field: Field) -> bool:
    """Whether a file can do without the field: the record does, or the hub finds it itself."""
    return not field.required or (kind == OrderRecord.kind and field.name in ("id", "line"))


def _fields(model: type[Record], names: Mapping[str, str]) -> dict[str, Field]:
    # The JSON schema is pydantic's one public view that holds every constraint.
    properties = model.model_json_schema()["properties"]
    return {name: _field(model, attribute, name, properties[attribute]) for name, attribute in names.items()}


def _field(model: type[Record], attribute: str, name: str, schema: Mapping[str, Any]) -> Field:
    info = model.model_fields[attribute]
    facts = dict(schema)
    for part in schema.get("anyOf", ()):
        facts |= part
    return Field(
        name=name,
        attribute=attribute,
        type=value_type(model, attribute),
        required=info.is_required(),
        default=None if info.is_required() else info.default,
        longest=facts.get("maxLength"),
        least=facts.get("minimum"),
        most=facts.get("maximum"),
        needed_beside=tuple(other for other in LINE_FIELDS if other != name) if name == "line" else (),
        code=attribute in _CODE_LENGTHS and facts.get("maxLength") == _CODE_LENGTHS[attribute],
    )

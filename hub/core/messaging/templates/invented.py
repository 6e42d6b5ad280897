"""Invented customers that templates are tried out with: one of whom all is known, and some with gaps."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from hub.core.messaging.templates.values import Money
from hub.core.messaging.templates.vocabulary import FIELDS, VARIABLES

_BY_TYPE: Mapping[str, object] = {
    "text": "Row 7",
    "number": Decimal("12.5"),
    "date": date(2026, 5, 1),
    "choice": "Row 7",
    "yes_no": True,
}


def full(fields: Mapping[str, str], currency: str) -> dict[str, Any]:
    """Somebody of whom all is known.

    Args:
        fields: the types of the organisation's custom fields by name.
        currency: the organisation's.
    """
    found: dict[str, Any] = {}
    for variable in VARIABLES:
        value = variable.example
        _put(found, variable.path, Money(value, currency) if isinstance(value, Money) else value)
    _put(found, FIELDS, {name: _BY_TYPE.get(kind, "Row 7") for name, kind in fields.items()})
    return found


def with_gaps(
    fields: Mapping[str, str], currency: str, paths: Collection[str], certain: Collection[str]
) -> Iterator[dict[str, Any]]:
    """Somebody of whom nothing is known that may be missing; then somebody for each gap that a template may meet.

    Args:
        fields: the types of the organisation's custom fields by name.
        currency: the organisation's.
        paths: every name that the template speaks of.
        certain: names that are known all the same, such as ``own_text`` of a newsletter that has one.
    """
    gaps = [variable.path for variable in VARIABLES if variable.may_be_missing and variable.path not in certain]
    gaps += [f"{FIELDS}.{name}" for name in fields]
    empty = full(fields, currency)
    for path in gaps:
        _put(empty, path, None)
    for name in ("orders", "tickets", "events"):
        _put(empty, f"figures.{name}", 0)
    for name in ("tags", "groups"):
        _put(empty, f"customer.{name}", ())
    yield empty
    for path in gaps:
        if path in paths:
            somebody = full(fields, currency)
            _put(somebody, path, None)
            yield somebody


def _put(data: dict[str, Any], path: str, value: object) -> None:
    """Set a value by its path; a custom field's name may hold dots itself."""
    if path.startswith(f"{FIELDS}."):
        data["customer"]["fields"] = {**data["customer"]["fields"], path.removeprefix(f"{FIELDS}."): value}
        return
    *above, name = path.split(".")
    for step in above:
        data = data.setdefault(step, {})
    data[name] = value

"""What Mailchimp's e-commerce calls refuse: missing fields, wrong types, parameters that do not exist."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hub.testing.platforms.mailchimp.problems import invalid

_PAGING = frozenset({"fields", "exclude_fields", "count", "offset"})
PARAMETERS: Mapping[str, frozenset[str]] = {
    "stores": _PAGING,
    "customers": _PAGING | {"email_address"},
    "products": _PAGING,
    "orders": _PAGING | {"customer_id", "has_outreach", "campaign_id", "outreach_id"},
    "carts": _PAGING,
}
"""What each listing can be asked for: nothing here says since when, or in which order."""

_REQUIRED: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "customers": {"id": str, "email_address": str, "opt_in_status": bool},
    "products": {"id": str, "title": str, "variants": list},
    "orders": {"id": str, "customer": dict, "currency_code": str, "order_total": (int, float), "lines": list},
    "carts": {"id": str, "customer": dict, "currency_code": str, "order_total": (int, float), "lines": list},
}
_LINE: Mapping[str, type | tuple[type, ...]] = {
    "id": str, "product_id": str, "product_variant_id": str, "quantity": int, "price": (int, float),
}  # fmt: skip
_TIMES = ("processed_at_foreign", "cancelled_at_foreign", "updated_at_foreign", "published_at_foreign")
_UNPROCESSABLE = "The resource submitted could not be validated. For field-specific details, see errors."


def check(kind: str, body: Mapping[str, Any], products: Mapping[str, Any]) -> None:
    """Refuse a resource that lacks a field, or names a product the store does not have.

    Raises:
        Problem: 400, naming the field.
    """
    _check_fields(body, _REQUIRED[kind], "")
    for index, line in enumerate(body.get("lines", ())):
        _check_fields(line, _LINE, f"lines.item:{index}.")
        if line["product_id"] not in products:
            raise invalid("A product with the provided ID does not exist in the account for this store.")


def check_times(body: Mapping[str, Any]) -> None:
    """Refuse a time that is not in ISO 8601.

    Raises:
        Problem: 400, naming the field.
    """
    for name in _TIMES:
        try:
            datetime.fromisoformat(body.get(name) or "2000-01-01")
        except (TypeError, ValueError):
            raise invalid(_UNPROCESSABLE, (name, "This value is not a valid datetime.")) from None


def check_parameters(query: Mapping[str, str], known: frozenset[str]) -> None:
    """Refuse parameters that do not exist, so that nobody relies on them.

    Raises:
        Problem: 400, naming the parameter.
    """
    for name in query.keys() - known:
        raise invalid("The request has a parameter that does not exist.", (name, "Unknown parameter"))


def chosen_fields(body: Mapping[str, Any], query: Mapping[str, str]) -> Any:
    """What ``fields`` asks for and ``exclude_fields`` leaves, by dotted names."""
    shown: Any = body
    if query.get("fields"):
        shown = _only(shown, [name.split(".") for name in query["fields"].split(",")])
    for name in filter(None, query.get("exclude_fields", "").split(",")):
        shown = _without(shown, name.split("."))
    return shown


def _check_fields(body: Any, fields: Mapping[str, type | tuple[type, ...]], place: str) -> None:
    for name, kind in fields.items():
        value = body.get(name) if isinstance(body, dict) else None
        if not isinstance(value, kind) or value == "":
            raise invalid(_UNPROCESSABLE, (place + name, "Required field, or of a wrong type"))


def _only(value: Any, paths: list[list[str]]) -> Any:
    if isinstance(value, list):
        return [_only(one, paths) for one in value]
    if not isinstance(value, dict) or any(not path for path in paths):
        return value
    heads = {path[0] for path in paths}
    return {
        name: _only(one, [path[1:] for path in paths if path[0] == name])
        for name, one in value.items()
        if name in heads
    }


def _without(value: Any, path: list[str]) -> Any:
    if isinstance(value, list):
        return [_without(one, path) for one in value]
    if not isinstance(value, dict):
        return value
    if len(path) == 1:
        return {name: one for name, one in value.items() if name != path[0]}
    return {name: _without(one, path[1:]) if name == path[0] else one for name, one in value.items()}

"""Answers a listing: checks its parameters, filters, sorts, and takes a page."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from hub.testing.platforms.messages import Reply
from hub.testing.platforms.woocommerce.state import Resource, Shop, shown

_COMMON = frozenset({"page", "per_page", "offset", "order", "orderby", "search", "include", "exclude", "_fields"})
_DATED = _COMMON | {"after", "before", "modified_after", "modified_before", "dates_are_gmt", "status"}
PARAMETERS: Mapping[str, frozenset[str]] = {
    "customers": _COMMON | {"email", "role"},
    "products": _DATED | {"category", "sku", "type"},
    "orders": _DATED | {"customer", "product"},
}
"""WordPress passes over others in silence; here they are refused, so that nobody relies on one."""
_NEVER = datetime(1, 1, 1, tzinfo=UTC)
"""As the database sorts a time that is not there."""
_ORDERBY: Mapping[str, Mapping[str, Callable[[Resource], Any]]] = {
    "customers": {
        "id": lambda row: row["id"],
        "name": lambda row: (row["username"], row["id"]),
        "registered_date": lambda row: (row["created"] or _NEVER, row["id"]),
    },
    "products": {
        "id": lambda row: row["id"],
        "date": lambda row: (row["created"] or _NEVER, row["id"]),
        "modified": lambda row: (row["modified"] or _NEVER, row["id"]),
    },
}
_DEFAULT_ORDER = {"customers": ("name", "asc"), "products": ("date", "desc"), "orders": ("date", "desc")}
ORDER_STATUSES = frozenset(
    {"pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed", "checkout-draft"}
)


class Refused(Exception):
    """A parameter is not what it must be: HTTP status 400."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__(words)
        self.name = name

    def reply(self) -> Reply:
        """The error as WordPress words it."""
        data = {"status": 400, "params": {self.name: str(self)}}
        body = {"code": "rest_invalid_param", "message": f"Invalid parameter(s): {self.name}", "data": data}
        return Reply.of(body, 400)


def answer(shop: Shop, kind: str, query: Mapping[str, str]) -> Reply:
    """The page that is asked for, with the totals in headers.

    Raises:
        Refused: a parameter is unknown or wrong.
    """
    for name in sorted(query.keys() - PARAMETERS[kind]):
        raise Refused(name, f"{name} is no parameter of {kind}.")
    found = [row for row in _all(shop, kind) if _is_wanted(shop, kind, row, query)]
    found.sort(key=_sorting(kind, query), reverse=_direction(kind, query) == "desc")
    size, number = _number(query, "per_page", 10, 100), _number(query, "page", 1)
    start = _number(query, "offset", 0, least=0) if "offset" in query else (number - 1) * size
    rows = [_chosen(shown(shop, kind, row), query) for row in found[start : start + size]]
    headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(-(-len(found) // size))}
    return Reply(200, Reply.of(rows).body, headers=headers)


def _all(shop: Shop, kind: str) -> Sequence[Resource]:
    found: dict[int, Resource] = getattr(shop, kind)
    return list(found.values())


def _is_wanted(shop: Shop, kind: str, row: Resource, query: Mapping[str, str]) -> bool:
    if kind == "customers":
        role = query.get("role", "customer")
        return role in ("all", row["role"])
    if kind == "orders" and not _has_status(row, query.get("status", "any")):
        return False
    for name, field, is_met in (
        ("after", "created", datetime.__gt__),
        ("before", "created", datetime.__lt__),
        ("modified_after", "modified", datetime.__gt__),
        ("modified_before", "modified", datetime.__lt__),
    ):
        if name in query and not is_met(row[field] or _NEVER, _moment(shop, query, name)):
            return False
    return True


def _has_status(row: Resource, wanted: str) -> bool:
    if wanted not in ORDER_STATUSES | {"any", "trash"}:
        raise Refused("status", "status[0] is not one of any, trash, pending, processing …")
    return row["status"] != "trash" if wanted == "any" else bool(row["status"] == wanted)


def _moment(shop: Shop, query: Mapping[str, str], name: str) -> datetime:
    try:
        read = datetime.fromisoformat(query[name])
    except ValueError:
        raise Refused(name, "Invalid date.") from None
    is_gmt = query.get("dates_are_gmt", "false") in ("true", "1")
    # WordPress drops a zone and takes the rest as it stands.
    return read.replace(tzinfo=UTC if is_gmt else shop.time_zone)


def _sorting(kind: str, query: Mapping[str, str]) -> Callable[[Resource], Any]:
    choices = _ORDERBY["customers" if kind == "customers" else "products"]
    chosen = query.get("orderby", _DEFAULT_ORDER[kind][0])
    if chosen not in choices:
        raise Refused("orderby", f"orderby is not one of {', '.join(choices)}.")
    return choices[chosen]


def _direction(kind: str, query: Mapping[str, str]) -> str:
    chosen = query.get("order", _DEFAULT_ORDER[kind][1])
    if chosen not in ("asc", "desc"):
        raise Refused("order", "order is not one of asc, desc.")
    return chosen


def _number(query: Mapping[str, str], name: str, default: int, most: int | None = None, least: int = 1) -> int:
    text = query.get(name, str(default))
    if not text.isdigit() or int(text) < least or (most is not None and int(text) > most):
        raise Refused(name, f"{name} must be between {least} (inclusive) and {most} (inclusive)")
    return int(text)


def _chosen(row: Resource, query: Mapping[str, str]) -> Resource:
    wanted = query.get("_fields")
    return {name: row[name] for name in row if name in wanted.split(",")} if wanted else row

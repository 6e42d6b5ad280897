"""``GET /lists/{list}/members``: contacts by status and by when they changed, sorted and paged."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hub.testing.platforms.mailchimp.checking import STATUSES
from hub.testing.platforms.mailchimp.contacts import shown
from hub.testing.platforms.mailchimp.problems import Problem, invalid
from hub.testing.platforms.mailchimp.routing import Call, Route
from hub.testing.platforms.mailchimp.state import Contact
from hub.testing.platforms.messages import Reply

_SORTS = frozenset({"timestamp_opt", "timestamp_signup", "last_changed"})


def _read_all(call: Call) -> Reply:
    status, query = call.query.get("status"), call.query
    if status is not None and status not in STATUSES | {"archived"}:
        raise _not_allowed("status")
    if query.get("sort_field", "last_changed") not in _SORTS:
        raise _not_allowed("sort_field")
    if query.get("sort_dir", "ASC") not in ("ASC", "DESC"):
        raise _not_allowed("sort_dir")
    unsubscribed = _moment(query, "unsubscribed_since")
    if unsubscribed and status != "unsubscribed":
        raise invalid("unsubscribed_since needs the status unsubscribed.", ("unsubscribed_since", "Not allowed"))
    since, before = _moment(query, "since_last_changed"), _moment(query, "before_last_changed")
    found = [
        contact
        for contact in call.list.contacts.values()
        if (contact.status == status or (status is None and contact.status != "archived"))
        and (since is None or _changed(contact) > since)
        and (before is None or _changed(contact) < before)
        and (unsubscribed is None or (contact.unsubscribed_at or contact.changed_at) > unsubscribed)
    ]
    if "sort_field" in query and call.account.sorts:
        found.sort(key=_changed, reverse=query.get("sort_dir") == "DESC")
    page = [shown(call.account, call.list, contact) for contact in found[call.page()]]
    answer = {"members": page, "list_id": call.list.id, "total_items": len(found)}
    return Reply.of(_chosen(answer, query.get("fields", "")))


def _changed(contact: Contact) -> datetime:
    return contact.changed_at.replace(microsecond=0)


def _chosen(answer: Mapping[str, Any], fields: str) -> Mapping[str, Any]:
    """Only what ``fields`` names, such as ``members.id,total_items``; everything when it names nothing."""
    if not fields:
        return answer
    names = fields.split(",")
    kept = {name.removeprefix("members.") for name in names if name.startswith("members.")}
    rows = [{name: value for name, value in row.items() if name in kept} for row in answer["members"]]
    return {**{name: answer[name] for name in names if name in answer}, **({"members": rows} if kept else {})}


def _moment(query: Mapping[str, str], name: str) -> datetime | None:
    value = query.get(name)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise invalid("The resource submitted could not be validated.", (name, "Not a date")) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _not_allowed(name: str) -> Problem:
    return invalid("The resource submitted could not be validated.", (name, "Value not allowed"))


def routes() -> list[Route]:
    """The calls answered here."""
    return [Route("GET", "/lists/{list}/members", _read_all)]

"""Calls about static segments, which the pages call tags. Unknown addresses are ignored in silence."""

from collections.abc import Iterable
from typing import Any

from hub.testing.platforms.mailchimp.contacts import LONGEST_TAG, shown
from hub.testing.platforms.mailchimp.problems import invalid, not_found
from hub.testing.platforms.mailchimp.routing import Call, Route
from hub.testing.platforms.mailchimp.state import Contact, Segment, subscriber_hash
from hub.testing.platforms.messages import Reply

_LARGEST_CHANGE = 500


def _read_all(call: Call) -> Reply:
    found = list(call.list.segments.values())
    page = [_shown(one) for one in found[call.page()]]
    return Reply.of({"segments": page, "total_items": len(found)})


def _create(call: Call) -> Reply:
    body = call.json()
    name = body.get("name")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_TAG:
        raise invalid("The resource submitted could not be validated.", ("name", "Required field"))
    if "static_segment" not in body or "options" in body:
        raise invalid("Give either static_segment or options.", ("static_segment", "Required field"))
    if call.list.segment_named(name):
        raise invalid("Sorry, that tag already exists.")
    addresses = _addresses(body, "static_segment")
    segment = call.list.make_segment(name)
    for contact in _known(call, addresses):
        call.list.put_tag(contact, segment)
    return Reply.of(_shown(segment))


def _read(call: Call) -> Reply:
    return Reply.of(_shown(call.segment))


def _change(call: Call) -> Reply:
    body, one, segment = call.json(), call.list, call.segment
    to_add, to_remove = _addresses(body, "members_to_add"), _addresses(body, "members_to_remove")
    added = [contact for contact in _known(call, to_add) if one.put_tag(contact, segment)]
    removed = [contact for contact in _known(call, to_remove) if one.take_tag(contact, segment)]
    for contact in (*added, *removed):
        call.account.touch(contact)
    return Reply.of(
        {
            "members_added": [shown(call.account, one, contact) for contact in added],
            "members_removed": [shown(call.account, one, contact) for contact in removed],
            "errors": [],
            "total_added": len(added),
            "total_removed": len(removed),
            "error_count": 0,
        }
    )


def _delete(call: Call) -> Reply:
    segment = call.segment
    for contact in list(call.list.contacts.values()):
        call.list.take_tag(contact, segment)
    del call.list.segments[segment.id]
    return Reply(204)


def _read_members(call: Call) -> Reply:
    wanted = {"subscribed", "pending"}
    wanted |= {name for name in ("unsubscribed", "cleaned", "transactional") if call.flag(f"include_{name}")}
    contacts = (call.list.contacts[hashed] for hashed in call.segment.members)
    found = [contact for contact in contacts if contact.status in wanted]
    page = [shown(call.account, call.list, contact) for contact in found[call.page()]]
    return Reply.of({"members": page, "total_items": len(found)})


def _add_member(call: Call) -> Reply:
    contact = call.list.contacts.get(subscriber_hash(str(call.json().get("email_address", ""))))
    if contact is None:
        raise not_found()
    call.list.put_tag(contact, call.segment)
    return Reply.of(shown(call.account, call.list, contact))


def _remove_member(call: Call) -> Reply:
    if not call.list.take_tag(call.contact, call.segment):
        raise not_found()
    return Reply(204)


def _search(call: Call) -> Reply:
    prefix = call.query.get("name", "").lower()
    found = [one for one in call.list.segments.values() if one.name.lower().startswith(prefix)]
    tags = [{"id": one.id, "name": one.name} for one in found]
    return Reply.of({"tags": tags, "total_items": len(tags)})


def _addresses(body: dict[str, Any], name: str) -> list[str]:
    value = body.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise invalid("The resource submitted could not be validated.", (name, "Schema describes array"))
    if len(value) > _LARGEST_CHANGE:
        raise invalid("Too many addresses.", (name, f"{_LARGEST_CHANGE} at most"))
    return value


def _known(call: Call, addresses: Iterable[str]) -> Iterable[Contact]:
    for address in addresses:
        contact = call.list.contacts.get(subscriber_hash(address))
        if contact and contact.status != "archived" and address not in call.account.ignored:
            yield contact


def _shown(one: Segment) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "member_count": len(one.members), "type": "static"}


def routes() -> list[Route]:
    """The calls answered here."""
    segment = "/lists/{list}/segments/{segment}"
    return [
        Route("GET", "/lists/{list}/segments", _read_all),
        Route("POST", "/lists/{list}/segments", _create),
        Route("GET", segment, _read),
        Route("POST", segment, _change),
        Route("DELETE", segment, _delete),
        Route("GET", f"{segment}/members", _read_members),
        Route("POST", f"{segment}/members", _add_member),
        Route("DELETE", f"{segment}/members/{{member}}", _remove_member),
        Route("GET", "/lists/{list}/tag-search", _search),
    ]

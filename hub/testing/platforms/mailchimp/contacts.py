"""Calls about single contacts: read, upsert, change, archive, delete for good, tag."""

from collections.abc import Mapping
from typing import Any

from hub.testing.platforms.mailchimp.checking import (
    check_address,
    check_merge_fields,
    check_status,
    forgotten,
    in_compliance_state,
)
from hub.testing.platforms.mailchimp.problems import Problem, invalid
from hub.testing.platforms.mailchimp.routing import Call, Route
from hub.testing.platforms.mailchimp.state import Account, AudienceList, Contact, subscriber_hash
from hub.testing.platforms.messages import Reply

BY_ADMIN = "N/A (Unsubscribed by admin)"
"""The reason Mailchimp gives for whom a person or a program with access took off the list."""
LONGEST_TAG = 100
_NOT_REMOVABLE = frozenset({"archived", "cleaned", "pending"})


def shown(account: Account, one: AudienceList, contact: Contact) -> dict[str, Any]:
    """A contact as the interface shows it; merge fields that are empty come back as ``""``."""
    tags = [{"id": tag, "name": one.segments[tag].name} for tag in sorted(contact.tags)]
    reason = {"unsubscribe_reason": contact.unsubscribe_reason} if contact.status == "unsubscribed" else {}
    return {
        "id": contact.id,
        "email_address": contact.email_address,
        "status": contact.status,
        **reason,
        "last_changed": contact.changed_at.isoformat(timespec="seconds"),
        "merge_fields": {tag: contact.merge_fields.get(tag, "") for tag in one.merge_fields},
        "language": contact.language,
        "email_type": contact.email_type,
        "tags_count": len(tags),
        "tags": tags[:50] if account.echoes_tags else [],
        "list_id": one.id,
    }


def create(account: Account, one: AudienceList, item: Mapping[str, Any], *, skip_required: bool) -> Contact:
    """Add a contact to a list.

    Raises:
        Problem: 400 when the address or a merge field is refused.
    """
    address = str(item["email_address"])
    check_address(account, address)
    if subscriber_hash(address) in one.forgotten:
        raise forgotten(address)
    fields = check_merge_fields(one, item.get("merge_fields") or {}, skip_required=skip_required)
    status = check_status(item, "status") or check_status(item, "status_if_new")
    if status is None:
        raise invalid("The resource submitted could not be validated.", ("status_if_new", "Required field"))
    contact = Contact(address, "", fields, str(item.get("language") or ""))
    account.touch(contact, status, BY_ADMIN)
    one.contacts[contact.id] = contact
    for name in item.get("tags") or []:
        one.put_tag(contact, one.segment_named(name) or one.make_segment(name))
    return contact


def update(
    account: Account, one: AudienceList, contact: Contact, item: Mapping[str, Any], *, skip_required: bool
) -> None:
    """Change a contact. Its status changes only if ``status`` is sent, archived or not.

    Raises:
        Problem: 400 when a merge field is refused or a bounced contact is to be subscribed.
    """
    sent = item.get("merge_fields") or {}
    fields = check_merge_fields(one, {**contact.merge_fields, **sent}, skip_required=skip_required)
    status = check_status(item, "status")
    if status == "subscribed" and contact.status == "cleaned":
        raise in_compliance_state(contact.email_address)
    contact.merge_fields.update(fields)
    contact.language = str(item.get("language") or contact.language)
    account.touch(contact, status, BY_ADMIN)


def _read(call: Call) -> Reply:
    return Reply.of(shown(call.account, call.list, call.contact))


def _post(call: Call) -> Reply:
    item = call.json()
    address = str(item.get("email_address", ""))
    if subscriber_hash(address) in call.list.contacts:
        raise _exists(address)
    if item.get("status") is None:
        raise invalid("The resource submitted could not be validated.", ("status", "Required field"))
    skip = call.flag("skip_merge_validation")
    item["email_address"] = address
    contact = create(call.account, call.list, item, skip_required=skip)
    return Reply.of(shown(call.account, call.list, contact))


def _put(call: Call) -> Reply:
    item = call.json()
    skip = call.flag("skip_merge_validation")
    hashed = call.parts["member"]
    address = str(item.get("email_address", ""))
    contact = call.list.contacts.get(subscriber_hash(hashed) if "@" in hashed else hashed)
    if contact is None:
        if subscriber_hash(address) in call.list.contacts:
            raise _exists(address)
        contact = create(call.account, call.list, item | {"email_address": address}, skip_required=skip)
    else:
        update(call.account, call.list, contact, item, skip_required=skip)
    return Reply.of(shown(call.account, call.list, contact))


def _patch(call: Call) -> Reply:
    item = call.json()
    if item.get("status") == "transactional":
        raise invalid("The resource submitted could not be validated.", ("status", "Value not allowed"))
    update(call.account, call.list, call.contact, item, skip_required=call.flag("skip_merge_validation"))
    return _read(call)


def _archive(call: Call) -> Reply:
    contact = call.contact
    if contact.status in _NOT_REMOVABLE:
        raise Problem(
            405,
            "Method Not Allowed",
            "This list member cannot be removed. Can not archive a contact that is bounced, pending or archived",
        )
    call.account.touch(contact, "archived")
    return Reply(204)


def _delete_for_good(call: Call) -> Reply:
    call.list.forget(call.contact)
    return Reply(204)


def _tag(call: Call) -> Reply:
    contact = call.contact
    tags = call.json().get("tags")
    if not isinstance(tags, list):
        raise invalid("The resource submitted could not be validated.", ("tags", "Schema describes array"))
    for tag in tags:
        if not isinstance(tag, dict) or tag.get("status") not in ("active", "inactive") or not tag.get("name"):
            raise invalid("The resource submitted could not be validated.", ("tags.status", "Required field"))
        if not isinstance(tag["name"], str) or len(tag["name"]) > LONGEST_TAG:
            raise invalid("The resource submitted could not be validated.", ("tags.name", "Too long"))
        segment = call.list.segment_named(tag["name"])
        if tag["status"] == "active":
            call.list.put_tag(contact, segment or call.list.make_segment(tag["name"]))
        elif segment is not None:
            call.list.take_tag(contact, segment)
    call.account.touch(contact)
    return Reply(204)


def _exists(address: str) -> Problem:
    detail = f"{address} is already a list member. Use PUT to insert or update list members."
    return Problem(400, "Member Exists", detail, has_type=False)


def routes() -> list[Route]:
    """The calls answered here."""
    member = "/lists/{list}/members/{member}"
    return [
        Route("POST", "/lists/{list}/members", _post),
        Route("GET", member, _read),
        Route("PUT", member, _put),
        Route("PATCH", member, _patch),
        Route("DELETE", member, _archive),
        Route("POST", f"{member}/actions/delete-permanent", _delete_for_good),
        Route("POST", f"{member}/tags", _tag),
    ]

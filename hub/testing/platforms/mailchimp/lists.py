"""Calls about a list: read it, subscribe a batch, and its merge fields."""

from collections.abc import Mapping
from typing import Any

from hub.testing.platforms.mailchimp.checking import check_status
from hub.testing.platforms.mailchimp.contacts import create, shown, update
from hub.testing.platforms.mailchimp.problems import Problem, invalid
from hub.testing.platforms.mailchimp.routing import Call, Route
from hub.testing.platforms.mailchimp.state import MergeField, subscriber_hash
from hub.testing.platforms.messages import Reply

_LARGEST_BATCH = 500
_KINDS = frozenset(
    {"text", "number", "address", "phone", "date", "url", "imageurl", "radio", "dropdown", "birthday", "zip"}
)
_UNPROCESSABLE = "The resource submitted could not be validated. For field-specific details, see errors."


def _ping(_call: Call) -> Reply:
    return Reply.of({"health_status": "Everything's Chimpy!"})


def _read(call: Call) -> Reply:
    one = call.list
    count = sum(contact.status == "subscribed" for contact in one.contacts.values())
    return Reply.of({"id": one.id, "name": one.name, "stats": {"member_count": count}})


def _read_all(call: Call) -> Reply:
    lists = [{"id": one.id, "name": one.name} for one in call.account.lists.values()]
    return Reply.of({"lists": lists[call.page()], "total_items": len(lists)})


def _subscribe(call: Call) -> Reply:
    body = call.json()
    items = body.get("members")
    call.list  # noqa: B018  # an unknown list is a 404 before anything else
    _check_batch(call, items)
    made: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []
    seen: set[str] = set()
    for item in items or []:
        try:
            _subscribe_one(call, body, item, seen, made, changed)
        except _Refused as refused:
            errors.append(refused.entry)
        except Problem as problem:
            errors.append(_error(item, problem))
    return Reply.of(
        {
            "new_members": made,
            "updated_members": changed,
            "errors": errors,
            "total_created": len(made),
            "total_updated": len(changed),
            "error_count": len(errors),
        }
    )


class _Refused(Exception):
    def __init__(self, address: str, error: str, code: str = "ERROR_GENERIC") -> None:
        super().__init__(error)
        self.entry = {
            "email_address": address, "error": error, "error_code": code, "field": "", "field_message": "",
        }  # fmt: skip


def _subscribe_one(
    call: Call,
    body: Mapping[str, Any],
    item: Mapping[str, Any],
    seen: set[str],
    made: list[dict[str, Any]],
    changed: list[dict[str, Any]],
) -> None:
    one, address = call.list, item["email_address"]
    hashed = subscriber_hash(address)
    skip = call.flag("skip_merge_validation")
    if hashed in seen:
        if call.flag("skip_duplicate_check"):
            return
        raise _Refused(address, f"{address} is a duplicate in this request.")
    seen.add(hashed)
    contact = one.contacts.get(hashed)
    if contact is None:
        contact = create(call.account, one, item, skip_required=skip)
        made.append(shown(call.account, one, contact))
        return
    if not body.get("update_existing"):
        text = f"{address} is already a list member, do you want to update? please provide update_existing:true"
        raise _Refused(address, text, "ERROR_CONTACT_EXISTS")
    update(call.account, one, contact, item, skip_required=skip)
    if body.get("sync_tags"):
        for tag in list(contact.tags):
            one.take_tag(contact, one.segments[tag])
        for name in item.get("tags") or []:
            one.put_tag(contact, one.segment_named(name) or one.make_segment(name))
    changed.append(shown(call.account, one, contact))


def _check_batch(call: Call, items: Any) -> None:
    """Whatever is wrong here refuses the whole batch, good members and all."""
    if not isinstance(items, list):
        raise invalid(_UNPROCESSABLE, ("members", "Schema describes array"))
    if len(items) > _LARGEST_BATCH:
        raise invalid(f"You may only batch {_LARGEST_BATCH} members at a time.", ("members", "Too many"))
    for index, item in enumerate(items):
        place = f"members.item:{index}."
        if not isinstance(item, dict) or not isinstance(item.get("email_address"), str):
            raise invalid(_UNPROCESSABLE, (place + "email_address", "Schema describes string"))
        if item["email_address"] in call.account.poison:
            raise invalid(_UNPROCESSABLE, (place + "merge_fields", "Schema describes object"))
        if check_status(item, "status", place) is None and check_status(item, "status_if_new", place) is None:
            raise invalid(_UNPROCESSABLE, (place + "status", "Data did not match any of the schemas"))


def _error(item: Mapping[str, Any], problem: Problem) -> dict[str, Any]:
    field, message = problem.errors[0] if problem.errors else ("", "")
    return {
        "email_address": item["email_address"],
        "error": problem.detail,
        "error_code": "ERROR_GENERIC",
        "field": field,
        "field_message": message,
    }


def _read_merge_fields(call: Call) -> Reply:
    found = list(call.list.merge_fields.values())
    return Reply.of({"merge_fields": [_field(one) for one in found[call.page()]], "total_items": len(found)})


def _add_merge_field(call: Call) -> Reply:
    body = call.json()
    tag, kind = str(body.get("tag") or body.get("name", "")).upper()[:10], body.get("type")
    if not tag or kind not in _KINDS:
        raise invalid(_UNPROCESSABLE, ("type", "Value not allowed"))
    if tag in call.list.merge_fields:
        raise invalid(f'A Merge Field with the tag "{tag}" already exists for this list.')
    choices = tuple((body.get("options") or {}).get("choices") or ())
    phone_format = str((body.get("options") or {}).get("phone_format") or "none")
    made = MergeField(tag, kind, bool(body.get("required")), choices, phone_format)
    call.list.merge_fields[tag] = made
    return Reply.of(_field(made))


def _field(one: MergeField) -> dict[str, Any]:
    options: dict[str, Any] = {"choices": list(one.choices)} if one.choices else {}
    if one.kind == "phone":
        options["phone_format"] = one.phone_format
    return {"tag": one.tag, "name": one.tag, "type": one.kind, "required": one.required, "options": options}


def routes() -> list[Route]:
    """The calls answered here."""
    return [
        Route("GET", "/ping", _ping),
        Route("GET", "/lists", _read_all),
        Route("GET", "/lists/{list}", _read),
        Route("POST", "/lists/{list}", _subscribe),
        Route("GET", "/lists/{list}/merge-fields", _read_merge_fields),
        Route("POST", "/lists/{list}/merge-fields", _add_merge_field),
    ]

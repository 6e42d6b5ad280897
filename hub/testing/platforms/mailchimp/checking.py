"""Checks of what is sent about a contact, with Mailchimp's own messages."""

import re
from collections.abc import Mapping
from typing import Any

from hub.testing.platforms.mailchimp.problems import Problem, invalid
from hub.testing.platforms.mailchimp.state import Account, AudienceList, MergeField

STATUSES = frozenset({"subscribed", "unsubscribed", "cleaned", "pending", "transactional"})
_ADDRESS = re.compile(r"[^@\s,]+@[^@\s,.]+(\.[^@\s,.]+)+")
_FORMS = {
    "date": (re.compile(r"\d{4}-\d{2}-\d{2}|\d{2}/\d{2}/\d{4}"), "Please enter a date"),
    "birthday": (re.compile(r"\d{2}/\d{2}"), "Please enter a month (01-12) and a day (01-31)"),
    "zip": (re.compile(r"\d{5}"), "Please enter a zip code"),
    "number": (re.compile(r"-?\d+(\.\d+)?"), "Please enter a number"),
}
_LONGEST = 255


def check_address(account: Account, address: str) -> None:
    """Refuse what is no address or looks fake.

    Raises:
        Problem: 400, in the recorded words.
    """
    if not _ADDRESS.fullmatch(address):
        raise invalid("Please provide a valid email address.")
    if address.rpartition("@")[2].lower() in account.fake_domains:
        raise invalid(f"{address} looks fake or invalid, please enter a real email address.")


def check_status(item: Mapping[str, Any], name: str, place: str = "") -> str | None:
    """The value of ``status`` or ``status_if_new``, or None when it is not sent.

    Raises:
        Problem: 400 when it is none of the five that may be sent.
    """
    value = item.get(name)
    if value is not None and value not in STATUSES:
        raise invalid("The resource submitted could not be validated.", (place + name, "Value not allowed"))
    return value


def check_merge_fields(one: AudienceList, values: Mapping[str, Any], *, skip_required: bool) -> dict[str, Any]:
    """The merge fields to store; tags the list does not have are passed over.

    Raises:
        Problem: 400 "Your merge fields were invalid." with the field and the message.
    """
    kept: dict[str, Any] = {}
    for tag, value in values.items():
        column = one.merge_fields.get(tag)
        if column is None:
            continue
        message = _mistake(column, value)
        if message:
            raise invalid("Your merge fields were invalid.", (tag, message))
        kept[tag] = value
    if not skip_required:
        for column in one.merge_fields.values():
            if column.required and kept.get(column.tag) in (None, ""):
                raise invalid("Your merge fields were invalid.", (column.tag, "Please enter a value"))
    return kept


def _mistake(column: MergeField, value: Any) -> str:
    if column.kind == "address":
        return "" if value == "" or isinstance(value, dict) else "Please enter a complete address"
    if isinstance(value, dict | list | bool) or value is None:
        return "Data did not match any of the schemas described in anyOf."
    text = str(value)
    if not text:
        return ""
    if column.kind in ("dropdown", "radio") and text not in column.choices:
        return "Please choose one of the values"
    form, message = _FORMS.get(column.kind, (None, ""))
    if form is not None and not form.fullmatch(text):
        return message
    return "" if len(text) <= _LONGEST else f"Value too long, {_LONGEST} characters at most"


def forgotten(address: str) -> Problem:
    """An address that was deleted permanently comes back by import."""
    return Problem(
        400,
        "Forgotten Email Not Subscribed",
        f"{address} was permanently deleted and cannot be re-imported. "
        "The contact must re-subscribe to get back on the list.",
    )


def in_compliance_state(address: str) -> Problem:
    """A contact that bounced is to be made subscribed."""
    return Problem(
        400,
        "Member In Compliance State",
        f"{address} is in a compliance state due to unsubscribe, bounce, or compliance review "
        "and cannot be subscribed.",
    )

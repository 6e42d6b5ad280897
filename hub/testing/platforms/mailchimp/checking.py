"""Checks of what is sent about a contact, with Mailchimp's own messages."""

import re
from collections.abc import Mapping
from typing import Any

from hub.testing.platforms.mailchimp.problems import Problem, invalid
from hub.testing.platforms.mailchimp.state import Account, AudienceList, MergeField

STATUSES = frozenset({"subscribed", "unsubscribed", "cleaned", "pending", "transactional"})
_ADDRESS = re.compile(r"[^@\s,]+@[^@\s,.]+(\.[^@\s,.]+)+")
_FORMS = {
    "date": (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}/[0-9]{2}/[0-9]{4}"), "Please enter a date"),
    "birthday": (re.compile(r"[0-9]{2}/[0-9]{2}"), "Please enter a month (01-12) and a day (01-31)"),
    "zip": (re.compile(r"[0-9]{5}"), "Please enter a zip code"),
    "number": (re.compile(r"-?[0-9]+(\.[0-9]+)?"), "Please enter a number"),
    "url": (re.compile(r"https?://\S+"), "Please enter a valid url"),
    "imageurl": (re.compile(r"https?://\S+"), "Please enter a valid url"),
}
_US_PHONE = re.compile(r"\(?[0-9]{3}\)?[ -]?[0-9]{3}-?[0-9]{4}")
_NO_SCHEMA = "Data did not match any of the schemas described in anyOf."
_LINES_OF_ADDRESS = ("addr1", "city", "state", "zip")
_WITH_STATES = frozenset({"", "US", "CA"})
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
        return "" if value == "" else _mistake_of_address(value)
    if isinstance(value, dict | list | bool) or value is None:
        return _NO_SCHEMA
    text = str(value)
    if not text:
        return ""
    if column.kind in ("dropdown", "radio") and text not in column.choices:
        return "Please choose one of the values"
    if column.kind == "phone" and column.phone_format == "US" and not _US_PHONE.fullmatch(text):
        return "Please enter a valid phone number"
    form, message = _FORMS.get(column.kind, (None, ""))
    if form is not None and not form.fullmatch(text):
        return message
    return "" if len(text) <= _LONGEST else f"Value too long, {_LONGEST} characters at most"


def _mistake_of_address(value: Any) -> str:
    """All lines must be there as texts, and filled; a state only in the countries whose form asks for one."""
    if not isinstance(value, dict) or not all(isinstance(value.get(line), str) for line in _LINES_OF_ADDRESS):
        return _NO_SCHEMA
    filled = set(_LINES_OF_ADDRESS) if value.get("country", "") in _WITH_STATES else {"addr1", "city", "zip"}
    return "" if all(value[line].strip() for line in filled) else "Please enter a complete address"


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

"""Merge fields: which of those wanted an audience has, and which values fit each, by its type."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub import SettingsError
from hub_mailchimp.api import Api, path

ADDRESS = "address"
"""The type of a field, and the name of the column that goes into it: all of the postal address."""
ADDRESS_TRAITS = ("street", "postcode", "city", "region", "country")
_WITHOUT_COLUMN = frozenset({"birthday"})
_WITH_STATES = frozenset({"US", "CA"})
"""Where Mailchimp's forms ask for a state."""
_FORMS = {
    "number": re.compile(r"-?[0-9]+(\.[0-9]+)?"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "zip": re.compile(r"[0-9]{5}"),
    "url": re.compile(r"https?://\S+"),
    "imageurl": re.compile(r"https?://\S+"),
}
_NORTH_AMERICAN = re.compile(r"\+1([0-9]{3})([0-9]{3})([0-9]{4})")


@dataclass(frozen=True)
class MergeField:
    """One column of an audience's contacts."""

    tag: str
    kind: str
    """Mailchimp's ``type``."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """Of a drop-down or of radio buttons: how each is written, by the same without capitals."""
    takes_us_phones: bool = False
    """Whether a phone field is set to the format of the United States."""

    def fit(self, value: str | int) -> str | int | None:
        """The value as Mailchimp takes it, or None if the field does not."""
        if self.kind == "number" and isinstance(value, int):
            return value
        text = str(value)
        if self.kind in ("dropdown", "radio"):
            return self.choices.get(text.casefold())
        if self.kind == "phone" and self.takes_us_phones:
            number = _NORTH_AMERICAN.fullmatch(text)
            return "-".join(number.groups()) if number else None
        form = _FORMS.get(self.kind)
        return text if form is None or form.fullmatch(text) else None


def fit_address(traits: Mapping[str, str | int | None], home: str) -> dict[str, str] | None:
    """A postal address as Mailchimp takes it, or None where a line that it requires is not known.

    Args:
        traits: the customer's columns.
        home: the organisation's country, for customers of whom none is known. Mailchimp's own guess would be the
            United States.
    """
    lines = {name: str(traits.get(name) or "").strip() for name in ADDRESS_TRAITS}
    country = lines["country"] or home
    required = [lines["street"], lines["city"], lines["postcode"]]
    if country in _WITH_STATES:
        required.append(lines["region"])
    if not all(required):
        return None
    # An empty state is taken, a missing one refused.
    return {
        "addr1": lines["street"],
        "city": lines["city"],
        "state": lines["region"],
        "zip": lines["postcode"],
        "country": country,
    }


def read_fields(api: Api, list_id: str, wanted: Mapping[str, str]) -> dict[str, MergeField]:
    """Those merge fields that are wanted and that the audience has, by tag.

    Args:
        api: the account.
        list_id: the audience.
        wanted: the column that is to go into each tag.

    Raises:
        SettingsError: one of them can't take its column.
    """
    found = {str(row.get("tag")): row for row in api.pages(path("lists", list_id, "merge-fields"), "merge_fields")}
    fields = {tag: _field(tag, found[tag]) for tag in wanted if tag in found}
    for tag, one in fields.items():
        if one.kind in _WITHOUT_COLUMN or (one.kind == ADDRESS) != (wanted[tag] == ADDRESS):
            raise SettingsError(_mismatch(one, wanted[tag]))
    return fields


def _field(tag: str, row: Mapping[str, Any]) -> MergeField:
    options = row.get("options")
    options = options if isinstance(options, dict) else {}
    choices = options.get("choices")
    return MergeField(
        tag,
        str(row.get("type")),
        {str(one).casefold(): str(one) for one in (choices if isinstance(choices, list) else ())},
        options.get("phone_format") == "US",
    )


def _mismatch(one: MergeField, column: str) -> str:
    if one.kind == ADDRESS:
        return f"merge_fields: {one.tag} is an address in Mailchimp and takes all of it: set {one.tag} = address."
    if column == ADDRESS:
        return (
            f"merge_fields: {one.tag} is of the type {one.kind} in Mailchimp, but only a field of the type "
            "address takes a whole address. Choose another field, or one column such as city."
        )
    return (
        f"merge_fields: {one.tag} is of the type {one.kind} in Mailchimp, which no column fits. "
        "Choose a text, number or phone field."
    )

"""How a member is written down as a Mailchimp contact."""

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from hub import Member, SettingsError
from hub_mailchimp.api import Api, path

_UNSUITABLE = frozenset({"address", "birthday"})
"""Merge fields that take several values or a form no column of a customer has."""
_REGIONAL = {"fr-ca": "fr_CA", "pt-pt": "pt_PT", "es-es": "es_ES"}
"""The only languages Mailchimp tells apart by region."""


def subscriber_hash(address: str) -> str:
    """Mailchimp's id of a contact: MD5 of the lower-case address."""
    return hashlib.md5(address.lower().encode(), usedforsecurity=False).hexdigest()


def read_columns(api: Api, list_id: str, wanted: Mapping[str, str]) -> dict[str, str]:
    """The kinds of those merge fields that are wanted and that the audience has, by tag.

    Raises:
        SettingsError: one of them can't take a column's value.
    """
    found = {
        str(row.get("tag")): str(row.get("type"))
        for row in api.pages(path("lists", list_id, "merge-fields"), "merge_fields")
    }
    columns = {tag: found[tag] for tag in wanted if tag in found}
    for tag, kind in columns.items():
        if kind in _UNSUITABLE:
            raise SettingsError(
                f"merge_fields: {tag} is of the type {kind} in Mailchimp, which no column fits. "
                "Choose a text, number or phone field."
            )
    return columns


class Contacts:
    """Writes members down as contacts of one audience."""

    def __init__(self, columns: Mapping[str, str], wanted: Mapping[str, str], currency: str) -> None:
        self._columns = columns
        self._wanted = wanted
        self._digits = get_currency_precision(currency)

    def write(self, address: str, member: Member) -> dict[str, Any]:
        """One item of a batch.

        There is ``status_if_new`` and never ``status``: whoever has unsubscribed stays unsubscribed. What
        the hub does not know of a customer is left out, so that Mailchimp keeps what it knows.
        """
        item: dict[str, Any] = {"email_address": address, "status_if_new": "subscribed"}
        fields = {tag: self._value(tag, member) for tag in self._columns}
        fields = {tag: value for tag, value in fields.items() if value not in (None, "")}
        if fields:
            item["merge_fields"] = fields
        language = member.traits.get("language")
        if language:
            item["language"] = language_code(str(language))
        return item

    def _value(self, tag: str, member: Member) -> str | int | None:
        trait = self._wanted[tag]
        value = member.traits.get(trait)
        if trait == "revenue" and isinstance(value, int):
            return f"{Decimal(value).scaleb(-self._digits):f}"
        return str(value) if isinstance(value, int) and self._columns[tag] != "number" else value


def language_code(language: str) -> str:
    """Mailchimp's code of a language: two letters, with a region only where Mailchimp knows one."""
    tag = language.replace("_", "-").lower()
    return _REGIONAL.get(tag, tag.partition("-")[0])

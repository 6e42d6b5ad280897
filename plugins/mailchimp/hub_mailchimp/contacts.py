"""How a member is written down as a Mailchimp contact."""

import hashlib
import logging
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from hub import Member
from hub_mailchimp.fields import ADDRESS, MergeField, fit_address

_REGIONAL = {"fr-ca": "fr_CA", "pt-pt": "pt_PT", "es-es": "es_ES"}
"""The only languages Mailchimp tells apart by region."""


def subscriber_hash(address: str) -> str:
    """Mailchimp's id of a contact: MD5 of the lower-case address."""
    return hashlib.md5(address.lower().encode(), usedforsecurity=False).hexdigest()


class Contacts:
    """Writes members down as contacts of one audience.

    Args:
        fields: the merge fields to fill, by tag.
        wanted: the column that goes into each.
        status_if_new: as what a contact enters that the audience does not have yet.
        currency: of ``revenue``, as an ISO code.
        country: the organisation's, as an ISO code.
    """

    def __init__(
        self,
        fields: Mapping[str, MergeField],
        wanted: Mapping[str, str],
        status_if_new: str,
        currency: str,
        country: str,
    ) -> None:
        self._fields = fields
        self._wanted = wanted
        self._status_if_new = status_if_new
        self._digits = get_currency_precision(currency)
        self._country = country
        self._misfits: Counter[str] = Counter()

    def write(self, address: str, member: Member) -> dict[str, Any]:
        """One item of a batch.

        There is ``status_if_new`` and never ``status``: whoever has unsubscribed stays unsubscribed. What
        the hub does not know of a customer is left out, so that Mailchimp keeps what it knows.
        """
        item: dict[str, Any] = {"email_address": address, "status_if_new": self._status_if_new}
        fields = {tag: value for tag in self._fields if (value := self._value(tag, member)) is not None}
        if fields:
            item["merge_fields"] = fields
        language = member.traits.get("language")
        if language:
            item["language"] = language_code(str(language))
        return item

    def tell_misfits(self, log: logging.Logger) -> None:
        """Log how many values were left out since the last time because their merge field does not take them."""
        for tag, count in self._misfits.items():
            log.warning("%d values were left out: Mailchimp's merge field %s does not take them", count, tag)
        self._misfits.clear()

    def _value(self, tag: str, member: Member) -> str | int | dict[str, str] | None:
        column = self._wanted[tag]
        if column == ADDRESS:
            return fit_address(member.traits, self._country)
        value = member.traits.get(column)
        if value is None or value == "":
            return None
        if column == "revenue" and isinstance(value, int):
            value = f"{Decimal(value).scaleb(-self._digits):f}"
        fitting = self._fields[tag].fit(value)
        if fitting is None:
            self._misfits[tag] += 1
        return fitting


def language_code(language: str) -> str:
    """Mailchimp's code of a language: two letters, with a region only where Mailchimp knows one."""
    tag = language.replace("_", "-").lower()
    return _REGIONAL.get(tag, tag.partition("-")[0])

"""How members are written down as the rows of an upload, and found again by them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hub import IdentifierKind, Member, Removal
from hub_facebook import normalising
from hub_facebook.kept import Kept
from hub_facebook.normalising import hashed
from hub_facebook.rows import Rows, Schema, compact
from hub_facebook.settings import Detail, FacebookSettings

_FORM = 1
"""Counts the ways of writing members down: another number and all are sent again."""
_KEYS: Mapping[Detail, str] = {
    "gender": "GEN", "last_name": "LN", "first_name": "FN", "city": "CT", "region": "ST", "postcode": "ZIP",
    "country": "COUNTRY",
}  # fmt: skip
_RULES: Mapping[Detail, Callable[[str | None], str]] = {
    "gender": normalising.gender, "last_name": normalising.name, "first_name": normalising.name,
    "city": normalising.city, "region": normalising.region, "country": normalising.country,
    "postcode": lambda value: normalising.postcode(value, ""),
}  # fmt: skip
_EMAIL, _PHONE = IdentifierKind.EMAIL, IdentifierKind.PHONE
_IDENTITY: Schema = ("EXTERN_ID", "EMAIL", "PHONE")
_EXTERN_ID = 33
"""How much of a reference is the EXTERN_ID: its kind and 128 bits."""


class RowWriter:
    """Writes rows as the settings ask for.

    Every row begins with an EXTERN_ID of ours, made of the reference. Whatever else Meta recognised a customer
    by, a name and a postcode perhaps, they are taken out by it. It is never blank: Meta refuses such rows.
    """

    def __init__(self, settings: FacebookSettings) -> None:
        self._details = [detail for detail in _KEYS if detail in settings.details]
        options = _processing_options(settings)
        self._schema = (*_IDENTITY, *(_KEYS[detail] for detail in self._details), *options)
        self._end = "".join(f",{compact(value)}" for value in options.values()) + "]"
        self._addresses = _digests(normalising.email)
        self._phones = _digests(normalising.phone)
        self._lands = Kept(normalising.country)
        columns = {detail: _digests(_RULES[detail]) for detail in self._details}
        self._columns = list(columns.items())
        if "postcode" in columns:
            columns["postcode"] = _digests(lambda value: normalising.postcode(value, "us"))
        self._american = list(columns.items())

    @property
    def traits(self) -> tuple[str, ...]:
        """The customer's columns that are needed."""
        needs_country = "postcode" in self._details and "country" not in self._details
        return (*self._details, "country") if needs_country else tuple(self._details)

    @property
    def form(self) -> str:
        """See ``AudienceSink.form``."""
        return f"{_FORM} {','.join(self._schema)} {self._end}"

    def reference(self, member: Member) -> str:
        """The hash of what recognises a member best: ``e`` and the address's, or ``p`` and the phone number's.

        Empty when there is neither. Not both together: a customer with another phone number is still the same
        person to Meta, and taking out the old pair would take out the new one as well.
        """
        address = self._addresses[member.identifiers.get(_EMAIL)]
        if address:
            return f"e{address}"
        phone = self._phones[member.identifiers.get(_PHONE)]
        return f"p{phone}" if phone else ""

    def members(self, members: Iterable[Member]) -> tuple[Rows, list[int]]:
        """The rows of members, and the numbers of those by whom nobody can be recognised."""
        rows, unusable = Rows(self._schema), []
        for member in members:
            row = self._row(member)
            if row:
                rows.put(row, member.number)
            else:
                unusable.append(member.number)
        return rows, unusable

    def removals(self, removals: Iterable[Removal]) -> Rows:
        """The rows that take members out, from their references alone; who has none was never sent."""
        rows = Rows(_IDENTITY)
        for removal in removals:
            kind, value = removal.reference[:1], removal.reference[1:]
            if kind:
                identity = (value, "") if kind == "e" else ("", value)
                row = compact([removal.reference[:_EXTERN_ID], *identity])
                rows.put(row, removal.number)
        return rows

    def _row(self, member: Member) -> str:
        """The row as compact JSON; all values are digits of hashes or blank, so none needs escaping."""
        address = self._addresses[member.identifiers.get(_EMAIL)]
        phone = self._phones[member.identifiers.get(_PHONE)]
        if address:
            identity = f'["e{address[: _EXTERN_ID - 1]}","{address}","{phone}"'
        elif phone:
            identity = f'["p{phone[: _EXTERN_ID - 1]}","","{phone}"'
        else:
            return ""
        trait = member.traits.get
        columns = self._american if self._lands[trait("country")] == "us" else self._columns
        details = [f',"{digests[trait(detail)]}"' for detail, digests in columns]
        return f"{identity}{''.join(details)}{self._end}"


def _digests(rule: Callable[[str | None], str]) -> Kept:
    return Kept(lambda value: hashed(rule(value)))


def _processing_options(settings: FacebookSettings) -> dict[str, Any]:
    """The columns of limited data use. A place that is not set is left out, which lets Meta find it."""
    if not settings.limited_data_use:
        return {}
    options: dict[str, Any] = {"DATA_PROCESSING_OPTIONS": ["LDU"]}
    if settings.data_processing_country:
        options["DATA_PROCESSING_OPTIONS_COUNTRY"] = settings.data_processing_country
        options["DATA_PROCESSING_OPTIONS_STATE"] = settings.data_processing_state
    return options

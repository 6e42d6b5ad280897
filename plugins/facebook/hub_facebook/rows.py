"""How members are written down as the rows of an upload, and found again by them."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub import IdentifierKind, Member, Removal
from hub_facebook import normalising
from hub_facebook.settings import Detail, FacebookSettings

Schema = tuple[str, ...]
"""The keys of a payload's columns."""

_KEYS: Mapping[Detail, str] = {
    "gender": "GEN", "last_name": "LN", "first_name": "FN", "city": "CT", "region": "ST", "postcode": "ZIP",
    "country": "COUNTRY",
}  # fmt: skip
_IDENTITY: Schema = ("EXTERN_ID", "EMAIL", "PHONE")


@dataclass
class Rows:
    """Rows under one schema; the same row of several customers is there once.

    Attributes:
        schema: the columns.
        numbers: the customers' numbers, by the row as compact JSON. Meta names a row it refuses in that form.
    """

    schema: Schema
    numbers: dict[str, list[int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.numbers)

    def put(self, values: Sequence[Any], number: int) -> None:
        """Take in a customer's row."""
        self.numbers.setdefault(_compact(values), []).append(number)

    def part(self, keys: Sequence[str]) -> "Rows":
        """Only these rows."""
        return Rows(self.schema, {key: self.numbers[key] for key in keys})

    def chunks(self, size: int) -> "list[Rows]":
        """The rows in pieces of at most ``size``."""
        keys = list(self.numbers)
        return [self.part(keys[start : start + size]) for start in range(0, len(keys), size)]

    def payload(self) -> dict[str, Any]:
        """What goes over the wire."""
        return {"schema": list(self.schema), "data": [json.loads(key) for key in self.numbers]}


def key_of(text: str) -> str:
    """The key of a row in ``Rows.numbers``, from Meta's spelling of it."""
    try:
        return _compact(json.loads(text))
    except ValueError:
        return text


def reference(member: Member) -> str:
    """The hash of what recognises a member best: ``e`` and the address's, or ``p`` and the phone number's.

    Empty when there is neither. Not both together: a customer with another phone number is still the same person
    to Meta, and taking out the old pair would take out the new one as well.
    """
    address = normalising.email(member.identifiers.get(IdentifierKind.EMAIL))
    if address:
        return f"e{normalising.hashed(address)}"
    number = normalising.phone(member.identifiers.get(IdentifierKind.PHONE))
    return f"p{normalising.hashed(number)}" if number else ""


class RowWriter:
    """Writes rows as the settings ask for.

    Every row begins with an EXTERN_ID of ours, made of the reference. Whatever else Meta recognised a customer
    by, a name and a postcode perhaps, they are taken out by it. It is never blank: Meta refuses such rows.
    """

    def __init__(self, settings: FacebookSettings) -> None:
        self._details = [detail for detail in _KEYS if detail in settings.details]
        self._options = _processing_options(settings)
        self._schema = (*_IDENTITY, *(_KEYS[detail] for detail in self._details), *self._options)

    @property
    def traits(self) -> tuple[str, ...]:
        """The customer's columns that are needed."""
        needs_country = "postcode" in self._details and "country" not in self._details
        return (*self._details, "country") if needs_country else tuple(self._details)

    def members(self, members: Iterable[Member]) -> tuple[Rows, list[int]]:
        """The rows of members, and the numbers of those by whom nobody can be recognised."""
        rows, unusable = Rows(self._schema), []
        for member in members:
            found = reference(member)
            if not found:
                unusable.append(member.number)
                continue
            number = normalising.hashed(normalising.phone(member.identifiers.get(IdentifierKind.PHONE)))
            address = found[1:] if found[0] == "e" else ""
            details = self._details_of(member.traits)
            rows.put([_extern_id(found), address, number, *details, *self._options.values()], member.number)
        return rows, unusable

    def removals(self, removals: Iterable[Removal]) -> Rows:
        """The rows that take members out, from their references alone."""
        rows = Rows(_IDENTITY)
        for removal in removals:
            kind, value = removal.reference[:1], removal.reference[1:]
            address, number = (value, "") if kind == "e" else ("", value)
            rows.put([_extern_id(removal.reference), address, number], removal.number)
        return rows

    def _details_of(self, traits: Mapping[str, str | int | None]) -> list[str]:
        texts = {name: str(value) if value is not None else None for name, value in traits.items()}
        land = normalising.country(texts.get("country"))
        values: dict[Detail, str] = {
            "first_name": normalising.name(texts.get("first_name")),
            "last_name": normalising.name(texts.get("last_name")),
            "gender": normalising.gender(texts.get("gender")),
            "city": normalising.city(texts.get("city")),
            "region": normalising.region(texts.get("region")),
            "postcode": normalising.postcode(texts.get("postcode"), land),
            "country": land,
        }
        return [normalising.hashed(values[detail]) for detail in self._details]


def _processing_options(settings: FacebookSettings) -> dict[str, Any]:
    """The columns of limited data use. A place that is not set is left out, which lets Meta find it."""
    if not settings.limited_data_use:
        return {}
    options: dict[str, Any] = {"DATA_PROCESSING_OPTIONS": ["LDU"]}
    if settings.data_processing_country:
        options["DATA_PROCESSING_OPTIONS_COUNTRY"] = settings.data_processing_country
        options["DATA_PROCESSING_OPTIONS_STATE"] = settings.data_processing_state
    return options


def _extern_id(found: str) -> str:
    return hashlib.sha256(f"audience hub {found}".encode()).hexdigest()[:32]


def _compact(values: Any) -> str:
    return json.dumps(values, separators=(",", ":"), ensure_ascii=False)

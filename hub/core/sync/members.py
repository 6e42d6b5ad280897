"""Makes the members a sink is given of resolved rows."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import phonenumbers
import pyarrow as pa

from hub.core.contracts.sink import IdentifierKind, Member
from hub.core.sync.guarded_sink import GuardedSink

_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{7,14}")
_REMEMBERED = 4096
"""Phone numbers whose international form is kept at hand."""


class MemberMaker:
    """Makes members for one sink.

    Args:
        sink: whom they are for.
        country: where a phone number without a country code is from.
    """

    def __init__(self, sink: GuardedSink, country: str) -> None:
        self._kinds = sorted(sink.accepted)
        self._traits = tuple(sink.traits)
        self._international: Callable[[str], str | None] = lru_cache(_REMEMBERED)(
            lambda phone: international(phone, country)
        )

    def make(self, rows: pa.Table) -> tuple[list[Member], list[int]]:
        """Make members of rows that ``Resolver.resolve`` yields.

        Returns:
            The members, and the numbers of those whose only identifier turned out to be unusable.
        """
        numbers = rows["number"].to_pylist()
        identifiers = [(kind, self._usable(kind, rows[kind.value].to_pylist())) for kind in self._kinds]
        traits = self._values(rows, len(numbers))
        made: list[Member] = []
        unusable: list[int] = []
        for position, number in enumerate(numbers):
            own = {kind: value for kind, column in identifiers if (value := column[position])}
            if own:
                made.append(Member(number, own, traits[position]))
            else:
                unusable.append(number)
        return made, unusable

    def _values(self, rows: pa.Table, count: int) -> Sequence[dict[str, str | int | None]]:
        if not self._traits:
            return [{}] * count
        columns = [rows[f"trait_{name}"].to_pylist() for name in self._traits]
        return [dict(zip(self._traits, values, strict=True)) for values in zip(*columns, strict=True)]

    def _usable(self, kind: IdentifierKind, values: Sequence[str | None]) -> Sequence[str | None]:
        if kind is not IdentifierKind.PHONE:
            return values
        return [self._international(value) if value else None for value in values]


def international(phone: str, country: str) -> str | None:
    """A phone number in E.164 form, or None when it can't be one.

    Args:
        phone: as it was entered.
        country: where it is from when it has no country code.
    """
    if _INTERNATIONAL.fullmatch(phone):
        return phone  # looking closer takes fifty times as long, and the platform does
    try:
        number = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

"""Makes the members a sink is given of resolved rows."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import repeat

import pyarrow as pa

from hub.core.contracts.sink import IdentifierKind, Member
from hub.core.segments.people.phone_numbers import international
from hub.core.sync.guarded_sink import GuardedSink

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
        columns = {kind: self._usable(kind, rows[kind.value].to_pylist()) for kind in self._kinds}
        identifiers = _identifiers({kind: column for kind, column in columns.items() if any(column)}, len(numbers))
        # Members are made in C, by map, and none of them is garbage: a first load has millions.
        with _no_search_for_garbage():
            made = list(map(Member, numbers, identifiers, self._values(rows)))
        if all(identifiers):
            return made, []
        return [one for one in made if one.identifiers], [one.number for one in made if not one.identifiers]

    def _values(self, rows: pa.Table) -> Iterable[Mapping[str, str | int | None]]:
        if not self._traits:
            return repeat({})
        columns = [rows[f"trait_{name}"].to_pylist() for name in self._traits]
        return map(dict, map(zip, repeat(self._traits), zip(*columns, strict=True)))

    def _usable(self, kind: IdentifierKind, values: Sequence[str | None]) -> Sequence[str | None]:
        if kind is not IdentifierKind.PHONE:
            return values
        return [self._international(value) if value else None for value in values]


@contextmanager
def _no_search_for_garbage() -> Iterator[None]:
    """Python looks through all objects again and again while many are made: a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _identifiers(
    columns: Mapping[IdentifierKind, Sequence[str | None]], count: int
) -> Sequence[Mapping[IdentifierKind, str]]:
    """What is not empty of each row, by kind."""
    if not columns:
        return [{}] * count
    if len(columns) == 1:
        ((kind, column),) = columns.items()
        return [{kind: value} if value else {} for value in column]
    return [
        {kind: value for kind, value in zip(columns, values, strict=True) if value}
        for values in zip(*columns.values(), strict=True)
    ]

"""Remembers many ids in a small text: those of accounts follow each other, so their ranges are few."""

import json
import zlib
from base64 import b64decode, b64encode
from binascii import Error
from bisect import bisect_right
from collections.abc import Iterable, Iterator

MOST_RANGES = 50_000
"""More are not written, so a text stays below about 100 KB."""


class IdSet:
    """Whole numbers above 0.

    Args:
        numbers: in ascending order; a number that comes again does no harm.
    """

    def __init__(self, numbers: Iterable[int] = ()) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for number in numbers:
            self.add(number)

    def __len__(self) -> int:
        return sum(self._lasts) - sum(self._firsts) + len(self._firsts)

    def __iter__(self) -> Iterator[int]:
        for first, last in zip(self._firsts, self._lasts, strict=True):
            yield from range(first, last + 1)

    def __contains__(self, number: int) -> bool:
        place = bisect_right(self._firsts, number) - 1
        return place >= 0 and number <= self._lasts[place]

    def add(self, number: int) -> None:
        """Put in a number that is not below the greatest one."""
        if self._lasts and number <= self._lasts[-1] + 1:
            self._lasts[-1] = max(number, self._lasts[-1])
        else:
            self._firsts.append(number)
            self._lasts.append(number)

    def less(self, other: "IdSet") -> list[int]:
        """The numbers that the other does not have."""
        return [number for number in self if number not in other]

    def with_all(self, other: "IdSet") -> "IdSet":
        """The numbers of both."""
        return IdSet(sorted({*self, *other}))

    def encode(self) -> str:
        """All of it as text; an empty one when there are too many ranges."""
        if len(self._firsts) > MOST_RANGES:
            return ""
        steps, end = [], 0
        for first, last in zip(self._firsts, self._lasts, strict=True):
            steps += [first - end, last - first]
            end = last
        return b64encode(zlib.compress(json.dumps(steps, separators=(",", ":")).encode(), 9)).decode()

    @classmethod
    def decode(cls, text: str) -> "IdSet | None":
        """Read what ``encode`` wrote; None when nothing is remembered.

        Raises:
            ValueError: it is something else.
        """
        if not text:
            return None
        try:
            steps = json.loads(zlib.decompress(b64decode(text, validate=True)))
        except (zlib.error, Error) as error:
            raise ValueError("no ids") from error
        made, end = cls(), 0
        for gap, length in zip(steps[::2], steps[1::2], strict=True):
            made._firsts.append(end + gap)
            end += gap + length
            made._lasts.append(end)
        return made

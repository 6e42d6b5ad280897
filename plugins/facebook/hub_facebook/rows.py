"""The rows of an upload, and what Meta calls them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Schema = tuple[str, ...]
"""The keys of a payload's columns."""

_JSON = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


class Json(str):
    """A text that is JSON already."""

    __slots__ = ()


@dataclass
class Rows:
    """Rows under one schema; the same row of several customers is there once.

    Attributes:
        schema: the columns.
        numbers: a customer's number, by the row as compact JSON. Meta names a row it refuses in that form.
        others: the numbers of further customers with the same row.
    """

    schema: Schema
    numbers: dict[str, int] = field(default_factory=dict)
    others: dict[str, list[int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.numbers)

    def put(self, row: str, number: int) -> None:
        """Take in a customer's row."""
        if self.numbers.setdefault(row, number) != number:
            self.others.setdefault(row, []).append(number)

    def customers(self, row: str) -> list[int]:
        """The numbers of all who have this row."""
        return [self.numbers[row], *self.others.get(row, ())]

    def part(self, keys: Sequence[str]) -> "Rows":
        """Only these rows."""
        return Rows(self.schema, {key: self.numbers[key] for key in keys}, self.others)

    def chunks(self, size: int) -> "list[Rows]":
        """The rows in pieces of at most ``size``."""
        if 0 < len(self) <= size:
            return [self]
        keys = list(self.numbers)
        return [self.part(keys[start : start + size]) for start in range(0, len(keys), size)]

    def payload(self) -> Json:
        """What goes over the wire."""
        return Json(f'{{"schema":{compact(self.schema)},"data":[{",".join(self.numbers)}]}}')


def compact(value: Any) -> str:
    """A value as JSON without blanks."""
    return _JSON.encode(value)


def key_of(text: str) -> str:
    """The key of a row in ``Rows.numbers``, from Meta's spelling of it."""
    try:
        return compact(json.loads(text))
    except ValueError:
        return text

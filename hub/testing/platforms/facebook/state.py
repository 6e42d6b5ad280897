"""What an ad account holds: audiences with their people and upload sessions, the token, and knobs."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

KEYS = ("EXTERN_ID", "EMAIL", "PHONE", "MADID")
"""What people are recognised by, the surest first."""

LONGEST_REPLACEMENT = 90 * 60.0
"""Seconds after which a replacement that was not ended is given up."""

Row = Mapping[str, Any]
"""A row of an upload by the keys of its columns."""


@dataclass
class UploadSession:
    """The requests of one ``session_id``. Times are seconds since 1970."""

    id: int
    started: float = 0.0
    ended: float | None = None
    """When its last batch came; None before."""
    received: int = 0
    invalid: int = 0
    batches: list[int] = field(default_factory=list)
    replacement: "People | None" = None
    """Who will be in the audience when the session ends; None unless it replaces."""

    @property
    def is_over(self) -> bool:
        """Whether its last batch came."""
        return self.ended is not None

    def is_given_up(self, now: float) -> bool:
        """Whether it is a replacement that took too long."""
        return self.replacement is not None and not self.is_over and now - self.started >= LONGEST_REPLACEMENT


class People:
    """Who is in an audience. The same key means the same person."""

    def __init__(self) -> None:
        self._people: dict[int, Row] = {}
        self._found: dict[tuple[str, str], int] = {}
        self._keys: dict[int, set[tuple[str, str]]] = {}
        self._next = 0

    def __len__(self) -> int:
        return len(self._people)

    def rows(self) -> list[Row]:
        """Everyone's newest row."""
        return list(self._people.values())

    def find(self, row: Row) -> int | None:
        """The person a row is about: by the surest of its keys that anyone has."""
        for key in KEYS:
            found = self._found.get((key, row.get(key, ""))) if row.get(key) else None
            if found is not None:
                return found
        return None

    def put(self, row: Row) -> None:
        """Add a person, or learn more of one."""
        number = self.find(row)
        if number is None:
            number = self._next
            self._next += 1
        self._people[number] = {**self._people.get(number, {}), **row}
        for key in KEYS:
            if row.get(key):
                self._found[key, row[key]] = number
                self._keys.setdefault(number, set()).add((key, row[key]))

    def take(self, row: Row) -> None:
        """Take out the person a row is about, if they are there."""
        number = self.find(row)
        if number is None:
            return
        for key in self._keys.pop(number):
            if self._found.get(key) == number:
                del self._found[key]
        del self._people[number]


@dataclass
class Audience:
    """A Custom Audience made of customers' data."""

    id: str
    name: str
    description: str
    source: str
    subtype: str = "CUSTOM"
    people: People = field(default_factory=People)
    sessions: dict[int, UploadSession] = field(default_factory=dict)
    status: int = 200
    """``operation_status``: 200 normal, 471 flagged."""

    def replacing(self, now: float) -> UploadSession | None:
        """The replacement under way, if any."""
        return next(
            (
                one
                for one in self.sessions.values()
                if one.replacement is not None and not one.is_over and not one.is_given_up(now)
            ),
            None,
        )


@dataclass
class Token:
    """What the Graph knows of the access token. Times are seconds since 1970; 0 is never."""

    text: str = field(repr=False)
    is_expired: bool = False
    expires_at: int = 0
    scopes: tuple[str, ...] = ("ads_management", "ads_read")
    may_be_debugged: bool = True
    """Whether the token may ask about itself."""


@dataclass
class Account:
    """An ad account. Hold ``lock`` while reading or changing it."""

    token: Token
    id: str
    secret: str | None = field(default=None, repr=False)
    """The app's; every call must prove to know it if set."""
    audiences: dict[str, Audience] = field(default_factory=dict)
    status: int = 1
    """``account_status``: 1 active, 2 disabled."""
    has_accepted_terms: bool = True
    refused: set[str] = field(default_factory=set)
    """Hashes of addresses whose rows are invalid entries."""
    most_samples: int = 5
    """Of invalid entries shown in an answer."""
    fewest: int = 0
    """Removals that would leave fewer people are refused."""
    calls_used: int = 10
    """Percent of the allowance that the header tells."""
    regain_minutes: int = 0
    """Over 0, every call is refused as one too many."""
    clock: Callable[[], float] = time.time
    """Seconds since 1970."""
    next_id: int = 23_840_000_000_000_000
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def make(self, name: str, description: str, source: str) -> Audience:
        """Add an empty audience. Names need not be unique."""
        self.next_id += 1
        made = Audience(str(self.next_id), name, description, source)
        self.audiences[made.id] = made
        return made

"""What a bot holds: who follows it, what it was sent, and knobs for how Viber treats it."""

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

MOST_UNANSWERED = 100
"""Messages to one customer within an hour that the customer did not answer."""
MOST_BROADCASTS = 500
"""Requests within ten seconds."""


@dataclass(frozen=True)
class Taken:
    """A message that Viber took."""

    token: int
    receiver: str
    text: str
    sender: str
    tracking_data: str
    is_broadcast: bool


@dataclass
class Bot:
    """One bot.

    Attributes:
        token: what requests must show, and calls of the webhook are signed with.
        uri: what links into conversations name it by.
        followers: IDs of those who may be written to.
        strangers: IDs of those who are not on Viber at all.
        refused: a status, by the ID of whoever is refused with it though they follow.
        messages: what was taken, oldest first.
        webhook: where events go; empty: nowhere, and nothing may be sent.
        status: a status that answers every request, for a blocked bot or an empty balance; 0: none.
        may_broadcast: whether Viber has approved broadcasts.
        clock: the time now, which a test may move.
    """

    token: str = field(repr=False)
    followers: set[str] = field(default_factory=set)
    strangers: set[str] = field(default_factory=set)
    refused: dict[str, int] = field(default_factory=dict)
    messages: list[Taken] = field(default_factory=list)
    uri: str = "theatre"
    webhook: str = "https://hub.example/viber"
    event_types: Sequence[str] = ()
    status: int = 0
    may_broadcast: bool = True
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    lock: Any = field(default_factory=threading.RLock, repr=False)
    _tokens: Iterator[int] = field(default_factory=lambda: count(5_741_311_803_571_721_087), repr=False)
    _unanswered: dict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque), repr=False)
    _broadcasts: deque[datetime] = field(default_factory=deque, repr=False)

    def next_token(self) -> int:
        """A token for a request; like Viber's it needs all 64 bits."""
        return next(self._tokens)

    def reach(self, receiver: str) -> int:
        """The status with which a customer can be written to just now: 0 if they can."""
        if receiver in self.strangers:
            return 5
        if receiver not in self.followers:
            return 6
        if receiver in self.refused:
            return self.refused[receiver]
        return 12 if _recent(self._unanswered[receiver], self.clock(), 3600) >= MOST_UNANSWERED else 0

    def take(self, message: Taken) -> None:
        """Take a message in."""
        self._unanswered[message.receiver].append(self.clock())
        self.messages.append(message)

    def answered(self, user: str) -> None:
        """A customer wrote: what was sent to them before counts as answered."""
        self._unanswered[user].clear()

    def may_begin_broadcast(self) -> bool:
        """Whether the pace allows one more broadcast; it counts."""
        if _recent(self._broadcasts, self.clock(), 10) >= MOST_BROADCASTS:
            return False
        self._broadcasts.append(self.clock())
        return True


def _recent(moments: deque[datetime], now: datetime, seconds: float) -> int:
    while moments and (now - moments[0]).total_seconds() >= seconds:
        moments.popleft()
    return len(moments)

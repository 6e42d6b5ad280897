"""What a Page holds: when each customer last wrote, what was sent to them, and knobs for how Meta treats it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

ANSWER = timedelta(hours=24)
HUMAN_AGENT = timedelta(days=7)


@dataclass(frozen=True)
class Taken:
    """A message that Meta took."""

    id: str
    receiver: str
    text: str
    messaging_type: str
    tag: str
    at: datetime


@dataclass
class Page:
    """One Facebook Page.

    Attributes:
        id: the Page's.
        token: its access token.
        secret: the app's; what Meta tells is signed with it, and a proof of it is checked.
        verify_token: what the webhook must know when it is set up.
        heard: when each customer last wrote; only they are known to the Page.
        blocked: who has blocked the Page.
        messages: what was taken, oldest first.
        webhook: where events go; empty: nowhere.
        is_expired: whether the token has expired.
        needs_proof: whether requests must prove to know the app's secret.
        has_human_agent: whether Meta has approved the app for that tag.
        is_restricted: whether the Page may send nothing at present.
        regain_minutes: for how long all calls are refused as too many; 0: they are not.
        clock: the time now, which a test may move.
    """

    id: str
    token: str = field(repr=False)
    secret: str = field(repr=False)
    verify_token: str = field(default="", repr=False)
    heard: dict[str, datetime] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    messages: list[Taken] = field(default_factory=list)
    webhook: str = ""
    is_expired: bool = False
    needs_proof: bool = False
    has_human_agent: bool = True
    is_restricted: bool = False
    regain_minutes: int = 0
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    lock: Any = field(default_factory=threading.RLock, repr=False)

    def silence(self, customer: str) -> timedelta:
        """How long ago a customer wrote."""
        return self.clock() - self.heard[customer]

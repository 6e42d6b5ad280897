"""What all four providers have: messages they took, people who want none, and calls to the hub."""

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import httpx

from hub.testing.platforms.messages import Request

_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
FORM = "application/x-www-form-urlencoded"


@dataclass
class Kept:
    """A message that a provider took."""

    reference: str
    to: str
    """With the ``+``."""
    sender: str
    text: str
    """As it will stand on the phone."""
    parts: int
    callback: str = ""
    own_reference: str = ""
    """What the sender calls it."""
    status: str = ""
    code: str = ""


@dataclass
class Phones:
    """The world behind a provider. Hold ``lock`` while changing it from another thread."""

    messages: list[Kept] = field(default_factory=list)
    """Oldest first."""
    unsubscribed: set[str] = field(default_factory=set)
    """Numbers, with the ``+``, that answered STOP."""
    unknown: set[str] = field(default_factory=set)
    """Numbers that nobody has."""
    refuse_next: bool = False
    """The next number counts as one that nobody has."""
    has_credit: bool = True
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def is_unknown(self, number: str) -> bool:
        """Whether nobody has the number."""
        refused, self.refuse_next = self.refuse_next, False
        return refused or number in self.unknown

    def named(self, reference: str) -> Kept | None:
        """The message of that number."""
        return next((kept for kept in self.messages if kept.reference == reference), None)


@dataclass(frozen=True)
class Call:
    """A call of the provider's to the hub, signed."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""

    def place(self) -> int:
        """Send it, and return the status it was answered with."""
        with httpx.Client(timeout=10, trust_env=False) as client:
            return client.request(self.method, self.url, headers=dict(self.headers), content=self.body).status_code


def form_of(request: Request) -> dict[str, str] | None:
    """The fields of a form; None if the body is none, or a field stands there twice."""
    if request.headers.get("content-type", "").partition(";")[0] != FORM:
        return None
    fields: Mapping[str, Sequence[str]] = parse_qs(request.body.decode(), keep_blank_values=True)
    if any(len(values) > 1 for values in fields.values()):
        return None
    return {name: values[0] for name, values in fields.items()}


def is_number(digits: str) -> bool:
    """Whether digits can be a phone number with its country's code, without the ``+``."""
    return bool(re.fullmatch(r"[1-9][0-9]{6,14}", digits))


def is_sender(sender: str, most_digits: int) -> bool:
    """Whether a sender is a name of at most 11 letters and digits, or a number without ``+``."""
    if sender.isdecimal():
        return 3 <= len(sender) <= most_digits
    return bool(_NAME.fullmatch(sender))

"""Writes requests down within Viber's limits, and names messages by references without an address in them."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from hub import Message, Refusal, Rejected
from hub_viber.settings import ViberSettings

LONGEST_TEXT = 7000
LARGEST_BROADCAST = 300
_LARGEST_REQUEST = 30_000
"""Viber names 30 KB and does not say which; the smaller reading is safe."""
_ADDRESS = re.compile(r"(?!\+\d+\Z)[A-Za-z0-9+/_-]{4,100}={0,2}")
"""An ID in base 64; not a phone number."""
_PLACEHOLDER = "replace_me_with_"
"""In a broadcast Viber replaces words that begin so by the receiver's data."""


class Composer:
    """Writes messages as the settings ask for."""

    def __init__(self, settings: ViberSettings) -> None:
        sender = {"name": settings.sender_name}
        if settings.sender_avatar:
            sender["avatar"] = settings.sender_avatar
        self._common: dict[str, Any] = {"type": "text", "min_api_version": 1, "sender": sender}

    def single(self, message: Message) -> bytes:
        """A request that sends one message.

        Raises:
            Rejected: the address is none of Viber's, or the message is too long.
        """
        if not _ADDRESS.fullmatch(message.to):
            raise Rejected("this is not a customer's ID on Viber", Refusal.ADDRESS)
        if len(message.text) > LONGEST_TEXT:
            raise Rejected(f"the text has {len(message.text)} characters; Viber carries {LONGEST_TEXT}")
        body = _compact(
            {**self._common, "receiver": message.to, "text": message.text, "tracking_data": message.id}
        )
        if len(body) > _LARGEST_REQUEST:
            raise Rejected(f"the message takes {len(body)} bytes; Viber carries {_LARGEST_REQUEST}")
        return body

    def broadcasts(self, text: str, receivers: Sequence[str]) -> Iterator[tuple[Sequence[str], bytes]]:
        """The requests that send one text to several, each with those it is for; ``single`` must take each one."""
        room = _LARGEST_REQUEST - len(self._broadcast(text, []))
        part: list[str] = []
        size = 0
        for receiver in receivers:
            weight = len(receiver) + len('"",')
            if part and (len(part) == LARGEST_BROADCAST or size + weight > room):
                yield part, self._broadcast(text, part)
                part, size = [], 0
            part.append(receiver)
            size += weight
        if part:
            yield part, self._broadcast(text, part)

    def _broadcast(self, text: str, receivers: Sequence[str]) -> bytes:
        return _compact({**self._common, "text": text, "broadcast_list": receivers})


def may_be_broadcast(text: str) -> bool:
    """Whether a broadcast would carry this text as it is."""
    return _PLACEHOLDER not in text


def reference(token: object, user: str) -> str:
    """The name of one message to one customer.

    A broadcast has a single token for all its receivers, so the customer belongs to it; as a hash, since
    references are shown and logged.
    """
    return f"{token}-{hashlib.sha256(user.encode()).hexdigest()[:16]}"


def _compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

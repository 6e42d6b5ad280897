"""Customers' addresses on the channels, in the form in which messages are sent and addresses are compared."""

import hashlib
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from hub.core.contracts.errors import Rejected
from hub.core.contracts.records import ConsentChannel
from hub.core.segments.people.phone_numbers import international

_EMAIL = r"^[^\s@<>,;\x00-\x1f\x7f]+@[^\s@<>,;\x00-\x1f\x7f]+\.[^\s@<>,;\x00-\x1f\x7f]+$"
"""What every address fulfils. What else is wrong with one, the channel finds when it is sent."""
_LONGEST = 320
"""Characters of an address: 64 before the @ and 255 after it."""
DIGEST_BYTES = 16
"""Length of what ``address_digest`` makes, before it is written in hexadecimal digits."""
_NUMBERS = frozenset({ConsentChannel.SMS, ConsentChannel.PHONE})
_REMEMBERED = 4096


def addresses_on(channel: ConsentChannel, raw: pa.ChunkedArray, country: str) -> pa.ChunkedArray:
    """Many addresses as they are sent to; null for what can't be one.

    Args:
        channel: which channel they are on.
        raw: as they are stored: texts, or null.
        country: where a phone number without a country code is from.
    """
    texts = pc.utf8_trim_whitespace(raw)
    if channel is ConsentChannel.EMAIL:
        texts = pc.utf8_lower(texts)
        usable = pc.and_(
            pc.match_substring_regex(texts, _EMAIL), pc.less_equal(pc.utf8_length(texts), pa.scalar(_LONGEST))
        )
    elif channel in _NUMBERS:
        read = lru_cache(_REMEMBERED)(lambda phone: international(phone, country))
        numbers = [read(text) if text else None for text in texts.to_pylist()]
        return pa.chunked_array([pa.array(numbers, pa.string())])
    else:
        usable = pc.and_(
            pc.greater(pc.utf8_length(texts), pa.scalar(0)),
            pc.less_equal(pc.utf8_length(texts), pa.scalar(_LONGEST)),
        )
    return pc.if_else(usable, texts, pa.scalar(None, pa.string()))


def address_on(channel: ConsentChannel, raw: str | None, country: str) -> str:
    """One address as it is sent to.

    Args:
        channel: which channel it is on.
        raw: as it was entered.
        country: where a phone number without a country code is from.

    Raises:
        Rejected: it can't be an address on this channel. The sentence does not repeat it.
    """
    (found,) = addresses_on(channel, pa.chunked_array([pa.array([raw], pa.string())]), country).to_pylist()
    if found is None:
        if channel is ConsentChannel.EMAIL:
            raise Rejected("this is no email address; write one such as name@example.com")
        if channel in _NUMBERS:
            raise Rejected("this is no phone number; write one with its country's code, such as +49 30 1234567")
        raise Rejected(f"this is no address on {channel.value}")
    return str(found)


def address_digest(key: str, channel: ConsentChannel, address: str) -> str:
    """What is kept of an address while a newsletter goes out, so that it gets it once: of no use without the key.

    Args:
        key: the newsletter's.
        channel: where the address is.
        address: as it is sent to.
    """
    told = f"{channel.value}:{address}".encode()
    return hashlib.blake2b(told, digest_size=DIGEST_BYTES, key=key.encode()).hexdigest()

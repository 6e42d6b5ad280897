"""The two alphabets of text messages, and how many parts a text takes (3GPP TS 23.038 and 23.040)."""

from collections.abc import Iterator

from hub import TextMeasure

GSM = "GSM-7"
UCS = "UCS-2"

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet, by code from 0 to 127. The escape at 27 is no letter: it announces the extension's."""
EXTENSION = "\f^{}\\[~]|€"
"""Letters that take an escape and a code: two units, which stay in one part."""

_SINGLE = frozenset(BASIC) - {"\x1b"}
_DOUBLE = frozenset(EXTENSION)
_WIDEST = 0xFFFF
"""The last character that takes one unit of UTF-16; those beyond take two, which stay in one part."""

_WHOLE = {GSM: 160, UCS: 70}
"""Units of a message that goes in one part."""
_PART = {GSM: 153, UCS: 67}
"""Units of each part of a longer one; the rest tells the phone how to put them together."""


def measure(text: str) -> TextMeasure:
    """How long a text is. One character that is not in GSM-7 puts all of it into UCS-2."""
    alphabet = GSM if set(text) <= _SINGLE | _DOUBLE else UCS
    units = sum(_costs(text, alphabet))
    if units <= _WHOLE[alphabet]:
        return TextMeasure(alphabet, units, parts=1 if text else 0, left=_WHOLE[alphabet] - units)
    room = _PART[alphabet]
    parts, used = 1, 0
    for cost in _costs(text, alphabet):
        if used + cost > room:
            parts, used = parts + 1, 0
        used += cost
    return TextMeasure(alphabet, units, parts, room - used)


def _costs(text: str, alphabet: str) -> Iterator[int]:
    if alphabet == GSM:
        return (2 if character in _DOUBLE else 1 for character in text)
    return (2 if ord(character) > _WIDEST else 1 for character in text)

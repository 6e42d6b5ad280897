"""Remembers in a small text what was seen of many rows, so that only what changed is brought again."""

import struct
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

KEY_BITS = 32
"""Rows are known by this many bits of a digest of their id."""
MOST_GROUPS = 2048
"""So a text stays below 30 KB, however many rows there are."""

_SUM_BITS = 48
_ENTRY = struct.Struct(">IHI")


def key_of(identifier: str) -> int:
    """Where a row belongs, by its id alone."""
    return int.from_bytes(blake2b(identifier.encode(), digest_size=KEY_BITS // 8).digest())


def digest_of(content: str) -> int:
    """What a row says, in few bits; sums of these are compared."""
    return int.from_bytes(blake2b(content.encode(), digest_size=_SUM_BITS // 8).digest())


@dataclass
class Fingerprints:
    """For each group of rows, the sum of their digests.

    A group is made of the rows whose keys begin with the same bits: a row each in a small shop. When there are
    too many groups, neighbours become one, and their sums can be added; so nothing is forgotten when a shop
    grows, it is only remembered less finely. The order of the rows makes no difference.
    """

    bits: int = KEY_BITS
    """How many bits of the keys tell groups apart."""
    sums: dict[int, int] = field(default_factory=dict)

    @property
    def shift(self) -> int:
        """How many bits of a key are left out."""
        return KEY_BITS - self.bits

    def set(self, group: int, total: int) -> None:
        """Note the sum of a group's digests."""
        self.sums[group] = total % (1 << _SUM_BITS)

    def coarsen(self, bits: int) -> None:
        """Tell groups apart by fewer bits."""
        fewer: dict[int, int] = {}
        for group, total in self.sums.items():
            merged = group >> (self.bits - bits)
            fewer[merged] = (fewer.get(merged, 0) + total) % (1 << _SUM_BITS)
        self.bits, self.sums = bits, fewer

    def changed(self, now: "Fingerprints") -> list[int]:
        """The groups of ``now`` in which something is other than here, in their order. Both have the same bits."""
        return sorted(group for group, total in now.sums.items() if self.sums.get(group) != total)

    def differs(self, now: "Fingerprints") -> bool:
        """Whether anything is other than here, or gone. Both have the same bits."""
        return self.sums != now.sums

    def keep(self, groups: Iterable[int]) -> None:
        """Forget all groups but these."""
        kept = set(groups)
        self.sums = {group: total for group, total in self.sums.items() if group in kept}

    def encode(self) -> str:
        """All of it as text."""
        entries = (
            _ENTRY.pack(group, total >> 32, total & 0xFFFFFFFF) for group, total in sorted(self.sums.items())
        )
        return f"{self.bits}:{b64encode(b''.join(entries)).decode()}"

    @classmethod
    def decode(cls, text: str) -> "Fingerprints":
        """Read what ``encode`` wrote.

        Raises:
            ValueError: it is something else.
        """
        bits, separator, packed = text.partition(":")
        if not separator or not 0 < int(bits) <= KEY_BITS:
            raise ValueError("no fingerprints")
        try:
            entries = list(_ENTRY.iter_unpack(b64decode(packed, validate=True)))
        except struct.error as error:
            raise ValueError("no fingerprints") from error
        return cls(int(bits), {group: (high << 32) | low for group, high, low in entries})

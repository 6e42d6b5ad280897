"""A set of customers as a bitmap: one bit for each customer number."""

import struct
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_HEADER = struct.Struct("<BI")
"""Of a kept bitmap: the version of its form, and how many words follow."""
_FORM = 1
_CODEC = "zstd"


@dataclass(frozen=True, eq=False)
class Bitmap:
    """A set of customer numbers, dense: a million customers take 125 KB and are counted in microseconds."""

    words: NDArray[np.uint64]
    """Bit ``n % 64`` of word ``n // 64``, little-endian, says whether customer ``n`` is in the set."""

    @classmethod
    def of(cls, numbers: NDArray[np.uint32] | list[int]) -> "Bitmap":
        """The set of these numbers."""
        chosen = np.asarray(numbers, dtype=np.int64)
        if not len(chosen):
            return cls(np.empty(0, np.uint64))
        marks = np.zeros((int(chosen.max()) // 64 + 1) * 64, np.uint8)
        marks[chosen] = 1
        return cls(np.packbits(marks, bitorder="little").view(np.uint64))

    @classmethod
    def of_bits(cls, bits: bytes) -> "Bitmap":
        """The set whose bits stand in these bytes, the highest bit of the first byte for customer 0."""
        words = np.zeros(-(-len(bits) // 8), np.uint64)
        words.view(np.uint8)[: len(bits)] = _turned_round()[np.frombuffer(bits, np.uint8)]
        return cls(words)

    @classmethod
    def from_bytes(cls, kept: bytes) -> "Bitmap":
        """The set that ``to_bytes`` wrote.

        Raises:
            ValueError: these bytes are of another form.
        """
        form, length = _HEADER.unpack_from(kept)
        if form != _FORM:
            raise ValueError(f"a kept bitmap of form {form} can't be read; this version knows form {_FORM}")
        if not length:
            return cls(np.empty(0, np.uint64))
        words = pa.decompress(kept[_HEADER.size :], decompressed_size=8 * length, codec=_CODEC)
        return cls(np.frombuffer(words, "<u8"))

    def to_bytes(self) -> bytes:
        """The set in few bytes: at most 125 KB a million customers, a hundred of them 300 bytes.

        The words are compressed as they are. A roaring bitmap is no smaller and takes a hundred times as long.
        """
        words = self.words.astype("<u8", copy=False)
        packed = pa.compress(words, codec=_CODEC, asbytes=True) if len(words) else b""
        return _HEADER.pack(_FORM, len(words)) + packed

    def numbers(self) -> NDArray[np.uint32]:
        """The customer numbers in rising order."""
        return np.flatnonzero(np.unpackbits(self.words.view(np.uint8), bitorder="little")).astype(np.uint32)

    def __len__(self) -> int:
        return int(np.bitwise_count(self.words).sum())

    def __contains__(self, number: int) -> bool:
        word, bit = divmod(number, 64)
        return word < len(self.words) and bool(int(self.words[word]) >> bit & 1)

    def holds(self, numbers: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
        """Which of these customers are in the set."""
        word, bit = np.divmod(numbers.astype(np.int64, copy=False), 64)
        inside = word < len(self.words)
        words = self.words[np.where(inside, word, 0)] if len(self.words) else np.zeros(len(word), np.uint64)
        held: NDArray[np.bool_] = inside & ((words >> bit.astype(np.uint64)) & np.uint64(1)).astype(bool)
        return held

    def __and__(self, other: "Bitmap") -> "Bitmap":
        shorter = min(len(self.words), len(other.words))
        return Bitmap(self.words[:shorter] & other.words[:shorter])

    def __or__(self, other: "Bitmap") -> "Bitmap":
        longer, shorter = sorted((self.words, other.words), key=len, reverse=True)
        result = longer.copy()
        result[: len(shorter)] |= shorter
        return Bitmap(result)

    def __sub__(self, other: "Bitmap") -> "Bitmap":
        shorter = min(len(self.words), len(other.words))
        result = self.words.copy()
        result[:shorter] &= ~other.words[:shorter]
        return Bitmap(result)

    def __xor__(self, other: "Bitmap") -> "Bitmap":
        longer, shorter = sorted((self.words, other.words), key=len, reverse=True)
        result = longer.copy()
        result[: len(shorter)] ^= shorter
        return Bitmap(result)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bitmap) and not len(self - other) and not len(other - self)

    __hash__ = None  # type: ignore[assignment] # a set of customers is compared, never looked up


@cache
def _turned_round() -> NDArray[np.uint8]:
    """Every byte with its bits in the other order."""
    bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, np.newaxis], axis=1)
    return np.packbits(bits, axis=1, bitorder="little")[:, 0]

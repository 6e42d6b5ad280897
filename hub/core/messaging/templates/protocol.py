"""What the hub and the process that renders say to each other.

The hub writes pickles, which the process trusts; the process writes JSON, since nobody should trust a process
that runs other people's templates.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from hub.core.messaging.templates.contents import Wording

_LENGTH = struct.Struct(">Q")


@dataclass(frozen=True)
class Limits:
    """What rendering one message may cost. Whatever needs more is a fault."""

    seconds: float = 2.0
    """Of processor time."""
    wall_seconds: float = 30.0
    """Of the clock on the wall: for what hangs without working, and where processor time can't be limited."""
    memory: int = 256 * 1024 * 1024
    """Bytes, beyond what the process takes by itself."""
    longest_result: int = 1_000_000
    """Characters of a rendered text or of rendered HTML."""
    longest_subject: int = 998
    """Characters of a rendered subject: the longest line of an email (RFC 5322, 2.1.1)."""


@dataclass(frozen=True)
class Setup:
    """What the process is told first."""

    time_zone: str
    """IANA name."""
    currency: str
    """ISO 4217 code."""
    limits: Limits


@dataclass(frozen=True)
class Rendering:
    """One message to be rendered."""

    wording: int
    """The wording's key."""
    language: str
    data: Mapping[str, object]
    notes_missing: bool = False
    """Whether missing values are noted, instead of ending the work at the first."""


@dataclass(frozen=True)
class Inspection:
    """One wording to be looked at without any data."""

    wording: int
    """The wording's key."""
    fields: tuple[str, ...]
    """The names of the organisation's custom fields."""


@dataclass(frozen=True)
class Batch:
    """Some work, and the wordings that the process has not seen yet."""

    forget: bool
    """Whether it forgets all wordings that it saw before."""
    wordings: Mapping[int, Wording]
    work: Sequence[Rendering | Inspection]


def write_frame(stream: BinaryIO, content: bytes) -> None:
    """Write one frame and send it off."""
    stream.write(_LENGTH.pack(len(content)))
    stream.write(content)
    stream.flush()


def read_frame(stream: BinaryIO) -> bytes | None:
    """Read one frame; None where the stream ends or breaks off."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    content = stream.read(length)
    return content if len(content) == length else None

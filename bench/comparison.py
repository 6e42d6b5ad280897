"""What a benchmark is: the hub's way to an answer beside a hand-written one."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bench.world import World

Work = Callable[[], int]
"""Does what is measured and returns the answer, such as how many customers match."""

Side = Callable[[World], AbstractContextManager[Work]]
"""Gets everything ready, hands over the work, and clears up. Only the work is measured."""


class Skipped(Exception):
    """A benchmark can't be run here; the message says why."""


@dataclass(frozen=True)
class Comparison:
    """Two ways to one answer. Each measurement of each is made in a process of its own."""

    name: str
    """``group.what``; unique."""
    ours: Side
    floor: Side
    ours_is: str
    """What is measured, in a few words."""
    floor_is: str
    """What it is held against, in a few words."""
    budget: float | None = None
    """The most CPU time it may take, as a multiple of the floor's; None where none is set."""
    times: int = 1
    """How often the work is done in one measurement; the figures are those of doing it once."""
    needs_home: bool = True
    """Whether it needs a hub with everything imported, besides the files."""
    counted: str = ""
    """What the answer counts, where it says something how many of them there were a second."""

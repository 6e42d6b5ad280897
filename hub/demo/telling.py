"""How the demo speaks: numbered steps, figures, and what it checked."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Teller:
    """Says what happens, and remembers whether everything that was checked held.

    Args:
        say: takes one line.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._steps = 0
        self._began = time.perf_counter()
        self.failed: list[str] = []

    @property
    def seconds(self) -> float:
        """How long it has been going."""
        return time.perf_counter() - self._began

    def step(self, title: str) -> None:
        """Begin the next step."""
        self._steps += 1
        self.line()
        self.line(f"{self._steps}. {title}")

    def line(self, text: str = "") -> None:
        """Say something."""
        self._say(text)

    def detail(self, text: str) -> None:
        """Say something that belongs to the step."""
        self._say(f"   {text}")

    def check(self, sentence: str, *, holds: bool) -> None:
        """Say whether something holds that must."""
        if not holds:
            self.failed.append(sentence)
        self.detail(f"{'checked' if holds else 'WRONG'}: {sentence}")

    @contextmanager
    def timed(self, sentence: Callable[[], str]) -> Iterator[None]:
        """Do something, then say the sentence with the time it took."""
        began = time.perf_counter()
        yield
        self.detail(f"{sentence()} ({time.perf_counter() - began:.1f} s)")

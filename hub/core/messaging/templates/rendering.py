"""Renders messages in a process of its own, which is bounded in time and memory and replaced when it ends."""

import json
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

from hub.core.contracts.errors import TryAgain
from hub.core.messaging.templates.contents import Wording
from hub.core.messaging.templates.mistakes import Mistake
from hub.core.messaging.templates.protocol import (
    Batch,
    Inspection,
    Limits,
    Rendering,
    Setup,
    read_frame,
    write_frame,
)

_AT_ONCE = 200
"""Messages handed to the process with one frame."""
_MOST_WORDINGS = 50
"""The process keeps so many compiled; then it forgets all."""
_MOST_EXHAUSTED = 3
"""A wording that used up its time or memory so often is not tried again: it would for the next million, too."""
_START_SECONDS = 60.0
_NOT_AGAIN = "it used up its time or memory for others already, and is not tried again"
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "SYSTEMROOT", "LANG", "LC_ALL", "TMPDIR")
"""What the process is told of this one's environment, which may hold secrets."""


@dataclass(frozen=True)
class RenderRequest:
    """One message to be rendered."""

    wording: Wording
    language: str
    """The customer's, for dates and amounts where the wording has no language."""
    data: Mapping[str, object]
    """What the template may speak of, by the names in ``vocabulary``; a name that is left out is missing."""


@dataclass(frozen=True)
class Rendered:
    """One message, ready to be sent."""

    subject: str
    """One line; empty where the channel has none."""
    text: str
    html: str | None
    """None where the wording has no HTML."""


@dataclass(frozen=True)
class RenderFault:
    """A message that can't be rendered."""

    reason: str
    """One sentence without personal data."""


@dataclass(frozen=True)
class Inspected:
    """What is known of a wording without any customer."""

    mistakes: Sequence[Mistake]
    """What is wrong with it whoever it is for."""
    paths: frozenset[str]
    """Every name that it speaks of, where nothing is wrong."""


@dataclass(frozen=True)
class _Asked:
    wording: Wording
    work: Rendering | Inspection
    """With any key of the wording."""


class Renderer:
    """Renders messages in bulk. It owns one process, which starts when it is first needed; close it in the end.

    Threads may share it; they take turns.

    Args:
        time_zone: the organisation's, by its IANA name: where days and times are told.
        currency: ISO 4217 code of amounts that name none.
        limits: what one message may cost.
    """

    def __init__(self, time_zone: str, currency: str, limits: Limits | None = None) -> None:
        self._setup = Setup(time_zone, currency, limits or Limits())
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._keys: dict[Wording, int] = {}
        self._next_key = 0
        self._exhausted: dict[Wording, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def render(self, requests: Sequence[RenderRequest]) -> Sequence[Rendered | RenderFault]:
        """Render messages; what came of each, in their order. A message that can't be rendered stops no other.

        Raises:
            TryAgain: the process can't be started.
        """
        found = self._answers([_Asked(one.wording, Rendering(0, one.language, one.data)) for one in requests])
        return [RenderFault(str(one)) if isinstance(one, Mistake) else _rendered(one) for one in found]

    def try_out(self, requests: Sequence[RenderRequest]) -> Sequence[Mistake]:
        """What is wrong with messages, each with its place: every missing value, and what ends one early.

        Raises:
            TryAgain: the process can't be started.
        """
        asked = [_Asked(one.wording, Rendering(0, one.language, one.data, notes_missing=True)) for one in requests]
        found: list[Mistake] = []
        for answer in self._answers(asked):
            found += [answer] if isinstance(answer, Mistake) else [Mistake(**one) for one in answer["missing"]]
        return found

    def inspect(self, wording: Wording, fields: Sequence[str]) -> Inspected:
        """Look at a wording without any customer.

        Args:
            wording: the wording.
            fields: the names of the organisation's custom fields.

        Raises:
            TryAgain: the process can't be started.
        """
        (answer,) = self._answers([_Asked(wording, Inspection(0, tuple(fields)))])
        if isinstance(answer, Mistake):
            return Inspected([answer], frozenset())
        return Inspected([Mistake(**one) for one in answer["mistakes"]], frozenset(answer["paths"]))

    def _answers(self, asked: Sequence[_Asked]) -> Sequence[dict[str, Any] | Mistake]:
        with self._lock:
            pieces = (asked[start : start + _AT_ONCE] for start in range(0, len(asked), _AT_ONCE))
            return [answer for piece in pieces for answer in self._work(piece)]

    def _work(self, asked: Sequence[_Asked]) -> Sequence[dict[str, Any] | Mistake]:
        answers: list[dict[str, Any] | Mistake | None] = [None] * len(asked)
        while waiting := [place for place, answer in enumerate(answers) if answer is None]:
            tired = [place for place in waiting if self._exhausted.get(asked[place].wording, 0) >= _MOST_EXHAUSTED]
            for place in tired:
                answers[place] = Mistake("", 0, "", _NOT_AGAIN, exhausts=True)
            todo = [place for place in waiting if answers[place] is None]
            if todo:
                self._round(asked, todo, answers)
        return [answer for answer in answers if answer is not None]

    def _round(
        self, asked: Sequence[_Asked], todo: Sequence[int], answers: list[dict[str, Any] | Mistake | None]
    ) -> None:
        """Hand work to the process and take answers, until all is done or the process has to be replaced."""
        child = self._child = self._child or _Child(self._setup)
        child.hand_over(self._batch([asked[place] for place in todo]))
        for place in todo:
            answer = child.answer(self._setup.limits.wall_seconds)
            if answer is None:
                answers[place] = Mistake("", 0, "", child.end_told(self._setup.limits), exhausts=True)
                self._note_exhausted(asked[place].wording)
                self._end()
                return
            fault = answer.get("fault")
            answers[place] = Mistake(**fault) if fault else answer
            if fault and fault["exhausts"]:
                self._note_exhausted(asked[place].wording)
                if answer.get("ends") or self._exhausted[asked[place].wording] >= _MOST_EXHAUSTED:
                    self._end()
                    return

    def _batch(self, asked: Sequence[_Asked]) -> Batch:
        forget = len(self._keys) > _MOST_WORDINGS
        if forget:
            self._keys.clear()
        new: dict[int, Wording] = {}
        work = []
        for one in asked:
            key = self._keys.get(one.wording)
            if key is None:
                key = self._keys[one.wording] = self._next_key
                self._next_key += 1
                new[key] = one.wording
            work.append(replace(one.work, wording=key))
        return Batch(forget, new, work)

    def _note_exhausted(self, wording: Wording) -> None:
        self._exhausted[wording] = self._exhausted.get(wording, 0) + 1

    def _end(self) -> None:
        if self._child is not None:
            self._child.close()
        self._child = None
        self._keys.clear()


def _rendered(answer: Mapping[str, Any]) -> Rendered:
    return Rendered(answer["subject"], answer["text"], answer["html"])


class _Child:
    """The process, and a thread that listens to it: not every system lets one wait for a pipe with a time-out."""

    def __init__(self, setup: Setup) -> None:
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        command = [sys.executable, "-m", "hub.core.messaging.templates.process"]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, nothing a user wrote
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        self._frames: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._send(pickle.dumps(setup))
        if self.answer(_START_SECONDS) is None:
            self.close()
            raise TryAgain(
                "the process that renders messages could not be started; see that there is memory for it"
            )

    def hand_over(self, batch: Batch) -> None:
        """Give it work."""
        self._send(pickle.dumps(batch, pickle.HIGHEST_PROTOCOL))

    def answer(self, seconds: float) -> dict[str, Any] | None:
        """Its next answer; None if it ended, or did not answer in time."""
        try:
            frame = self._frames.get(timeout=seconds)
        except queue.Empty:
            return None
        if frame is None:
            return None
        found: dict[str, Any] = json.loads(frame)
        return found

    def end_told(self, limits: Limits) -> str:
        """Why there was no answer."""
        try:
            code = self._process.wait(0.5)
        except subprocess.TimeoutExpired:
            return f"it takes longer than {limits.wall_seconds:g} seconds"
        if code == -getattr(signal, "SIGPROF", 0):
            return f"it takes longer than {limits.seconds:g} seconds"
        return "the process that rendered it broke off: it takes too much memory, or is nested too deeply"

    def close(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def _send(self, content: bytes) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):  # it has ended; there will be no answer
            write_frame(self._process.stdin, content)  # type: ignore[arg-type]  # Popen does not say which stream

    def _listen(self) -> None:
        assert self._process.stdout is not None
        frame: bytes | None = b""
        while frame is not None:
            frame = read_frame(self._process.stdout)  # type: ignore[arg-type]  # as above
            self._frames.put(frame)

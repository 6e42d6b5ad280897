"""The process that renders: it takes frames on standard input and answers each message on standard output.

It bounds itself: memory for all, processor time for each message. Where that does not stop a message, such as one
that works out a huge number, the process is ended by the system, and the hub starts another one.
"""

import json
import pickle
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import Any

from hub.core.messaging.templates.contents import Wording
from hub.core.messaging.templates.mistakes import Mistake, Wrong
from hub.core.messaging.templates.protocol import (
    Batch,
    Inspection,
    Limits,
    Rendering,
    Setup,
    read_frame,
    write_frame,
)
from hub.core.messaging.templates.writing import OutOfTime, Prepared, Writer


def main() -> None:
    """Serve until the hub closes its end."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    frame = read_frame(source)
    if frame is None:
        return
    setup: Setup = pickle.loads(frame)  # noqa: S301 - from the hub, which made this process
    worker = _Worker(setup)
    _bound_memory(setup.limits)
    write_frame(target, b"{}")
    while (frame := read_frame(source)) is not None:
        batch: Batch = pickle.loads(frame)  # noqa: S301 - as above
        worker.learn(batch)
        for work in batch.work:
            answer = worker.answer(work)
            write_frame(target, json.dumps(answer).encode())
            if answer.get("ends"):
                return


class _Worker:
    def __init__(self, setup: Setup) -> None:
        self._writer = Writer(setup)
        self._limits = setup.limits
        self._wordings: dict[int, Wording] = {}
        self._prepared: dict[int, Prepared | Mistake] = {}
        if hasattr(signal, "SIGVTALRM"):
            signal.signal(signal.SIGVTALRM, _stop)

    def learn(self, batch: Batch) -> None:
        """Take a batch's wordings."""
        if batch.forget:
            self._wordings.clear()
            self._prepared.clear()
        self._wordings.update(batch.wordings)

    def answer(self, work: Rendering | Inspection) -> dict[str, Any]:
        """What became of one piece of work."""
        try:
            with _bounded_time(self._limits):
                if isinstance(work, Inspection):
                    return self._inspected(work)
                return self._written(work)
        except Wrong as wrong:
            return {"fault": asdict(wrong.mistake)}
        except OutOfTime:
            reason = f"it takes longer than {self._limits.seconds:g} seconds"
            return {"fault": asdict(Mistake("", 0, "", reason, exhausts=True))}
        except MemoryError:
            # What is left of the memory may be in any state.
            return {"fault": asdict(Mistake("", 0, "", _TOO_MUCH, exhausts=True)), "ends": True}
        except RecursionError:
            return {"fault": asdict(Mistake("", 0, "", "it is nested too deeply"))}

    def _written(self, work: Rendering) -> dict[str, Any]:
        known = self._prepared.get(work.wording)
        if known is None:
            try:
                known = self._writer.prepare(self._wordings[work.wording])
            except Wrong as wrong:
                known = wrong.mistake
            self._prepared[work.wording] = known
        if isinstance(known, Mistake):
            raise Wrong(known)
        return self._writer.write(known, work)

    def _inspected(self, work: Inspection) -> dict[str, Any]:
        wording = self._wordings[work.wording]
        found = list(self._writer.inspect(wording, work.fields))
        paths = () if found else self._writer.prepare(wording).paths
        return {"mistakes": [asdict(one) for one in found], "paths": sorted(paths)}


_TOO_MUCH = "it takes more memory than it may"


@contextmanager
def _bounded_time(limits: Limits) -> Iterator[None]:
    """Interrupt what takes too long; what does not let itself be interrupted ends the process."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.setitimer(
        signal.ITIMER_PROF, 2 * limits.seconds + 1
    )  # its signal ends a process that does not expect it
    signal.setitimer(signal.ITIMER_VIRTUAL, limits.seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)


def _stop(_signal: int, _frame: object) -> None:
    raise OutOfTime


def _bound_memory(limits: Limits) -> None:
    """From now on take no more than that, and write no file."""
    try:
        import resource  # here: Windows has none
    except ImportError:
        return
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    with suppress(OSError, ValueError), open("/proc/self/statm", encoding="ascii") as statistics:  # noqa: PTH123
        taken = int(statistics.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + limits.memory,) * 2)


if __name__ == "__main__":
    main()

"""The process of a single measurement: ``python -m bench.worker``, a request on standard input.

A process of its own makes memory and caches begin alike, and lets the kernel count its CPU time with that of
its children.
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from bench.catalogue import comparison
from bench.comparison import Side, Skipped
from bench.generator import make_files
from bench.home import build_home
from bench.world import World

_USAGES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
_KILOBYTE = 1 if sys.platform == "darwin" else 1024
"""How many bytes one of ``ru_maxrss`` is; macOS counts single bytes."""


def main() -> None:
    """Serve one request and print its answer."""
    request = json.load(sys.stdin)
    world = World(**request["world"] | {"folder": Path(request["world"]["folder"])})
    if request["task"] == "files":
        make_files(world)
        answer: dict[str, Any] = {}
    elif request["task"] == "home":
        build_home(world)
        answer = {}
    else:
        chosen = comparison(request["comparison"])
        try:
            answer = measure(chosen.ours if request["side"] == "ours" else chosen.floor, world, chosen.times)
        except Skipped as error:
            answer = {"skipped": str(error)}
    sys.stdout.write(json.dumps(answer))


def measure(side: Side, world: World, times: int) -> dict[str, Any]:
    """Do the work so many times; the figures are those of doing it once.

    Returns:
        ``cpu`` and ``wall`` in seconds, ``memory`` in bytes (the largest process at its largest, preparations
        included), and the work's ``answer``.
    """
    with side(world) as work:
        cpu, wall = _cpu(), time.perf_counter()
        for _ in range(times):
            answer = work()
        cpu, wall = _cpu() - cpu, time.perf_counter() - wall
        memory = max(resource.getrusage(who).ru_maxrss for who in _USAGES) * _KILOBYTE
    return {"cpu": cpu / times, "wall": wall / times, "memory": memory, "answer": answer}


def _cpu() -> float:
    """Seconds of CPU time, user and system, of this process and of its children that have ended."""
    usages = [resource.getrusage(who) for who in _USAGES]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


if __name__ == "__main__":
    main()

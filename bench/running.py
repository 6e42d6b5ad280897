"""Runs comparisons: the hub and its floor in turn, each time in a fresh process, and takes medians."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.comparison import Comparison
from bench.world import World


@dataclass(frozen=True)
class Figures:
    """Medians of one side's measurements."""

    cpu: float
    """Seconds, user and system, child processes included."""
    wall: float
    """Seconds."""
    memory: int
    """Bytes the largest process had at its largest."""


@dataclass(frozen=True)
class Result:
    """What a comparison found."""

    name: str
    ours_is: str
    floor_is: str
    ours: Figures
    floor: Figures
    ratio: float
    """The median of the CPU times' ratios, pair by pair: what slows the machine down slows both of a pair."""
    budget: float | None
    answer: int
    """What both sides found."""
    counted: str = ""
    """What the answer counts; empty where nobody asks how many there were a second."""


class Disagreement(Exception):
    """The hub and its floor found different things, so their times mean nothing."""


def make_ready(world: World, comparisons: Sequence[Comparison]) -> None:
    """Make the files if they are not there, and a fresh home if one is needed."""
    _in_fresh_process(world, task="files")
    if any(one.needs_home for one in comparisons):
        _in_fresh_process(world, task="home")


def run(world: World, one: Comparison, repeat: int) -> Result | str:
    """Measure both sides in turn.

    Args:
        world: what is measured.
        one: which comparison.
        repeat: how many measurements of each side.

    Returns:
        The result, or the reason why it can't be had here.

    Raises:
        Disagreement: the two sides found different things.
    """
    runs: dict[str, list[dict[str, Any]]] = {"ours": [], "floor": []}
    for _ in range(repeat):
        for side, found in runs.items():
            measured = _in_fresh_process(world, task="measure", comparison=one.name, side=side)
            if "skipped" in measured:
                return str(measured["skipped"])
            found.append(measured)
    answers = {side: {measured["answer"] for measured in found} for side, found in runs.items()}
    if len(answers["ours"] | answers["floor"]) != 1:
        raise Disagreement(f"{one.name}: the hub found {answers['ours']}, its floor {answers['floor']}")
    ratios = [ours["cpu"] / floor["cpu"] for ours, floor in zip(runs["ours"], runs["floor"], strict=True)]
    ours, floor = (_medians(runs[side]) for side in ("ours", "floor"))
    (answer,) = answers["ours"]
    return Result(
        one.name, one.ours_is, one.floor_is, ours, floor, median(ratios), one.budget, answer, one.counted
    )


def _medians(runs: Sequence[dict[str, Any]]) -> Figures:
    cpu, wall, memory = (median(measured[name] for measured in runs) for name in ("cpu", "wall", "memory"))
    return Figures(cpu, wall, int(memory))


def _in_fresh_process(world: World, **request: str) -> dict[str, Any]:
    asked = json.dumps({"world": asdict(world) | {"folder": str(world.folder)}, **request})
    answered = subprocess.run(
        [sys.executable, "-m", "bench.worker"],
        input=asked,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
    )
    found: dict[str, Any] = json.loads(answered.stdout)
    return found

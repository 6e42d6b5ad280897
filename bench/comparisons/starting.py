"""The start of the command line, beside Python's own and that of the library it is made with."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bench.comparison import Comparison, Side, Skipped, Work
from bench.world import World

_HUB = "from hub.cli import main; main()"


def comparisons() -> Sequence[Comparison]:
    """``hub --help`` beside an empty program and beside importing typer."""
    return [_beside("python", "pass"), _beside("typer", "import typer")]


def _beside(name: str, text: str) -> Comparison:
    floor_is = f'python -c "{text}"'
    return Comparison(f"start.{name}", hub_help, program(text), "hub --help", floor_is, times=3, needs_home=False)


@contextmanager
def hub_help(world: World) -> Iterator[Work]:
    """Show the help in a process of its own.

    Raises:
        Skipped: it can't be shown.
    """
    command = [sys.executable, "-c", _HUB, "--help"]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    if tried.returncode:
        raise Skipped(f"hub --help fails: {tried.stderr.strip().splitlines()[-1:]}")
    yield lambda: _ends_well(command)


def program(text: str) -> Side:
    """Run a program in a process of its own."""

    @contextmanager
    def side(world: World) -> Iterator[Work]:
        yield lambda: _ends_well([sys.executable, "-c", text])

    return side


def _ends_well(command: Sequence[str]) -> int:
    return int(subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0)

"""Runs a sync while people watch how it goes."""

import sys
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

import typer

from hub.cli.errors import ExitCode
from hub.cli.options import options_of
from hub.cli.output import safe, show
from hub.cli.syncs import run_data
from hub.core.app import Hub
from hub.core.contracts.errors import HubError
from hub.core.store.tables import RunStatus, SyncRun
from hub.core.sync.progress import BegunRun
from hub.core.sync.runner import Manner

_EVERY = 0.5
"""Seconds between two looks at a run."""
_CODES = {RunStatus.SUCCEEDED: ExitCode.DONE, RunStatus.PARTIAL: ExitCode.DONE, RunStatus.HELD: ExitCode.HELD}


def run_to_its_end(context: typer.Context, hub: Hub, begun: BegunRun, manner: Manner) -> None:
    """Bring a run to its end, tell how it ended, and end the command with the exit code of that.

    Ctrl-C ends the run as cancelled.

    Raises:
        Exit: always.
    """
    with RunProgress(context, hub, begun.run_id):
        ended = hub.syncs.finish(begun, manner)
    show(context, run_data(ended), f"{ended.status}: {safe(ended.message)}")
    raise typer.Exit(_CODES.get(RunStatus(ended.status), ExitCode.FAILED))


class RunProgress:
    """One line on standard error that follows a run; nothing where nobody watches.

    Args:
        context: the command's.
        hub: where the run is.
        run_id: which one.
    """

    def __init__(self, context: typer.Context, hub: Hub, run_id: int) -> None:
        self._hub = hub
        self._run_id = run_id
        self._over = threading.Event()
        self._shown = 0
        watched = sys.stderr.isatty() and not options_of(context).as_json
        self._thread = threading.Thread(target=self._follow, daemon=True) if watched else None

    def __enter__(self) -> Self:
        """Begin to watch."""
        if self._thread:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the line away."""
        self._over.set()
        if self._thread:
            self._thread.join()
            typer.echo(f"\r{' ' * self._shown}\r", nl=False, err=True)

    def _follow(self) -> None:
        while True:
            with suppress(HubError):  # the store is busy; the next look will do
                said = _how_far(self._hub.syncs.run_of(self._run_id))
                typer.echo(f"\r{said.ljust(self._shown)}", nl=False, err=True)
                self._shown = max(self._shown, len(said))
            if self._over.wait(_EVERY):
                return


def _how_far(run: SyncRun) -> str:
    if not run.to_add + run.to_update + run.to_remove:
        return "finding out what there is to do"
    told = [
        f"{done:,} of {planned:,} {word}"
        for done, planned, word in (
            (run.added, run.to_add, "added"),
            (run.updated, run.to_update, "updated"),
            (run.removed, run.to_remove, "removed"),
        )
        if planned
    ]
    return ", ".join(told) + (f", {run.rejected:,} rejected" if run.rejected else "")

"""Reads a connected data source in a run that is recorded batch by batch, and says how it ended."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from hub.core.contracts.errors import HubError, InUse, NotAuthorised, TryAgain
from hub.core.contracts.records import Batch
from hub.core.ingest.heartbeat import heartbeat
from hub.core.ingest.report import IngestReport
from hub.core.ingest.service import Imports
from hub.core.store import imports as stored
from hub.core.store.database import Database
from hub.core.store.tables import Connection, ImportRun, ImportStatus

SILENCE = timedelta(minutes=10)
"""A run that tells nothing for so long died with its process."""
_BEAT = timedelta(minutes=1)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BegunPull:
    """A run that was recorded and has its source to itself, but has read nothing yet."""

    source: Connection
    run_id: int


@dataclass(frozen=True)
class Pull:
    """A run that is over: how it ended, and what it did by kind."""

    run: ImportRun
    report: IngestReport
    error: HubError | None = None
    """What made it fail."""


class _Cancelled(Exception):
    """Somebody asked for the end."""


class _TakenOver(Exception):
    """Another run has the source now, since this one was silent for too long."""


class Puller:
    """Runs imports of connected sources in this process.

    Args:
        database: the store's.
        imports: stores what sources read.
        make_source: makes the source behind a connection.
        clock: the time now, in UTC.
    """

    def __init__(
        self,
        database: Database,
        imports: Imports,
        make_source: Callable[[Connection], Any],
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._imports = imports
        self._make_source = make_source
        self._clock = clock

    def try_out(self, source: Connection, *, approved: bool = False) -> IngestReport:
        """Do everything, then take it all back; nothing is recorded."""
        return self._imports.run(self._make_source(source), source.name, dry_run=True, approved=approved)

    def begin(self, source: Connection) -> BegunPull:
        """Record that a run began.

        Raises:
            InUse: one is at work already.
        """
        assert source.id is not None
        run_id = stored.begin(self._database, source.id, self._clock(), SILENCE)
        if run_id is None:
            raise InUse(f"{source.name!r} is being imported already; see `hub import history {source.name}`")
        return BegunPull(source, run_id)

    def finish(
        self,
        begun: BegunPull,
        *,
        approved: bool = False,
        progress: Callable[[IngestReport], None] = lambda report: None,
    ) -> Pull:
        """Bring a run that began to its end and record how it ended.

        Args:
            begun: the run.
            approved: whether a person agreed to whatever is deleted.
            progress: hears the growing report after each batch.
        """
        report = IngestReport()

        def hear(grown: IngestReport) -> None:
            nonlocal report
            report = grown
            progress(grown)

        failure: HubError | None = None
        try:
            with heartbeat(lambda: stored.hear(self._database, begun.run_id, self._clock()), _BEAT):
                self._work(begun, hear, approved=approved)
            status, message = _conclusion(report)
        except _Cancelled:
            status, message = ImportStatus.CANCELLED, "somebody cancelled it; the next run goes on from here"
        except _TakenOver:
            status, message = ImportStatus.INTERRUPTED, "another run took over"
        except HubError as error:
            status, message, failure = ImportStatus.FAILED, _failure(error), error
        except KeyboardInterrupt:
            self._end(begun, ImportStatus.CANCELLED, "somebody stopped it; the next run goes on from here")
            raise
        except BaseException as error:
            message = f"an unexpected {type(error).__name__}; this is a bug in the hub"
            self._end(begun, ImportStatus.FAILED, message)
            raise
        return Pull(self._end(begun, status, message), report, failure)

    def _work(self, begun: BegunPull, hear: Callable[[IngestReport], None], *, approved: bool) -> None:
        def settle(connection: sa.Connection, part: IngestReport) -> None:
            counts = {
                name: getattr(part, name).total() for name in ("inserted", "updated", "unchanged", "deleted")
            }
            if not stored.settle(connection, begun.run_id, counts, part.rejected, self._clock()):
                raise _TakenOver

        self._imports.run(
            self._make_source(begun.source),
            begun.source.name,
            approved=approved,
            progress=hear,
            settle=settle,
            between=lambda batches: self._until_cancelled(begun.run_id, batches),
        )

    def _until_cancelled(self, run_id: int, batches: Iterable[Batch]) -> Iterator[Batch]:
        for batch in batches:
            with self._database.session() as session:
                if stored.is_cancelled(session, run_id):
                    raise _Cancelled
            yield batch

    def _end(self, begun: BegunPull, status: ImportStatus, message: str) -> ImportRun:
        run = stored.end(self._database, begun.run_id, status, message, self._clock())
        level = logging.WARNING if status is ImportStatus.FAILED else logging.INFO
        _log.log(level, "the import of %s ended as %s: %s", begun.source.name, run.status, run.message)
        return run


def _conclusion(report: IngestReport) -> tuple[ImportStatus, str]:
    counts = (
        f"{report.inserted.total():,} new, {report.updated.total():,} changed, {report.deleted.total():,} deleted"
    )
    if report.rejected:
        return ImportStatus.PARTIAL, f"{counts}; {len(report.rejected):,} rejected, each with its reason"
    return ImportStatus.SUCCEEDED, counts


def _failure(error: HubError) -> str:
    told = str(error).rstrip(".")
    if isinstance(error, TryAgain):
        return f"{told}; the next run goes on from here"
    if isinstance(error, NotAuthorised):
        return f"{told}; enter a valid key with `hub connect`"
    return told

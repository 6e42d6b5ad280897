"""What can be done with data sources: bring their records in, or try that out."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from hub.core.contracts.records import Batch
from hub.core.contracts.source import DataSource
from hub.core.ingest.ingest import Ingest, Settle
from hub.core.ingest.report import IngestReport
from hub.core.registry.guarding import guard, guarded
from hub.core.store.database import Database
from hub.core.store.tables import Organisation


class Imports:
    """Brings what sources read into one organisation.

    Args:
        database: the store's.
        organisation: whose data it becomes.
        plugin_of: the name of the plugin behind a source.
        clock: the time now, in UTC.
    """

    def __init__(
        self,
        database: Database,
        organisation: Organisation,
        plugin_of: Callable[[type[DataSource[Any]]], str],
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._organisation = organisation
        self._plugin_of = plugin_of
        self._clock = clock

    def run(
        self,
        source: DataSource[Any],
        name: str,
        *,
        dry_run: bool = False,
        approved: bool = False,
        progress: Callable[[IngestReport], None] = lambda report: None,
        settle: Settle = lambda _connection, _part: None,
        between: Callable[[Iterable[Batch]], Iterable[Batch]] = lambda batches: batches,
    ) -> IngestReport:
        """Read a source to its end, from where its last run ended.

        Args:
            source: what to read.
            name: under which external ids are unique and the cursor is kept.
            dry_run: do everything, then take it all back.
            approved: whether a person agreed to whatever is deleted.
            progress: hears the growing report after each batch.
            settle: hears in each batch's transaction what it did; see ``Ingest.store``.
            between: is led through the batches, and may end them by raising.

        Raises:
            InputError: nothing at all can be read.
            MassDeletion: most of a kind would be deleted, and nobody approved.
            IntegratorError: the source breaks its contract. What was stored before stays.
        """
        plugin = self._plugin_of(type(source))
        ingest = Ingest(self._database, self._organisation, name, self._clock)
        with guard(plugin):
            source.check()
            batches = source.read(ingest.cursor())
        if dry_run:
            return ingest.try_out(guarded(plugin, batches), approved=approved)
        report = IngestReport()
        for report in ingest.store(between(guarded(plugin, batches)), approved=approved, settle=settle):
            progress(report)
        return report

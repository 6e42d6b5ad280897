"""Stores what a source reads: each batch in one transaction, its cursor with it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa
import sqlalchemy as sa

from hub.core.contracts.errors import IntegratorError
from hub.core.contracts.records import RECORDS, Batch, CustomValueRecord, OrderLineRecord, RejectedRow
from hub.core.ingest.checks import split
from hub.core.ingest.columns import fit_schema, last_of_each, stored_columns
from hub.core.ingest.deleting import combined, delete, staged_deletions
from hub.core.ingest.guard import DeletionGuard
from hub.core.ingest.places import KEYED_BY_PLACES, with_places
from hub.core.ingest.readings import with_readings
from hub.core.ingest.report import IngestReport
from hub.core.store.database import Database
from hub.core.store.facts.carts import merge_carts
from hub.core.store.facts.catalogue import merge_events, merge_products
from hub.core.store.facts.companies import merge_companies
from hub.core.store.facts.consents import merge_consents
from hub.core.store.facts.custom_fields import merge_custom_fields
from hub.core.store.facts.custom_values import merge_custom_values
from hub.core.store.facts.customers import merge_customers
from hub.core.store.facts.identities import merge_identities
from hub.core.store.facts.marks import merge_groups, merge_tags
from hub.core.store.facts.merging import FactWriting, Merged, next_revision
from hub.core.store.facts.purchases import merge_order_lines, merge_orders
from hub.core.store.facts.subscriptions import merge_subscriptions
from hub.core.store.facts.venues import merge_venues
from hub.core.store.organisations import ensure_source, set_cursor
from hub.core.store.staging import writing_with
from hub.core.store.tables import Organisation

Settle = Callable[[sa.Connection, IngestReport], None]
"""Told, in a batch's transaction, what the batch did."""


class _RolledBack(Exception):
    pass


@dataclass(frozen=True)
class Ingest:
    """Brings the batches of one source into one organisation."""

    database: Database
    organisation: Organisation
    source: str
    """The source's name; external ids are unique within it."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def cursor(self) -> str | None:
        """Where the source goes on."""
        with self.database.writing() as connection:
            return ensure_source(connection, self._organisation_id, self.source)[1]

    def store(
        self, batches: Iterable[Batch], *, approved: bool = False, settle: Settle = lambda _connection, _part: None
    ) -> Iterator[IngestReport]:
        """Store batch after batch, yielding the growing report after each.

        Args:
            batches: what to store.
            approved: whether a person agreed to whatever is deleted.
            settle: hears in each batch's transaction what it did; if it raises, the batch is not stored.

        Raises:
            MassDeletion: most of a kind would go; what was stored before stays.
            IntegratorError: the source breaks its contract; what was stored before stays.
        """
        report, guard = IngestReport(), DeletionGuard(self.source, approved=approved)
        for batch in batches:
            report.include(self._store_one(batch, guard, settle))
            yield report

    def try_out(self, batches: Iterable[Batch], *, approved: bool = False) -> IngestReport:
        """Do all of ``store`` in one transaction that is then rolled back.

        Raises:
            MassDeletion, IntegratorError: as for ``store``.
        """
        everything = list(batches)
        kinds = {kind for batch in everything for kind in batch.tables}
        tables = {
            kind: pa.concat_tables(
                [batch.tables[kind] for batch in everything if kind in batch.tables], promote_options="default"
            )
            for kind in kinds
        }
        rejected = [row for batch in everything for row in batch.rejected]
        deletions, listings = combined(everything)
        whole = Batch(tables, rejected, deletions=deletions, listings=listings)
        report = IngestReport(dry_run=True)

        def take_back(_connection: sa.Connection, part: IngestReport) -> None:
            report.include(part)
            raise _RolledBack

        with suppress(_RolledBack):
            self._store_one(whole, DeletionGuard(self.source, approved=approved), take_back)
        return report

    @property
    def _organisation_id(self) -> int:
        assert self.organisation.id is not None
        return self.organisation.id

    def _store_one(self, batch: Batch, guard: DeletionGuard, settle: Settle) -> IngestReport:
        tables, rejected = self._prepare(batch)
        part = IngestReport()
        with writing_with(self.database, tables) as (connection, staged):
            source_id, _ = ensure_source(connection, self._organisation_id, self.source)
            writing = FactWriting(
                connection,
                self._organisation_id,
                source_id,
                self.organisation.currency,
                next_revision(connection),
                int(self.clock().timestamp()),
                staged,
            )
            part.add({kind: merge(writing, staged[kind]) for kind, merge in _merges() if kind in staged}, rejected)
            part.add(delete(writing, guard), [])
            if batch.cursor is not None:
                set_cursor(connection, source_id, batch.cursor)
            settle(connection, part)
        return part

    def _prepare(self, batch: Batch) -> tuple[dict[str, pa.Table], list[RejectedRow]]:
        unknown = sorted(set(batch.tables) - set(RECORDS))
        if unknown:
            raise IntegratorError(self.source, f"brings records of the unknown kind {unknown[0]!r}")
        prepared: dict[str, pa.Table] = {}
        lines: pa.Table | None = None
        rejected = list(batch.rejected)
        for kind, table in batch.tables.items():
            model = RECORDS[kind]
            try:
                fitted = fit_schema(model, table)
            except ValueError as error:
                raise IntegratorError(self.source, str(error)) from error
            lines = fitted if model is OrderLineRecord else lines
            kept, refused = split(model, fitted)
            rejected += refused
            stored = stored_columns(model, kept, self.organisation.currency)
            key = tuple(name for name in model.key if name in stored.column_names)
            prepared[kind] = stored if kind in KEYED_BY_PLACES else last_of_each(stored, key)
            if model is CustomValueRecord:
                prepared[kind] = with_readings(prepared[kind])
        try:
            gone = staged_deletions(batch, lines)
        except ValueError as error:
            raise IntegratorError(self.source, str(error)) from error
        return with_places(prepared) | gone, rejected


def _merges() -> Iterator[tuple[str, Callable[[FactWriting, object], Merged]]]:
    merges: Mapping[str, Callable[..., Merged]] = {
        "companies": merge_companies,
        "customers": merge_customers,
        "venues": merge_venues,
        "events": merge_events,
        "products": merge_products,
        "orders": merge_orders,
        "order_lines": merge_order_lines,
        "carts": merge_carts,
        "subscriptions": merge_subscriptions,
        "consents": merge_consents,
        "identities": merge_identities,
        "tags": merge_tags,
        "groups": merge_groups,
        "custom_fields": merge_custom_fields,
        "custom_values": merge_custom_values,
    }
    yield from ((kind, merges[kind]) for kind in RECORDS)

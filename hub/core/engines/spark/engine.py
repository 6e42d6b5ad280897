"""The engine for those who outgrow one machine: a Spark cluster over the newest publication."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.errors import SettingsError, TryAgain
from hub.core.engines.bitmap import Bitmap
from hub.core.engines.engine import Numbers
from hub.core.engines.spark.among import offered
from hub.core.engines.spark.cluster import Cluster
from hub.core.engines.spark.starting import check_installed
from hub.core.engines.spark.tables import Tables
from hub.core.replica.following import head
from hub.core.replica.publication import Publication, newest_publication
from hub.core.store.database import Database
from hub.core.store.tables import Organisation

if TYPE_CHECKING:
    from hub.core.engines.spark.snapshot import SparkSnapshot

_UNREADABLE = ("[PATH_NOT_FOUND]", "[FAILED_READ_FILE")
"""Spark's words for a file that a machine of the cluster does not have."""


class SparkEngine:
    """Answers over the newest publication; what happened in the store after it is not known here.

    Args:
        cluster: that is asked.
        folder: of publications, as this machine sees it.
        database: the store's.
        organisation: whose customers are asked about.
        currency_digits: decimals of the organisation's currency.
        seen_as: the folder as the cluster's machines see it, a path or a URL; empty: under the same path.
    """

    def __init__(
        self,
        cluster: Cluster,
        folder: Path,
        database: Database,
        organisation: Organisation,
        currency_digits: int,
        seen_as: str = "",
    ) -> None:
        self._cluster = cluster
        self._folder = folder.absolute()
        self._database = database
        self._organisation = organisation
        self._currency_digits = currency_digits
        self._tables = Tables(cluster, seen_as or str(self._folder))

    @property
    def behind(self) -> int:
        """How many revisions the store is ahead of the newest publication; 0 when nothing is missing.

        Raises:
            UserError: as ``refresh``.
        """
        revision, _ = self._head()
        return max(revision - self.refresh(), 0)

    def refresh(self) -> int:
        """Look for a newer publication; return its revision. See ``Engine``.

        Raises:
            NotFound: nothing is published.
            SettingsError: another hub published it.
            InputError: it can't be read.
        """
        return self._newest().manifest.revision

    @contextmanager
    def snapshot(self, calendar: Calendar) -> Iterator["SparkSnapshot"]:
        """See ``Engine``.

        Raises:
            UserError: as ``refresh``; or Spark can't be used here.
            TryAgain: the cluster can't be reached, or does not answer in time.
        """
        publication = self._newest()
        prefix = self._prefix(publication)
        from hub.core.engines.spark.snapshot import SparkSnapshot  # now that sqlglot is known to be there

        ask = partial(self._ask, publication)
        yield SparkSnapshot(ask, self._cluster, prefix, publication.manifest, calendar, self._currency_digits)

    def figures(self, numbers: Numbers, names: Sequence[str]) -> pa.Table:
        """See ``Engine``: traits as they are in the newest publication."""
        publication = self._newest()
        prefix = self._prefix(publication)
        columns = ", ".join(("number", *names))
        with offered(self._cluster, Bitmap.of(numbers)) as few, self._told_plainly(publication):
            return self._cluster.table(f"SELECT {columns} FROM {prefix}traits LEFT SEMI JOIN {few} USING (number)")

    def close(self) -> None:
        """End the application on the cluster. The next question starts another."""
        self._cluster.close()

    def _newest(self) -> Publication:
        publication = newest_publication(self._folder)
        said = publication.manifest
        _, store = self._head()
        ours = (store, self._organisation.id, self._organisation.currency, self._organisation.time_zone)
        if (said.store, said.organisation, said.currency, said.time_zone) != ours:
            raise SettingsError(
                f"what is published in {self._folder} is not this hub's, or of another currency or time zone; "
                "publish with `hub replica publish`, or name another folder"
            )
        return publication

    def _head(self) -> tuple[int, str]:
        with self._database.reading() as connection:
            revision, store = connection.execute(head()).one()
        return int(revision), str(store)

    def _prefix(self, publication: Publication) -> str:
        check_installed()
        with self._told_plainly(publication):
            return self._tables.prefix(publication)

    def _ask(self, publication: Publication, sql: str) -> Sequence[tuple[Any, ...]]:
        with self._told_plainly(publication):
            return self._cluster.ask(sql)

    @contextmanager
    def _told_plainly(self, publication: Publication) -> Iterator[None]:
        """Say what it means that a file can't be read."""
        from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]  # it ships no types
        from pyspark.errors import PySparkException

        try:
            yield
        except (PySparkException, Py4JJavaError) as error:
            if not any(word in str(error) for word in _UNREADABLE):
                raise
            if not publication.folder.exists():
                raise TryAgain(f"the publication {publication.name} was replaced meanwhile; ask again") from error
            raise SettingsError(
                f"the machines of {self._cluster.master} can't read {self._tables.location(publication)}; keep "
                "publications on storage that all of them see"
            ) from error

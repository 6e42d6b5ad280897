"""The contract of a data source: where customers and what they did come from."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

from hub.core.contracts.component import Component, SettingsT
from hub.core.contracts.records import Batch


class DataSource(Component[SettingsT], ABC):
    """Brings records, batch by batch, from where the last run ended."""

    @abstractmethod
    def check(self) -> None:
        """See ``Component.check``."""

    @abstractmethod
    def read(self, cursor: str | None) -> Iterator[Batch]:
        """Yield what is new since ``cursor`` (None: everything).

        Each batch is stored in one transaction together with its cursor, so a run killed at any
        moment goes on after the last stored batch. Keep batches to about 100,000 rows. Reading the
        same thing twice does no harm: rows are matched by their key.

        Raises:
            InputError: nothing at all can be read; the text says why.
            NotAuthorised, SettingsError, TryAgain: as for ``check``.
        """

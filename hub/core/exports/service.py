"""What can be exported: the members of a segment with their figures, and all customer data for another hub."""

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hub.core.engines.bitmap import Bitmap
from hub.core.exports.archive import as_archive
from hub.core.exports.data import CustomerData
from hub.core.exports.workbook import Look, as_workbook
from hub.core.segments.evaluator import Evaluator
from hub.core.segments.people.members import MEMBER_COLUMNS
from hub.core.store import people
from hub.core.store.database import Database
from hub.core.store.tables import Organisation

_FIGURES = ("orders", "tickets", "revenue")


class Exports:
    """Exports of one organisation's customers. All of them are read piece by piece.

    Args:
        database: the store's.
        organisation: whose customers.
        evaluator: knows their figures.
    """

    def __init__(self, database: Database, organisation: Organisation, evaluator: Callable[[], Evaluator]) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation = organisation
        self._organisation_id = organisation.id
        self._evaluator = evaluator

    def members(self, members: Bitmap) -> Iterator[pa.Table]:
        """Data and figures of members by number, in pieces of the columns that ``Segments.rows`` has.

        There is one piece at least. Who is erased meanwhile is left out.
        """
        numbers = members.numbers()
        for piece in people.customers_in_pieces(self._database, self._organisation_id, numbers, MEMBER_COLUMNS):
            yield self._with_figures(piece)

    def workbook(self, members: Bitmap) -> Iterator[bytes]:
        """Members as an Excel workbook; see ``as_workbook``."""
        return as_workbook(self.members(members), Look.of(self._organisation))

    @property
    def data(self) -> CustomerData:
        """All customer data, in files that can be imported again."""
        return CustomerData(self._database, self._organisation)

    def archive(self, source: str | None = None, *, purchases: bool = True) -> Iterator[bytes]:
        """All customer data as a ZIP file; see ``as_archive``.

        Args:
            source: of this source alone.
            purchases: with orders, carts, and what was bought.

        Raises:
            NotFound: there is no such source.
        """
        return as_archive(self.data.files(source, purchases=purchases))

    def _with_figures(self, piece: pa.Table) -> pa.Table:
        numbers = piece["number"]
        figures = self._evaluator().figures(numbers.to_numpy().astype(np.uint32), _FIGURES)
        found = pc.cast(figures["number"], pa.int64())
        places = None if found.equals(numbers) else pc.index_in(numbers, value_set=found)
        for name in _FIGURES:
            column = pc.cast(figures[name], pa.int64())
            piece = piece.append_column(name, column if places is None else column.take(places))
        return piece

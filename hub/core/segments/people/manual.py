"""The members of manual segments: added and removed by hand or from a list, however long."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from hub.core.segments.service import Segments
from hub.core.store import manual_members as stored
from hub.core.store.database import Database
from hub.core.store.manual_members import IdKind
from hub.core.store.tables import Organisation, Segment
from hub.core.store.texts import storable

_LARGEST_NUMBER = 2**32 - 1


@dataclass(frozen=True)
class CustomerIds:
    """A list of customers, each named by an id of the same kind."""

    kind: IdKind
    ids: Sequence[str]
    source: str = ""
    """Which source's ids they are; only for external ids."""

    @classmethod
    def numbers(cls, numbers: Iterable[int | str]) -> "CustomerIds":
        """Customers by the hub's own numbers."""
        return cls(IdKind.NUMBER, [str(number) for number in numbers])

    @classmethod
    def external_ids(cls, source: str, ids: Iterable[str]) -> "CustomerIds":
        """Customers by the ids of a source, given by its name."""
        return cls(IdKind.EXTERNAL_ID, list(ids), source)

    @classmethod
    def emails(cls, addresses: Iterable[str]) -> "CustomerIds":
        """Customers by address, without regard to case; everyone who has it is meant."""
        return cls(IdKind.EMAIL, list(addresses))


@dataclass(frozen=True)
class UnknownCustomer:
    """An id that names no customer."""

    id: str
    reason: str


@dataclass(frozen=True)
class MembersReport:
    """What became of a list of customers."""

    changed: int
    """How many customers were added, or removed."""
    unchanged: int
    """How many were members already, or were none."""
    unknown: Sequence[UnknownCustomer]
    """The ids that name nobody, in the order of the list."""


class ManualMembers:
    """Adds members to the manual segments of one organisation, and removes them.

    Args:
        database: the store's.
        organisation: whose segments and customers.
        segments: evaluates what changed.
        clock: the time now, in UTC.
    """

    def __init__(
        self, database: Database, organisation: Organisation, segments: Segments, clock: Callable[[], datetime]
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._segments = segments
        self._clock = clock

    def add(self, segment: Segment, customers: CustomerIds) -> MembersReport:
        """Add customers; who can't be found is reported, the others are added.

        Raises:
            NotFound: the segment was removed, or there is no such source.
            UserError: the segment is not manual.
        """
        now = self._clock()
        table = self._table(customers)
        written = stored.add_members(self._database, segment, customers.kind, table, now)
        return self._report(segment, customers, written)

    def remove(self, segment: Segment, customers: CustomerIds) -> MembersReport:
        """Remove customers; those who are no members are counted as unchanged.

        Raises:
            NotFound, UserError: as for ``add``.
        """
        written = stored.remove_members(self._database, segment, customers.kind, self._table(customers))
        return self._report(segment, customers, written)

    def _table(self, customers: CustomerIds) -> pa.Table:
        """The list as the store takes it: an id that can't be one becomes null, which names nobody."""
        source: int | None = None
        if customers.kind is IdKind.EXTERNAL_ID:
            source = stored.source_named(self._database, self._organisation_id, customers.source)
        if customers.kind is IdKind.NUMBER:
            ids = pa.array([_number(text) for text in customers.ids], pa.int64())
        else:
            lower = customers.kind is IdKind.EMAIL
            ids = pa.array([_text(text, lower=lower) for text in customers.ids], pa.string())
        places = pa.array(range(len(customers.ids)), pa.int64())
        sources = pa.array([source] * len(customers.ids), pa.int64())
        return pa.table({"place": places, "id": ids, "source": sources})

    def _report(self, segment: Segment, customers: CustomerIds, written: stored.Written) -> MembersReport:
        if written.changed:
            self._segments.evaluate_with_users(segment)
        unknown = [
            UnknownCustomer(customers.ids[place], _reason(customers, customers.ids[place]))
            for place in written.unknown
        ]
        return MembersReport(written.changed, written.named - written.changed, unknown)


def _number(text: str) -> int | None:
    text = text.strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(_LARGEST_NUMBER)) else 0
    return number if 0 < number <= _LARGEST_NUMBER else None


def _text(text: str, *, lower: bool) -> str | None:
    """A text that both databases take, or None."""
    text = text.strip()
    if not storable(text):
        return None
    return text.lower() if lower else text


def _reason(customers: CustomerIds, text: str) -> str:
    match customers.kind:
        case IdKind.NUMBER if _number(text) is None:
            return "this is no customer's number: those are whole numbers from 1"
        case IdKind.NUMBER:
            return "no customer has this number"
        case IdKind.EXTERNAL_ID:
            return f"no customer of the source {customers.source!r} has this id"
    return "no customer has this address"

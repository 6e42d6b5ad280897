"""The ids behind the places that a batch's references were turned into (see ``hub.core.ingest.places``)."""

from dataclasses import dataclass

import sqlalchemy as sa

from hub.core.store.staging import FIRST_NAME


@dataclass
class Places:
    """What the store has of one kind that a batch brings or names, by place."""

    target: sa.Table
    """The store's table of that kind."""
    ids: sa.Table
    """A table of ``place`` and ``id``; the id is null while the store has no such row."""
    names: sa.Table | None
    """What the batch names without bringing it."""
    shift: int | None = None
    """What makes an id of the place of a row that the batch brings itself; None where ``ids`` has to tell."""
    known: int = 0
    """How many of the batch's own rows the store had before."""
    first_new: int | None = None
    """Ids from here on are of rows that this batch brought first; None before they were given."""

    @property
    def primary(self) -> sa.Column[int]:
        """The target's primary key."""
        (primary,) = self.target.primary_key.columns
        return primary

    def id_at(self, place: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
        """The id at a place, or null."""
        found = sa.select(self.ids.c.id).where(self.ids.c.place == place).scalar_subquery()
        if self.shift is None:
            return found
        own = place + self.shift
        return own if self.names is None else sa.case((place < FIRST_NAME, own), else_=found)

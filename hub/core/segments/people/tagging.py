"""Tags on all customers of a result at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.core.engines.bitmap import Bitmap
from hub.core.store.database import Database
from hub.core.store.facts import tagging as stored
from hub.core.store.tables import Organisation


@dataclass(frozen=True)
class TagCount:
    """How many customers have a tag."""

    tag: str
    among: int
    """How many of the customers asked about."""
    in_all: int
    """How many of all."""


class Tagging:
    """Tags and untags customers of one organisation.

    Args:
        database: the store's.
        organisation: whose customers and tags.
    """

    def __init__(self, database: Database, organisation: Organisation) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id

    def tag(self, members: Bitmap, tag: str) -> int:
        """Mark all members with a tag, making it if it is new; return how many had it not.

        Raises:
            InputError: the tag is empty or too long.
        """
        with self._database.writing() as connection:
            return stored.tag_customers(connection, self._organisation_id, tag, members.numbers())

    def untag(self, members: Bitmap, tag: str) -> int:
        """Take a tag off all members; return how many had it.

        Raises:
            InputError: the tag is empty or too long.
        """
        with self._database.writing() as connection:
            return stored.untag_customers(connection, self._organisation_id, tag, members.numbers())

    def counts(self, members: Bitmap) -> Sequence[TagCount]:
        """For each of the organisation's tags how many of the members have it, and how many customers in all."""
        with self._database.reading() as connection:
            in_all = stored.tag_counts(connection, self._organisation_id)
            among = stored.tag_counts(connection, self._organisation_id, members.numbers())
        return [TagCount(tag, among[tag], count) for tag, count in in_all.items()]

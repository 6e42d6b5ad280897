"""Looks up what ``segment "Name"`` stands for while a definition is evaluated."""

from hub.core.contracts.errors import DefinitionError, NotFound
from hub.core.engines.bitmap import Bitmap
from hub.core.segments.definition import Tree, load
from hub.core.store import segments as stored
from hub.core.store.database import Database
from hub.core.store.manual_members import numbers_of
from hub.core.store.tables import Organisation


class SegmentResolver:
    """What the names of an organisation's segments stand for, as they are stored now.

    Args:
        database: the store's.
        organisation: whose segments.
    """

    def __init__(self, database: Database, organisation: Organisation) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id

    def __call__(self, name: str) -> Tree | Bitmap:
        """The definition of a dynamic segment, the members of a manual one.

        Raises:
            DefinitionError: there is no such segment, or it was removed.
        """
        try:
            with self._database.session() as session:
                segment = stored.segment_named(session, self._organisation_id, name)
        except NotFound as error:
            raise DefinitionError(str(error)) from None
        if segment.definition is not None:
            return load(segment.definition)
        assert segment.id is not None
        return Bitmap.of(numbers_of(self._database, segment.id))

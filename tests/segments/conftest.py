"""Desks over stores, for tests of segments."""

from collections.abc import Callable, Iterator

import pytest

from hub.core.store.database import Database
from hub.core.store.tables import Organisation
from tests.segments.desk import Desk


@pytest.fixture
def make_desk(database: Database, organisation: Organisation) -> Iterator[Callable[[], Desk]]:
    """Makes desks of further processes over the same store."""
    made: list[Desk] = []

    def make() -> Desk:
        made.append(Desk(database, organisation))
        return made[-1]

    yield make
    for desk in made:
        desk.replica.close()


@pytest.fixture
def desk(make_desk: Callable[[], Desk]) -> Desk:
    """A desk over an empty store."""
    return make_desk()

"""Stands over stores, for tests of feeds."""

from collections.abc import Iterator

import pytest

from hub.core.store.database import Database
from hub.core.store.tables import Organisation
from tests.feeds.stand import Stand


@pytest.fixture
def stand(database: Database, organisation: Organisation) -> Iterator[Stand]:
    """A stand over a store with three invented people and a segment of everyone."""
    made = Stand(database, organisation)
    made.bring_people("DE", "DK", "SE")
    made.segments.create("All", "everyone")
    yield made
    made.replica.close()

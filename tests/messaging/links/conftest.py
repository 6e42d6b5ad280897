"""Posts over stores, for tests of links."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.core.store.database import Database
from hub.core.store.tables import Organisation
from tests.messaging.links.post import Post


@pytest.fixture
def post(database: Database, organisation: Organisation, tmp_path: Path) -> Iterator[Post]:
    """A post over a store with three people."""
    made = Post(database, organisation, tmp_path)
    made.bring_people(3)
    yield made
    made.close()

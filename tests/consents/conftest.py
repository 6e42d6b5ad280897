"""Shops over stores, for tests of consent."""

from pathlib import Path

import pytest

from hub.core.store.database import Database
from hub.core.store.tables import Organisation
from tests.consents.shop import Shop


@pytest.fixture
def shop(database: Database, organisation: Organisation, tmp_path: Path) -> Shop:
    """A shop over an empty store."""
    return Shop(database, organisation, tmp_path)

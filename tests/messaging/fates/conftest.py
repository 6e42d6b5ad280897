"""Offices over stores."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hub.core.store.database import Database
from hub.core.store.tables import Organisation
from tests.messaging.fates import line
from tests.messaging.fates.office import Office


@pytest.fixture(autouse=True)
def provider() -> line.Provider:
    """The provider behind all channels, which knows nothing at first."""
    line.PROVIDER.__init__()  # type: ignore[misc]
    return line.PROVIDER


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    """A client that nobody uses."""
    with httpx.Client() as client:
        yield client


@pytest.fixture
def office(database: Database, organisation: Organisation, tmp_path: Path, http: httpx.Client) -> Office:
    """An office with four customers who agreed to everything, on each of the two databases in turn."""
    return Office(database, organisation, tmp_path, http)

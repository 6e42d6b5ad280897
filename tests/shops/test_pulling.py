"""A shop is pulled into the store, changed, and pulled again: only what changed comes, whatever was killed."""

import json
import signal
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from hub import DataSource
from hub.core.ingest.report import IngestReport
from hub.core.ingest.service import Imports
from hub.core.store.database import Database
from hub.core.store.tables import Organisation

from .conftest import ConnectedShop

CUSTOMERS = 150

KILLED_AFTER = """
import json, logging, os, signal, sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from zoneinfo import ZoneInfo
import httpx
from hub import Context
from hub.core.ingest.service import Imports
from hub.core.store.database import Database
from hub.core.store.organisations import first_organisation

url, module, name, settings, batches = sys.argv[1:]
kind = getattr(import_module(module), name)
clock = lambda: datetime.now(UTC)
context = Context(httpx.Client(), clock, logging.getLogger(), ZoneInfo("Europe/Berlin"), "EUR", "DE", Path.cwd())
stored = []

def count(report):
    stored.append(report)
    if len(stored) == int(batches):
        os.kill(os.getpid(), signal.SIGKILL)

database = Database(url)
imports = Imports(database, first_organisation(database), lambda kind: "shop", clock)
imports.run(kind(kind.settings_model.model_validate(json.loads(settings)), context), "shop", progress=count)
"""


@pytest.fixture
def imports(database: Database, organisation: Organisation) -> Imports:
    return Imports(database, organisation, lambda _kind: "shop", lambda: datetime.now(UTC))


def counts(report: IngestReport) -> tuple[dict[str, int], dict[str, int]]:
    """What was inserted and what was updated, by kind."""
    inserted = {kind: number for kind, number in report.inserted.items() if number}
    return inserted, {kind: number for kind, number in report.updated.items() if number}


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def test_only_what_changed_comes_again(
    connected: ConnectedShop, source: DataSource[Any], imports: Imports, database: Database
) -> None:
    connected.fill(CUSTOMERS)
    everything = {"customers": CUSTOMERS, "products": 1, "orders": CUSTOMERS, "order_lines": CUSTOMERS}
    assert counts(imports.run(source, "shop")) == (everything, {})
    again = imports.run(source, "shop")
    assert counts(again) == ({}, {})
    assert sum(again.unchanged.values()) == 0

    connected.sell(1000, 7)
    connected.refund(20)
    connected.rename(33, "Grace")
    report = imports.run(source, "shop")
    assert counts(report) == ({"orders": 1, "order_lines": 1}, {"orders": 1, "customers": 1})
    assert {kind: number for kind, number in report.unchanged.items() if number} == {"order_lines": 1}
    assert report.rejected == []

    assert rows(database, "SELECT external_id FROM orders WHERE status = 'refunded'") == [("20",)]
    assert rows(database, "SELECT external_id FROM customers WHERE first_name = 'Grace'") == [("33",)]
    bought = (
        "SELECT count(*), min(total), max(total) FROM orders JOIN customers ON customers.number = customer_number "
        "WHERE customers.external_id = '7'"
    )
    assert rows(database, bought) == [(2, 1250, 1250)]


def test_killed_between_batches_it_goes_on(
    connected: ConnectedShop, source: DataSource[Any], imports: Imports, database: Database, store_url: str
) -> None:
    connected.fill(CUSTOMERS)
    kind = connected.source_type
    with_orders = [number for number, batch in enumerate(source.read(None), 1) if "orders" in batch.tables]
    arguments = [kind.__module__, kind.__name__, json.dumps(connected.settings), str(with_orders[0])]
    killed = subprocess.run([sys.executable, "-c", KILLED_AFTER, store_url, *arguments], check=False)
    assert killed.returncode == -signal.SIGKILL
    before = rows(database, "SELECT count(*) FROM orders")[0][0]
    assert 0 < before < CUSTOMERS

    report = imports.run(source, "shop")
    assert counts(report) == ({"orders": CUSTOMERS - before, "order_lines": CUSTOMERS - before}, {})
    assert sum(report.unchanged.values()) == 0
    assert rows(database, "SELECT count(*), count(DISTINCT external_id) FROM orders") == [(CUSTOMERS, CUSTOMERS)]
    assert counts(imports.run(source, "shop")) == ({}, {})

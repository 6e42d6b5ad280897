"""The theatre's exports come in whole through the real CSV source, and look as a ticket system's do."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlmodel import select

from hub.core.app import Hub, make_home, open_hub
from hub.core.ingest.report import IngestReport
from hub.core.store.tables import Consent, Customer, CustomerTag, Event, Order, OrderLine, Organisation, table_of
from hub.demo.theatre.exports import HEADERS, Export, write_exports
from hub.demo.theatre.theatre import TIME_ZONE, Theatre, invent_theatre

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def theatre() -> Theatre:
    return invent_theatre(NOW, customers=1500)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    home = tmp_path_factory.mktemp("exports")
    make_home(home, Organisation(name="House", time_zone="Europe/Berlin", currency="EUR", country="DE"))
    opened = open_hub(home, lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def exports(hub: Hub, theatre: Theatre) -> list[Export]:
    return write_exports(theatre, hub.home / "exports")


@pytest.fixture(scope="module")
def reports(hub: Hub, exports: list[Export]) -> dict[str, IngestReport]:
    return {
        file.kind: hub.imports.run(hub.connections.source("csv", file.settings()), "box office")
        for file in exports
    }


def stored(hub: Hub, model: type) -> int:
    with hub.database.session() as session:
        found = session.execute(sa.select(sa.func.count()).select_from(table_of(model))).scalar_one()
    return int(found)


def test_no_row_is_rejected(reports: dict[str, IngestReport]) -> None:
    assert {kind: report.rejected for kind, report in reports.items()} == {kind: [] for kind in HEADERS}


@pytest.mark.parametrize(
    ("kind", "model"),
    [
        ("customers", Customer),
        ("events", Event),
        ("orders", OrderLine),
        ("consents", Consent),
        ("tags", CustomerTag),
    ],
)
def test_every_row_is_stored(
    hub: Hub, theatre: Theatre, reports: dict[str, IngestReport], kind: str, model: type
) -> None:
    assert reports[kind].inserted
    assert stored(hub, model) == theatre.tables[kind].num_rows


def test_money_and_times_arrive_as_they_were_meant(
    hub: Hub, theatre: Theatre, reports: dict[str, IngestReport]
) -> None:
    assert reports["orders"].inserted["orders"] == stored(hub, Order)
    rows = theatre.tables["orders"].select(["id", "total", "ordered_at"]).to_pylist()
    meant = {row["id"]: (row["total"], row["ordered_at"].replace(tzinfo=ZoneInfo(TIME_ZONE))) for row in rows}
    with hub.database.session() as session:
        found = {order.external_id: (order.total, order.ordered_at) for order in session.scalars(select(Order))}
    assert found == meant


def test_a_second_import_changes_nothing(
    hub: Hub, reports: dict[str, IngestReport], exports: list[Export]
) -> None:
    assert reports
    for file in exports:
        again = hub.imports.run(hub.connections.source("csv", file.settings()), "box office")
        assert (again.inserted.total(), again.updated.total(), again.rejected) == (0, 0, []), file.kind


def test_headers_are_not_the_hubs_own(theatre: Theatre, exports: list[Export]) -> None:
    for file in exports:
        header = file.path.read_text(encoding="utf-8").splitlines()[0].replace('"', "").split(";")
        assert header == [HEADERS[file.kind][name] for name in theatre.tables[file.kind].column_names]
        assert not set(header) & set(HEADERS[file.kind])


def test_the_same_theatre_gives_the_same_files(tmp_path: Path, theatre: Theatre, exports: list[Export]) -> None:
    for file, again in zip(exports, write_exports(theatre, tmp_path), strict=True):
        assert file.path.read_bytes() == again.path.read_bytes()

"""A real hub with invented customers behind a real server on loopback, and a platform under the tests' control."""

import socket
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from hub.api.application import make_application
from hub.core.access.tokens import Scope
from hub.core.app import Hub, make_home, open_hub
from hub.core.contracts.records import (
    Batch,
    ConsentRecord,
    CustomerRecord,
    EventRecord,
    Gender,
    OrderLineRecord,
    OrderRecord,
)
from hub.core.ingest.ingest import Ingest
from hub.core.registry.registry import Registry
from hub.core.store.tables import Organisation

CUSTOMERS = 60

Serve = Callable[[FastAPI], AbstractContextManager[str]]

PLATFORM = '''
import threading
from collections import Counter
import hub
from pydantic import SecretStr

fault = None
opened = threading.Event()
entered = threading.Event()
held = {}


class PlatformSettings(hub.Settings):
    key: SecretStr = SecretStr("")


class Platform(hub.AudienceSink[PlatformSettings]):
    """Holds audiences in memory; waits at a gate after its first batch; raises what it is told to."""

    name = "platform"
    label = "Platform"
    help = "Holds audiences."
    settings_model = PlatformSettings
    accepts = frozenset({hub.IdentifierKind.EMAIL})
    largest_batch = 10

    def __init__(self, settings, context):
        super().__init__(settings, context)
        if fault is not None:
            raise fault

    def check(self): ...

    def ensure_audience(self, name, known):
        if known is not None and known not in held:
            raise hub.NotFound(f"the audience {known!r} was deleted there")
        held.setdefault(name, set())
        return name

    def reference(self, member): return str(member.number)

    def add(self, audience, members):
        refused = [hub.Rejection(one.number, "the address bounced") for one in members if one.number % 10 == 0]
        held[audience] |= {one.number for one in members} - {one.number for one in refused}
        entered.set()
        assert opened.wait(60)
        return refused

    def remove(self, audience, removals):
        held[audience] -= {one.number for one in removals}
        return []


@hub.hookimpl
def hub_audience_sinks(): return [Platform]
'''


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The module of a plugin whose sink is controlled by its ``opened``, ``entered`` and ``fault``."""
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "hub_platform_for_tests.py").write_text(textwrap.dedent(PLATFORM))
    sys.path.insert(0, str(folder))
    yield EntryPoint("platform", "hub_platform_for_tests", "hub").load()
    sys.path.remove(str(folder))
    del sys.modules["hub_platform_for_tests"]


@pytest.fixture(autouse=True)
def open_gate(request: pytest.FixtureRequest) -> None:
    """Every test begins with a platform that is well and takes everything."""
    if "platform" in request.fixturenames:
        platform: Any = request.getfixturevalue("platform")
        platform.fault = None
        platform.opened.set()
        platform.entered.clear()


def theatre_records() -> Batch:
    """Invented customers 1 to 60: customer n has n % 5 orders; each second gave the newsletter permission.

    Every order is of two tickets for an evening of Hamlet; who ordered four times came to another one, too.
    """
    numbers = range(1, CUSTOMERS + 1)
    return Batch.of(
        EventRecord(
            id="E-1", title="Hamlet", production="Hamlet", starts_at=datetime(2026, 1, 20, 18, tzinfo=UTC)
        ),
        EventRecord(
            id="E-2", title="Hamlet", production="Hamlet", starts_at=datetime(2026, 1, 21, 18, tzinfo=UTC)
        ),
        *(
            CustomerRecord(
                id=f"C-{number}",
                email=f"customer{number}@example.com",
                first_name="=1+1" if number == 1 else f"Ada {number}",
                last_name='Müller, "von"' if number == 2 else "Example",
                phone="+4930123456" if number == 3 else None,
                gender=Gender.FEMALE if number == 4 else None,
                born_on=date(1990, 5, 17) if number == 4 else None,
                registered_at=datetime(2024, 3, 1, 10, tzinfo=UTC) if number == 4 else None,
            )
            for number in numbers
        ),
        *(
            OrderRecord(
                id=f"O-{number}-{order}",
                customer=f"C-{number}",
                ordered_at=datetime(2026, 1, 10 + order, 12, tzinfo=UTC),
                total=Decimal("12.50"),
            )
            for number in numbers
            for order in range(number % 5)
        ),
        *(
            OrderLineRecord(
                id="1",
                order=f"O-{number}-{order}",
                event="E-2" if order == 3 else "E-1",
                quantity=2,
                total=Decimal("12.50"),
            )
            for number in numbers
            for order in range(number % 5)
        ),
        *(
            ConsentRecord(customer=f"C-{number}", permission="newsletter", at=datetime(2025, 1, 1, tzinfo=UTC))
            for number in numbers
            if number % 2
        ),
    )


def store_theatre(hub: Hub) -> None:
    """Put the invented customers into a hub's store."""
    list(Ingest(hub.database, hub.organisation, "tests", hub.clock).store([theatre_records()]))


def make_theatre_hub(folder: Path, clock: Callable[[], datetime] | None = None) -> Hub:
    """Make a home with the invented customers and open it."""
    make_home(
        folder, Organisation(name="Theater am Ufer", time_zone="Europe/Berlin", currency="EUR", country="DE")
    )
    hub = open_hub(folder, clock) if clock else open_hub(folder)
    store_theatre(hub)
    return hub


@pytest.fixture(scope="module")
def open_theatre(tmp_path_factory: pytest.TempPathFactory, platform: ModuleType) -> Iterator[Callable[..., Hub]]:
    """Makes hubs with the invented customers, the built-in criteria, and connections to a platform and a file."""
    made: list[Hub] = []

    def make(clock: Callable[[], datetime] | None = None) -> Hub:
        hub = make_theatre_hub(tmp_path_factory.mktemp("hub") / "home", clock)
        own = [found for found in entry_points(group="hub") if found.name in ("criteria", "csv")]
        hub.registry = Registry.load([*own, EntryPoint("platform", platform.__name__, "hub")])
        hub.connections.connect("platform", "mailing", {})
        (hub.home / "guests.csv").write_text("id,email,born_on\ng1,emil@example.com,1990-05-17\ng2,,never\n")
        hub.connections.connect("csv", "guest list", {"path": "guests.csv", "kind": "customers"})
        made.append(hub)
        return hub

    yield make
    for hub in made:
        hub.close()


@pytest.fixture(scope="module")
def hub(open_theatre: Callable[..., Hub]) -> Hub:
    """One such hub for all tests of a file."""
    return open_theatre()


@contextmanager
def served(application: FastAPI) -> Iterator[str]:
    """Serve an application on loopback from a thread; its address."""
    server = uvicorn.Server(uvicorn.Config(application, lifespan="on", ws="none", log_level="critical"))
    # Only where the protocol is named does asyncio switch off Nagle's algorithm, which costs 40 ms an answer.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(100)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="session")
def serve() -> Serve:
    """Serves an application on loopback while a context lasts."""
    return served


@pytest.fixture(scope="module")
def address(hub: Hub) -> Iterator[str]:
    """Where the hub's API is served."""
    with served(make_application(hub)) as found:
        yield found


@pytest.fixture(scope="module")
def stranger(address: str) -> Iterator[httpx.Client]:
    """A client without a token."""
    with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def api(address: str, hub: Hub) -> Iterator[httpx.Client]:
    """A client that may do everything."""
    headers = {"Authorization": f"Bearer {hub.tokens.create('tests', list(Scope))}"}
    with httpx.Client(base_url=f"{address}/api/v1", headers=headers, trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture
def make_segment(api: httpx.Client) -> Callable[..., dict[str, Any]]:
    """Makes a segment of a text."""

    def make(name: str, text: str = "everyone") -> dict[str, Any]:
        answer = api.post("/segments", json={"name": name, "text": text})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    return make


@pytest.fixture
def make_sync(api: httpx.Client, make_segment: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Makes a sync of a segment of its own to the platform."""

    def make(name: str, text: str = "everyone", **more: Any) -> dict[str, Any]:
        segment = make_segment(f"of {name}", text)
        asked = {"name": name, "segment": segment["name"], "connection": "mailing", "permission": None, **more}
        answer = api.post("/syncs", json=asked)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    return make


@pytest.fixture
def ended(api: httpx.Client) -> Callable[[int], dict[str, Any]]:
    """Waits until a run is over; the run."""

    def wait(run_id: int) -> dict[str, Any]:
        while True:
            run: dict[str, Any] = api.get(f"/runs/{run_id}").json()
            if run["status"] != "running":
                return run
            time.sleep(0.01)

    return wait

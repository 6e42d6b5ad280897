"""A real hub behind a real server on loopback, what was sent from it, and a real browser."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from hub.core.app import Hub, make_home, open_hub
from hub.core.store.tables import Organisation
from hub.serving import make_server
from tests.messaging.links.post import Post


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """An invented theatre's."""
    home = tmp_path_factory.mktemp("web") / "home"
    make_home(home, Organisation(name="Theater am Ufer", time_zone="Europe/Berlin", currency="EUR", country="GB"))
    opened = open_hub(home)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def post(hub: Hub) -> Iterator[Post]:
    """What the hub sent to many people."""
    made = Post(hub.database, hub.organisation, hub.home)
    made.bring_people(60)
    yield made
    made.close()


@pytest.fixture(scope="module")
def address(hub: Hub) -> Iterator[str]:
    """Where the hub is served."""
    server = uvicorn.Server(uvicorn.Config(make_server(hub), lifespan="on", ws="none", log_level="critical"))
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(100)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def web(address: str) -> Iterator[httpx.Client]:
    """A client that follows nothing by itself, with the name of a browser."""
    headers = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"}
    with httpx.Client(base_url=address, headers=headers, trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; a skip where there is none, a failure in continuous integration."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("continuous integration must try the pages: there is no Chromium")
        pytest.skip("no pages can be tried here: there is no Chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=Path(program), args=["--no-sandbox"])
        yield launched
        launched.close()

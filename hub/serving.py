"""Runs the REST API, the pages and the scheduler side by side, and stops them when told to."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.api.application import make_application
from hub.core.app import Hub, open_hub
from hub.core.contracts.errors import SettingsError, StoreError
from hub.web.application import PATHS, make_pages

_INTERRUPTED = 130
"""Exit code of a process that was told twice to end: 128 and the number of SIGINT."""


def make_server(hub: Hub, *, close_hub: bool = False) -> ASGIApp:
    """Make what a web server runs: the REST API, and the pages beside it.

    Args:
        hub: what is served.
        close_hub: whether the hub is closed when the server stops; else that is up to whoever opened it.

    Raises:
        StoreError: the store can't be used.
    """
    api, pages = make_application(hub, close_hub=close_hub), make_pages(hub)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        is_page = scope["type"] == "http" and scope["path"].startswith(PATHS)
        await (pages if is_page else api)(scope, receive, send)

    return serve


def from_environment() -> ASGIApp:
    """Where a web server of your own starts: ``uvicorn --factory hub.serving:from_environment``.

    It serves the hub whose home ``HUB_HOME`` names, and closes it when the server stops.

    Raises:
        SettingsError: ``HUB_HOME`` is not set, or a setting of the hub is wrong.
        NotFound: there is no hub in that folder.
        StoreError: the store can't be used.
    """
    home = os.environ.get("HUB_HOME", "")
    if not home:
        raise SettingsError("set HUB_HOME to the folder of the hub, which `hub init` makes")
    return make_server(open_hub(Path(home)), close_hub=True)


def serve_until_stopped(
    hub: Hub,
    host: str,
    port: int,
    *,
    announce: Callable[[str], None],
    say: Callable[[str], None],
    access_log: bool = False,
) -> None:
    """Serve until SIGINT or SIGTERM; then end the API, wait for running syncs, and return.

    Args:
        hub: what is served.
        host: address to listen on.
        port: port to listen on, 0 for any free one.
        announce: hears the address, such as ``http://127.0.0.1:8000``, once it is listened on.
        say: tells people something.
        access_log: whether to log each request.

    Raises:
        SettingsError: the address can't be listened on.
        StoreError: the API can't be started.
    """
    with _listen(host, port) as listening, _terminated_as_interrupted():
        # One hub for both: one process can't keep two replicas in one file.
        config = uvicorn.Config(
            make_server(hub), log_config=None, access_log=access_log, timeout_graceful_shutdown=10
        )
        server = uvicorn.Server(config)
        scheduler = hub.scheduler()
        scheduler.start()
        try:
            announce(_address(listening))
            server.run(sockets=[listening])
            is_up = server.started
        except KeyboardInterrupt:  # how one ends it
            is_up = True
        finally:
            say("Ending. Running syncs come to their end first; Ctrl-C again ends at once.")
            with _ending_at_once():
                hub.newsletters.let_all_go()  # they may take hours, and lose nothing when they go on later
                scheduler.stop()
    if not is_up:
        raise StoreError("the REST API could not be started; the lines above say why")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named: without it asyncio leaves Nagle's algorithm on, which costs 40 ms an answer.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise SettingsError(
            f"nothing can be served at {host}, port {port}: {error.strerror or error}; choose others with --host "
            "and --port"
        ) from error
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Let SIGTERM end things as Ctrl-C does; uvicorn passes on to us what it caught."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _ending_at_once() -> Iterator[None]:
    """Let a second signal end the process where it stands: the ledgers know how to go on from there."""

    def end(number: int, frame: FrameType | None) -> None:
        os._exit(_INTERRUPTED)

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

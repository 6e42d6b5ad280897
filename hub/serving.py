"""Runs the REST API and the scheduler side by side, and stops both when told to."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn

from hub.api.application import make_application
from hub.core.app import Hub
from hub.core.contracts.errors import SettingsError, StoreError

_INTERRUPTED = 130
"""Exit code of a process that was told twice to end: 128 and the number of SIGINT."""


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
            make_application(hub), log_config=None, access_log=access_log, timeout_graceful_shutdown=10
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

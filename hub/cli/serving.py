"""Runs the REST API and the scheduler side by side, and stops both when told to."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import FrameType

import uvicorn

from hub.cli.errors import ExitCode
from hub.core.app import Hub
from hub.core.contracts.errors import SettingsError, StoreError

_API = "hub.api.application"
"""Named, not imported: neither of the hub's faces is built on the other."""


def serve_until_stopped(hub: Hub, host: str, port: int, *, say: Callable[[str], None], access_log: bool) -> None:
    """Serve until SIGINT or SIGTERM; then end the API, wait for running syncs, and return.

    Args:
        hub: what is served.
        host: address to listen on.
        port: port to listen on, 0 for any free one.
        say: tells people something.
        access_log: whether to log each request.

    Raises:
        SettingsError: the address can't be listened on.
        StoreError: the API can't be started.
    """
    with _listen(host, port) as listening, _terminated_as_interrupted():
        # One hub for both: one process can't keep two replicas in one file.
        api = import_module(_API).make_application(hub)
        config = uvicorn.Config(api, log_config=None, access_log=access_log, timeout_graceful_shutdown=10)
        server = uvicorn.Server(config)
        scheduler = hub.scheduler()
        scheduler.start()
        try:
            say(f"Serving {_address(listening)} for {hub.organisation.name}; Ctrl-C ends it.")
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
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise SettingsError(
            f"nothing can be served at {host}, port {port}: {error.strerror or error}; choose others with --host "
            "and --port"
        ) from error


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
        os._exit(ExitCode.INTERRUPTED)

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

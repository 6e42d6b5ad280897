"""Leaves the demo running: its platform, the scheduler and the REST API, until the process is stopped."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.demo.platform import Platform
from hub.demo.telling import Teller

_APPLICATION = "hub.api.server:from_environment"
"""Named, not imported: all the demo knows of the API is where it is."""


def serve_until_stopped(tell: Teller, hub: Hub, platform: Platform) -> None:
    """Make a token, then serve until SIGINT or SIGTERM; syncs that run then come to their end first."""
    token = hub.tokens.create("demo", list(Scope))
    os.environ["HUB_HOME"] = str(hub.home)
    server = uvicorn.Server(
        uvicorn.Config(_APPLICATION, factory=True, log_level="warning", timeout_graceful_shutdown=10)
    )
    scheduler = hub.scheduler()
    with _listener(hub.settings.host, hub.settings.port) as listener, _terminated_as_interrupted():
        address = "http://{}:{}".format(*listener.getsockname()[:2])
        tell.line()
        tell.line(f"The REST API listens on {address}, and the schedule runs, until you press Ctrl+C.")
        tell.line("The API's token is shown this once:")
        tell.detail(f"curl -H 'Authorization: Bearer {token}' {address}/api/v1/segments")
        tell.line(f"What the platform holds: {platform.server.root}/__state")
        scheduler.start()
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:
            pass  # how one ends it
        finally:
            scheduler.stop()


def _listener(host: str, port: int) -> socket.socket:
    """A socket at the port, or at a free one if that is taken."""
    try:
        return socket.create_server((host, port))
    except OSError:
        return socket.create_server((host, 0))


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Let SIGTERM end things in good order as Ctrl+C does; uvicorn passes on to us what it caught."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

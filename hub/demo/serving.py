"""Leaves the demo running: its platform, the scheduler and the REST API, until the process is stopped."""

from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.contracts.errors import SettingsError
from hub.demo.platform import Platform
from hub.demo.telling import Teller
from hub.serving import serve_until_stopped


def leave_running(tell: Teller, hub: Hub, platform: Platform) -> None:
    """Make a token, then serve until SIGINT or SIGTERM, at the configured port or else a free one."""
    token = hub.tokens.create("demo", list(Scope))

    def announce(address: str) -> None:
        tell.line()
        tell.line(f"The REST API listens on {address}, and the schedule runs, until you press Ctrl+C.")
        tell.line("The API's token is shown this once:")
        tell.detail(f"curl -H 'Authorization: Bearer {token}' {address}/api/v1/segments")
        tell.line(f"What the platform holds: {platform.server.root}/__state")

    try:
        serve_until_stopped(hub, hub.settings.host, hub.settings.port, announce=announce, say=tell.line)
    except SettingsError:
        serve_until_stopped(hub, hub.settings.host, 0, announce=announce, say=tell.line)

"""Runs one of the providers as a process: prints its base URL, then serves until it is ended."""

import argparse
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType

from hub.testing.platforms.server import LoopbackServer
from hub.testing.platforms.sms import GatewayApiServer, SevenServer, TwilioServer, VonageServer

_MADE: Mapping[str, Callable[[argparse.Namespace], LoopbackServer]] = MappingProxyType(
    {
        "twilio": lambda chosen: TwilioServer(chosen.account, chosen.key, chosen.port),
        "gatewayapi": lambda chosen: GatewayApiServer(chosen.key, chosen.webhook_secret, chosen.port),
        "seven": lambda chosen: SevenServer(chosen.key, chosen.webhook_secret, chosen.port),
        "vonage": lambda chosen: VonageServer(chosen.account, chosen.key, chosen.webhook_secret, port=chosen.port),
    }
)


def main() -> None:
    """Serve one account; the one line of output is the base URL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("provider", choices=list(_MADE))
    parser.add_argument("--key", required=True, help="the auth token, API token, API key or API secret to accept")
    parser.add_argument(
        "--account", default="AC" + "0" * 32, help="Twilio: the account's SID; Vonage: the API key"
    )
    parser.add_argument("--webhook-secret", default="", help="what calls are signed with; Twilio takes the token")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    chosen = parser.parse_args()
    with _MADE[chosen.provider](chosen) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        try:
            server.closing.wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()

"""Runs the Messenger server as a process: prints its base URL, then serves until it is ended."""

import argparse
import sys

from hub.testing.platforms.messenger.server import MessengerServer


def main() -> None:
    """Serve one Page; the one line of output is its base URL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--page", required=True, help="the Page's ID")
    parser.add_argument("--token", required=True, help="the Page's access token")
    parser.add_argument("--secret", required=True, help="the app's secret")
    parser.add_argument("--customer", action="append", default=[], help="ID of a customer who has just written")
    chosen = parser.parse_args()
    with MessengerServer(chosen.page, chosen.token, chosen.secret, port=chosen.port) as server:
        server.page.heard.update(dict.fromkeys(chosen.customer, server.page.clock()))
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        try:
            server.closing.wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()

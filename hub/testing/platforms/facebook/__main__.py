"""Runs the Facebook server as a process: prints its base URL, then serves until it is ended."""

import argparse
import sys

from hub.testing.platforms.facebook.server import FacebookServer


def main() -> None:
    """Serve one ad account; the one line of output is its base URL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--token", required=True, help="the access token to accept")
    parser.add_argument("--account", required=True, help="the ad account's ID, digits alone")
    parser.add_argument("--secret", help="the app's secret; with it, every call must prove to know it")
    chosen = parser.parse_args()
    with FacebookServer(chosen.token, chosen.account, chosen.secret, chosen.port) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        try:
            server.closing.wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()

"""Runs the Viber server as a process: prints its base URL, then serves until it is ended."""

import argparse
import sys

from hub.testing.platforms.viber.server import ViberServer


def main() -> None:
    """Serve one bot; the one line of output is its base URL."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--token", required=True, help="the bot's token")
    parser.add_argument("--follower", action="append", default=[], help="ID of a customer who follows the bot")
    chosen = parser.parse_args()
    with ViberServer(chosen.token, chosen.port) as server:
        server.bot.followers.update(chosen.follower)
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        try:
            server.closing.wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()

"""Runs the Mailchimp server as a process: prints its base URL, then serves until it is ended."""

import argparse
import sys

from hub.testing.platforms.mailchimp.server import MailchimpServer


def main() -> None:
    """Serve one account; the first line of output is its base URL, then one line per list: id and name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--key", required=True, help="the API key to accept")
    parser.add_argument("--list", action="append", default=[], help="name of a list to make; may be repeated")
    chosen = parser.parse_args()
    with MailchimpServer(chosen.key, chosen.port) as server:
        sys.stdout.write(f"{server.url}\n")
        for name in chosen.list:
            sys.stdout.write(f"{server.add_list(name)}\t{name}\n")
        sys.stdout.flush()
        try:
            server.closing.wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()

"""``python -m bench [NAME …]``: what the hub costs beside hand-written floors."""

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict
from pathlib import Path

from bench.catalogue import chosen
from bench.report import heading, line, skipped
from bench.running import Result, make_ready, run
from bench.world import World

_DATA = Path(__file__).parent / "data"


def main() -> None:
    """Run the chosen benchmarks, printing each result as it comes."""
    options = _options().parse_args()
    try:
        comparisons = chosen(options.names)
    except ValueError as error:
        sys.exit(str(error))
    folder = options.data / f"{options.customers}-{options.orders}"
    world = World(options.customers, options.orders, options.members, options.messages, folder.absolute())
    make_ready(world, comparisons)

    def show(text: str) -> None:
        if not options.json:
            print(text, flush=True)

    show(heading())
    results: list[Result] = []
    reasons: dict[str, str] = {}
    for one in comparisons:
        found = run(world, one, options.repeat)
        if isinstance(found, Result):
            results.append(found)
            show(line(found))
        else:
            reasons[one.name] = found
            show(skipped(one.name, found))
    if options.json:
        print(json.dumps({
            "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "kind": platform.machine()},
            "customers": world.customers, "orders": world.orders, "repeat": options.repeat,
            "results": [asdict(result) for result in results], "skipped": reasons,
        }))  # fmt: skip


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a benchmark or a group of them; all if none")
    parser.add_argument("--customers", type=int, default=250_000)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--members", type=int, default=20_000, help="sent to Mailchimp")
    parser.add_argument("--messages", type=int, default=3_000, help="sent by a newsletter")
    parser.add_argument("--repeat", type=int, default=5, help="measurements of each side")
    parser.add_argument("--json", action="store_true", help="one JSON document in place of the table")
    parser.add_argument("--data", type=Path, default=_DATA, help="where the files are kept")
    return parser


if __name__ == "__main__":
    main()

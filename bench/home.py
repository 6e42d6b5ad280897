"""Builds the home that most benchmarks look at: everything imported, the replica built."""

import shutil

from bench.world import World, clock, theatre
from hub.core.app import Hub, make_home, open_hub
from hub.core.ingest.report import IngestReport

KINDS = ("customers", "events", "orders", "consents", "tags")


def build_home(world: World) -> None:
    """Make the home anew with the code as it is now."""
    shutil.rmtree(world.home, ignore_errors=True)
    make_home(world.home, theatre())
    hub = open_hub(world.home, clock)
    for kind in KINDS:
        bring(hub, world, kind)
    hub.engine.refresh()
    hub.close()


def bring(hub: Hub, world: World, kind: str) -> IngestReport:
    """Import one file, all of whose rows are good."""
    source = hub.connections.source("csv", {"path": str(world.csv(kind)), "kind": kind})
    report = hub.imports.run(source, "shop")
    assert not report.rejected, report.rejected[:3]
    return report

"""A copy of the home in which some customers change between two looks at it."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from bench.world import NOW, World, clock
from hub.core.app import Hub, open_hub
from hub.core.contracts.records import Batch, CustomerRecord, OrderLineRecord, OrderRecord
from hub.core.ingest.ingest import Ingest


@contextmanager
def changed_hub(world: World, before: Callable[[Hub], object], count: int) -> Iterator[Hub]:
    """Open a copy of the home, do something, then let customers buy and move house.

    Args:
        world: whose home.
        before: what is done before they change.
        count: how many change.
    """
    with tempfile.TemporaryDirectory(dir=world.folder) as folder:
        home = Path(folder) / "home"
        shutil.copytree(world.home, home)
        with closing(open_hub(home, clock)) as hub:
            before(hub)
            _change(hub, min(count, world.customers))
            yield hub


def _change(hub: Hub, count: int) -> None:
    """Let so many customers move to Kiel and buy once more."""
    yesterday = NOW - timedelta(days=1)
    records = [
        record
        for number in range(count)
        for record in (
            CustomerRecord(id=f"c{number}", city="Kiel"),
            OrderRecord(id=f"new{number}", customer=f"c{number}", ordered_at=yesterday, total=Decimal(50)),
            OrderLineRecord(id="1", order=f"new{number}", event="e1", quantity=2, total=Decimal(50)),
        )
    ]
    ingest = Ingest(hub.database, hub.organisation, "shop", clock)
    for _ in ingest.store([Batch.of(*records)]):
        pass

"""The loopback shop as a process of its own, as a demonstration uses it."""

import subprocess
import sys

from .conftest import KEY, SECRET, MakeSource


def test_it_serves_an_invented_shop(make_source: MakeSource) -> None:
    command = [sys.executable, "-m", "hub.testing.platforms.woocommerce", "--key", KEY, "--secret", SECRET]
    with subprocess.Popen([*command, "--customers", "3"], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        batches = list(make_source(url=running.stdout.readline().strip()).read(None))
        running.terminate()
    rows = {kind: table.num_rows for batch in batches for kind, table in batch.tables.items()}
    assert rows == {"products": 1, "customers": 3, "orders": 3, "order_lines": 3}

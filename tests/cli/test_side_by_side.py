"""Two processes on one store, of either kind: one imports while another asks; both work, and agree in the end."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from hub.core.store.database import Database
from hub.core.store.tables import Order, table_of

Run = Callable[..., Any]

MAIN = [sys.executable, "-c", "from hub.cli import main; main()"]
FILES, CUSTOMERS = 2, 500
ASKING = """
import sys
from pathlib import Path
from hub.core.app import open_hub
hub = open_hub(Path(sys.argv[1]))
stop, sizes = Path(sys.argv[2]), []
print("asking", flush=True)
while True:
    last_round = stop.exists()  # looked at first, so that one round sees everything
    sizes.append(len(hub.segments.evaluate(hub.segments.named("Buyers")).members))
    hub.upkeep.run()
    if last_round:
        break
print(*sizes)
hub.close()
"""


@pytest.fixture
def shared(run: Run, store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hub without customers, on each of the two databases in turn, with two segments."""
    home = tmp_path / "home"
    run("init", home, "--store-url", store_url)
    monkeypatch.setenv("HUB_HOME", str(home))
    run("segment", "create", "Buyers", "orders >= 1")
    run("segment", "create", "Twice", 'segment "Buyers" and orders >= 2')
    return home


@pytest.fixture
def files(tmp_path: Path) -> list[tuple[Path, str]]:
    """Customers and their orders: the first half of each file buys twice."""
    made = []
    for number in range(FILES):
        people = [f"c{number}-{place}" for place in range(CUSTOMERS)]
        orders = [f"{one}-1,{one}" for one in people] + [f"{one}-2,{one}" for one in people[: CUSTOMERS // 2]]
        for kind, head, rows in (
            ("customers", "id,email", [f"{one},{one}@example.com" for one in people]),
            ("orders", "id,customer,ordered_at,total", [f"{one},2024-01-03 10:00,20.00" for one in orders]),
        ):
            file = tmp_path / f"{kind}-{number}.csv"
            file.write_text("\n".join([head, *rows]) + "\n")
            made.append((file, kind))
    return made


def _started(*words: str) -> "subprocess.Popen[str]":
    """A process at work."""
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_one_imports_while_another_evaluates(
    run: Run, shared: Path, files: list[tuple[Path, str]], tmp_path: Path
) -> None:
    stop = tmp_path / "stop"
    with _started(sys.executable, "-c", ASKING, str(shared), str(stop)) as asking:
        try:
            assert asking.stdout is not None
            assert asking.stdout.readline() == "asking\n"
            for file, kind in files:
                run("import", "csv", file, "--kind", kind)
            stop.touch()
            told, wrong = asking.communicate(timeout=120)
        finally:
            asking.kill()
    assert asking.returncode == 0, wrong
    sizes = told.split()
    assert sizes[-1] == str(FILES * CUSTOMERS)
    assert sizes == sorted(sizes, key=int), "what came in was lost again"
    # A third process, with a replica of its own, finds the same; and the history adds up.
    listed = {one["name"]: one["size"] for one in run("segment", "list", "--json").data}
    assert listed == {"Buyers": FILES * CUSTOMERS, "Twice": FILES * CUSTOMERS // 2}
    for name, size in listed.items():
        assert run("segment", "count", name).out == f"{size}\n"
        history = run("segment", "history", name, "--json").data
        assert sum(one["entered"] - one["left"] for one in history) == size
    assert run("segment", "evaluate", "--all").out == "Nothing changed.\n"


def test_who_only_asks_is_not_kept_waiting(
    run: Run, shared: Path, store_url: str, files: list[tuple[Path, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for file, kind in files[:2]:
        run("import", "csv", file, "--kind", kind)
    monkeypatch.setenv("HUB_BUSY_SECONDS", "0.1")  # who waits for the writer fails at once
    database = Database(store_url)
    try:
        with database.writing() as writer:
            writer.execute(sa.delete(table_of(Order)))
            assert run("segment", "count", "Buyers").out == f"{CUSTOMERS}\n"
            assert run("segment", "members", "Twice", "--limit", "1", "--json").data["size"] == CUSTOMERS // 2
            assert run("segment", "dashboard", "revenue > 30", "--json").data["size"] == CUSTOMERS // 2
            assert run("segment", "show", "Buyers", "--json").data["size"] == CUSTOMERS
            run("segment", "history", "Buyers")
            run("segment", "list")
            assert run("customer", "show", "1", "--json").data["orders"] == 2
            writer.rollback()
    finally:
        database.close()


def test_two_evaluate_what_a_third_brings_and_write_it_down_once(
    run: Run, shared: Path, files: list[tuple[Path, str]]
) -> None:
    for file, kind in files[:2]:
        run("import", "csv", file, "--kind", kind)
    words = (*MAIN, "segment", "evaluate", "--all", "--json")
    with _started(*words) as one, _started(*words) as other:
        told = [each.communicate(timeout=120) for each in (one, other)]
    assert (one.returncode, other.returncode) == (0, 0), told
    changes = [change for said, _ in told for change in json.loads(said)["changes"]]
    assert sorted((one["name"], one["entered"]) for one in changes) == [
        ("Buyers", CUSTOMERS),
        ("Twice", CUSTOMERS // 2),
    ]
    assert [one["entered"] for one in run("segment", "history", "Buyers", "--json").data] == [CUSTOMERS, 0]

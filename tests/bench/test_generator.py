"""The same sizes always give the same files."""

import hashlib
from pathlib import Path

import pyarrow.csv
import pytest

from bench.generator import make_files
from bench.world import World

KINDS = ("customers", "events", "orders", "consents", "tags")


def small(folder: Path, orders: int = 500) -> World:
    return World(customers=200, orders=orders, members=10, messages=10, folder=folder)


def digests(world: World) -> dict[str, str]:
    return {kind: hashlib.sha256(world.csv(kind).read_bytes()).hexdigest() for kind in KINDS}


def test_the_same_sizes_give_the_same_bytes(tmp_path: Path) -> None:
    one, other = small(tmp_path / "one"), small(tmp_path / "other")
    make_files(one)
    make_files(other)
    assert digests(one) == digests(other)
    larger = small(tmp_path / "larger", orders=501)
    make_files(larger)
    assert digests(larger)["orders"] != digests(one)["orders"]


def test_files_that_are_there_are_kept(tmp_path: Path) -> None:
    world = small(tmp_path / "files")
    make_files(world)
    written = world.csv("orders").stat().st_mtime_ns
    make_files(world)
    assert world.csv("orders").stat().st_mtime_ns == written


@pytest.fixture
def orders(tmp_path: Path) -> pyarrow.Table:
    world = small(tmp_path / "files")
    make_files(world)
    text = pyarrow.csv.ConvertOptions(column_types={"line": pyarrow.string(), "category": pyarrow.string()})
    return pyarrow.csv.read_csv(world.csv("orders"), convert_options=text)


def test_there_are_as_many_orders_as_were_asked_for_of_one_to_four_lines(orders: pyarrow.Table) -> None:
    ids = orders["id"].to_pylist()
    assert len(set(ids)) == 500
    assert set(orders["line"].to_pylist()) == {"1", "2", "3", "4"}
    assert len(ids) == orders.group_by(["id", "line"]).aggregate([]).num_rows


def test_an_order_costs_what_its_lines_cost(orders: pyarrow.Table) -> None:
    sums: dict[str, float] = {}
    totals: dict[str, float] = {}
    for row in orders.to_pylist():
        sums[row["id"]] = sums.get(row["id"], 0) + row["line_total"]
        totals[row["id"]] = row["total"]
    assert {name: round(total, 2) for name, total in sums.items()} == totals

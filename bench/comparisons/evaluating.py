"""Questions to the replica, beside hand-written DuckDB SQL over the same tables, and beside themselves."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace

import duckdb
import numpy as np

from bench.changing import changed_hub
from bench.comparison import Comparison, Side, Work
from bench.segments import ONE, ONE_SQL, TREE, TREE_SQL, many_segments
from bench.world import World, clock
from hub.core.app import Hub, open_hub
from hub.core.segments.binding import Catalogue
from hub.core.engines.bitmap import Bitmap
from hub.core.segments.evaluator import Evaluator

_CHANGED = 1_000


def comparisons() -> Sequence[Comparison]:
    """One criterion, a tree of six, nothing changed, and a thousand customers changed."""
    one = Comparison(
        "evaluate.one",
        cold(ONE),
        numbers(ONE_SQL),
        "one criterion, never asked before",
        "hand-written SQL, its numbers fetched",
        budget=1.5,
        times=20,
    )
    tree = Comparison(
        "evaluate.tree",
        cold(TREE),
        numbers(TREE_SQL),
        "a tree of 6 criteria, none asked before",
        "one hand-written query of all six, its numbers fetched",
        times=20,
    )
    return [
        one,
        replace(one, name="evaluate.one-count", floor=count(ONE_SQL), floor_is="SELECT count(*)", budget=None),
        tree,
        replace(tree, name="evaluate.tree-count", floor=count(TREE_SQL), floor_is="SELECT count(*) of all six"),
        Comparison(
            "evaluate.same",
            unchanged,
            bitmaps,
            "the tree once more, nothing changed",
            "numpy combines six bitmaps and counts",
            times=500,
        ),
        Comparison(
            "evaluate.changed",
            up_to_date,
            anew,
            f"{_CHANGED:,} customers changed: 100 segments true again",
            "the 100 segments evaluated anew",
            budget=0.05,
        ),
    ]


def cold(text: str) -> Side:
    """Evaluate a segment with nothing kept, over a replica that is up to date."""

    @contextmanager
    def side(world: World) -> Iterator[Work]:
        with closing(open_hub(world.home, clock)) as hub:
            tree, calendar = hub.segments.understood(text), hub.segments.calendar()
            hub.engine.refresh()
            yield lambda: len(_fresh(hub).evaluate(tree, calendar).members)

    return side


def numbers(condition: str) -> Side:
    """Fetch the numbers of the customers who meet a condition."""
    return _asked(f"SELECT number FROM traits WHERE {condition}", fetched=True)


def count(condition: str) -> Side:
    """Count the customers who meet a condition."""
    return _asked(f"SELECT count(*) FROM traits WHERE {condition}", fetched=False)


@contextmanager
def unchanged(world: World) -> Iterator[Work]:
    """Evaluate the tree a second time: no criterion may be asked."""
    with closing(open_hub(world.home, clock)) as hub:
        tree, calendar = hub.segments.understood(TREE), hub.segments.calendar()
        hub.evaluator.evaluate(tree, calendar)
        asked = hub.evaluator.asked

        def work() -> int:
            found = len(hub.evaluator.evaluate(tree, calendar).members)
            assert hub.evaluator.asked == asked, "a criterion was asked though nothing changed"
            return found

        yield work


@contextmanager
def bitmaps(world: World) -> Iterator[Work]:
    """Combine six bitmaps that give the tree's members."""
    with closing(open_hub(world.home, clock)) as hub:
        tree = hub.segments.understood(TREE)
        members = hub.evaluator.evaluate(tree, hub.segments.calendar()).members
        six = [Bitmap(members.words.copy()).words for _ in range(6)]
        yield lambda: int(np.bitwise_count(six[0] & six[1] & six[2] & six[3] & six[4] & six[5]).sum())


@contextmanager
def up_to_date(world: World) -> Iterator[Work]:
    """A thousand customers change after a hundred segments were evaluated; catching up is part of the work."""
    with changed_hub(world, _hundred_segments, _CHANGED) as hub:
        yield lambda: _hundred_segments(hub)


@contextmanager
def anew(world: World) -> Iterator[Work]:
    """The same change, but nothing is kept; the replica has caught up before."""
    with changed_hub(world, lambda hub: None, _CHANGED) as hub:
        hub.engine.refresh()
        yield lambda: _hundred_segments(hub)


def _hundred_segments(hub: Hub) -> int:
    """The sum of a hundred segments' sizes."""
    calendar = hub.segments.calendar()
    trees = [hub.segments.understood(text) for text in many_segments(100)]
    return sum(len(hub.evaluator.evaluate(tree, calendar).members) for tree in trees)


def _fresh(hub: Hub) -> Evaluator:
    return Evaluator(hub.engine, Catalogue(hub.registry.criteria()))


def _asked(query: str, *, fetched: bool) -> Side:
    def side(world: World) -> AbstractContextManager[Work]:
        return _query(world, query, fetched=fetched)

    return side


@contextmanager
def _query(world: World, query: str, *, fetched: bool) -> Iterator[Work]:
    (file,) = (world.home / "replica").glob("*.duckdb")
    with closing(duckdb.connect(str(file), read_only=True)) as connection:
        connection.execute("SET enable_progress_bar = false")

        def work() -> int:
            if fetched:
                return len(connection.execute(query).fetchnumpy()["number"])
            return int(connection.execute(query).fetchall()[0][0])

        yield work

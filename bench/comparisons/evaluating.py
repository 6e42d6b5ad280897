"""Questions to the replica, beside hand-written DuckDB SQL over the same tables, and beside themselves."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from itertools import count as count_from

import duckdb
import numpy as np

from bench.changing import changed_hub
from bench.comparison import Comparison, Side, Work
from bench.segments import DASHBOARD, DASHBOARD_SQL, MOVED_SQL, ONE, ONE_SQL, TREE, TREE_SQL, many_segments
from bench.world import World, clock
from hub.core.app import Hub, open_hub
from hub.core.engines.bitmap import Bitmap
from hub.core.segments.binding import Catalogue
from hub.core.segments.dashboard.dashboard import Dashboard
from hub.core.segments.definition import Tree
from hub.core.segments.evaluator import Evaluator
from hub.core.segments.references.resolving import SegmentResolver

_CHANGED = 1_000
_MOVED = 7
"""Place of the filter that moves."""


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
            "dashboard.moved",
            moved,
            moved_by_hand,
            "one of 13 filters moves: its count, all others, the total",
            "hand-written SQL of that one filter, its numbers fetched",
            budget=1.5,
            times=30,
        ),
        Comparison(
            "dashboard.cold",
            dashboard_cold,
            dashboard_by_hand,
            "13 filters, none asked before: each one's count, and the total",
            "one hand-written query that counts all 13 and the total",
            budget=1.2,
            times=5,
        ),
        Comparison(
            "dashboard.histograms",
            histograms,
            dashboard_by_hand,
            "the distributions behind the 13 filters, none made before",
            "as for dashboard.cold",
            times=3,
        ),
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


@contextmanager
def moved(world: World) -> Iterator[Work]:
    """Open a dashboard, then move one filter again and again; all others were asked before."""
    with closing(open_hub(world.home, clock)) as hub:
        hub.dashboard.open(hub.segments.understood(DASHBOARD.format(revenue=100)), histograms=False)
        steps = count_from(100)

        def work() -> int:
            tree = hub.segments.understood(DASHBOARD.format(revenue=next(steps)))
            shown = hub.dashboard.open(tree, histograms=False)
            return shown.filters[_MOVED].size

        yield work


@contextmanager
def moved_by_hand(world: World) -> Iterator[Work]:
    """Ask the filter that moves, and nothing else."""
    with _replica(world) as connection:
        steps = count_from(100)

        def work() -> int:
            query = f"SELECT number FROM traits WHERE {MOVED_SQL.format(revenue=next(steps))}"
            return len(connection.execute(query).fetchnumpy()["number"])

        yield work


@contextmanager
def dashboard_cold(world: World) -> Iterator[Work]:
    """Open a dashboard with nothing kept, over a replica that is up to date."""
    with closing(open_hub(world.home, clock)) as hub:
        tree = hub.segments.understood(DASHBOARD.format(revenue=100))
        hub.engine.refresh()
        yield lambda: _opened(hub, tree, histograms=False)


@contextmanager
def histograms(world: World) -> Iterator[Work]:
    """Open a dashboard with its distributions; its criteria were asked before."""
    with closing(open_hub(world.home, clock)) as hub:
        tree = hub.segments.understood(DASHBOARD.format(revenue=100))
        evaluator = hub.evaluator
        evaluator.evaluate(tree, hub.segments.calendar())

        def work() -> int:
            shown = Dashboard(lambda: evaluator, hub.segments.calendar).open(tree)
            assert all(one.histogram for one in shown.filters)
            return shown.size

        yield work


def _opened(hub: Hub, tree: Tree, *, histograms: bool) -> int:
    fresh = _fresh(hub)
    return Dashboard(lambda: fresh, hub.segments.calendar).open(tree, histograms=histograms).size


def dashboard_by_hand(world: World) -> AbstractContextManager[Work]:
    """Count the thirteen filters and who meets all of them, in one query: the best that was found."""
    places = range(len(DASHBOARD_SQL))
    columns = ", ".join(f"({DASHBOARD_SQL[place]}) AS f{place}" for place in places)
    each = ", ".join(f"count(*) FILTER (WHERE f{place})" for place in places)
    total = " AND ".join(f"f{place}" for place in places)
    return _query(
        world, f"SELECT count(*) FILTER (WHERE {total}), {each} FROM (SELECT {columns} FROM traits)", fetched=False
    )


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
    return sum(len(evaluation.members) for evaluation in hub.evaluator.evaluate_many(trees, calendar))


def _fresh(hub: Hub) -> Evaluator:
    resolver = SegmentResolver(hub.database, hub.organisation)
    return Evaluator(hub.engine, Catalogue(hub.registry.criteria()), resolver)


def _asked(query: str, *, fetched: bool) -> Side:
    def side(world: World) -> AbstractContextManager[Work]:
        return _query(world, query, fetched=fetched)

    return side


@contextmanager
def _query(world: World, query: str, *, fetched: bool) -> Iterator[Work]:
    with _replica(world) as connection:

        def work() -> int:
            if fetched:
                return len(connection.execute(query).fetchnumpy()["number"])
            return int(connection.execute(query).fetchall()[0][0])

        yield work


@contextmanager
def _replica(world: World) -> Iterator[duckdb.DuckDBPyConnection]:
    """The replica's file, as anyone would open it."""
    (file,) = (world.home / "replica").glob("*.duckdb")
    with closing(duckdb.connect(str(file), read_only=True)) as connection:
        connection.execute("SET enable_progress_bar = false")
        yield connection

"""Every benchmark runs at a tiny size, and finds what its floor finds."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.catalogue import comparisons
from bench.comparison import Comparison
from bench.report import heading, line
from bench.running import Disagreement, Figures, Result, make_ready, run
from bench.world import World

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("bench") / "files"
    tiny = World(customers=300, orders=900, members=600, messages=40, folder=folder)
    make_ready(tiny, comparisons())
    return tiny


@pytest.mark.parametrize("one", comparisons(), ids=lambda one: one.name)
def test_it_reports_itself_and_its_floor(world: World, one: Comparison) -> None:
    found = run(world, one, repeat=1)
    assert isinstance(found, Result), found
    for figures in (found.ours, found.floor):
        assert figures.cpu > 0
        assert figures.wall > 0
        assert figures.memory > 10_000_000
    assert found.answer > 0, "a benchmark over nothing would be fast"
    assert found.ratio == pytest.approx(found.ours.cpu / found.floor.cpu)
    assert one.name in line(found)
    assert len(heading()) > 50


def test_a_floor_that_finds_something_else_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([{"cpu": 1, "wall": 1, "memory": 1, "answer": answer} for answer in (1, 2)])
    monkeypatch.setattr("bench.running._in_fresh_process", lambda world, **request: next(answers))
    with pytest.raises(Disagreement, match=r"the hub found \{1\}, its floor \{2\}"):
        run(world, comparisons()[0], repeat=1)


def test_a_ratio_is_the_median_of_pairs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that slows down for a while slows down both of a pair."""
    times = iter([2.0, 1.0, 20.0, 10.0, 9.0, 3.0])
    measured = ({"cpu": cpu, "wall": cpu, "memory": 1, "answer": 0} for cpu in times)
    monkeypatch.setattr("bench.running._in_fresh_process", lambda world, **request: next(measured))
    found = run(world, comparisons()[0], repeat=3)
    assert isinstance(found, Result)
    assert (found.ratio, found.ours.cpu, found.floor.cpu) == (2.0, 9.0, 3.0)


def test_a_line_tells_how_many_there_were_a_second() -> None:
    ours, floor = Figures(cpu=1.0, wall=2.0, memory=1), Figures(cpu=1.0, wall=0.1, memory=1)
    result = Result("message.email", "ours", "floor", ours, floor, 1.0, None, 3_000, "messages")
    assert line(result).endswith("ours / floor; 1,500 / 30,000 messages a second")
    assert line(replace(result, counted="")).endswith("ours / floor")


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_command_gives_json(tmp_path: Path) -> None:
    sizes = ("--customers", "50", "--orders", "100", "--repeat", "1", "--data", str(tmp_path))
    done = bench("start.python", *sizes, "--json")
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    assert [one["name"] for one in document["results"]] == ["start.python"]
    assert document["customers"] == 50
    assert document["results"][0]["floor"]["cpu"] > 0


def test_an_unknown_name_is_refused() -> None:
    done = bench("nonsense")
    assert done.returncode == 1
    assert "there is no benchmark 'nonsense'" in done.stderr

"""``hub segment dashboard``, ``why``, and what is left out for a production or an event."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

EVENTS = """\
id,production,starts_at,title
faust-1,Faust,2030-01-03 19:30,Faust I
faust-2,Faust,2030-02-03 19:30,Faust II
"""
TICKETS = """\
id,customer,ordered_at,total,event,quantity
t1,1,2024-05-01 10:00,20.00,faust-1,1
t2,2,2024-05-01 10:00,20.00,faust-2,1
"""


def test_a_dashboard_has_every_number_and_its_distribution(run: Run, home: Path) -> None:
    shown = run("segment", "dashboard", 'orders >= 1 and revenue > 100 and city = "Berlin"', "--json").data
    assert (shown["size"], shown["base_size"]) == (1, 4)
    orders, revenue, city = shown["criteria"]
    assert [one["size"] for one in shown["criteria"]] == [3, 2, 2]
    assert [(bar["from"], bar["to"], bar["size"]) for bar in orders["histogram"]["buckets"]] == [
        (0, 1, 1),
        (1, 2, 2),
        (2, 3, 0),
        (3, 4, 1),
    ]
    assert (revenue["histogram"]["kind"], revenue["histogram"]["unit"]) == ("money", "EUR")
    assert sum(bar["size"] for bar in revenue["histogram"]["buckets"]) == 4
    assert city["histogram"]["buckets"][0] == {"from": "Berlin", "to": None, "size": 2}


def test_bars_are_as_long_as_their_numbers(run: Run, home: Path) -> None:
    said = run("segment", "dashboard", "Buyers").out.splitlines()
    assert said[0] == "3 of 4: customers who placed at least 1 order"
    bars = {line.split()[0]: (line.split()[1], line.count("#")) for line in said[3:]}
    assert bars == {"0": ("1", 20), "1": ("2", 40), "2": ("0", 0), "3": ("1", 20)}


def test_a_segment_is_looked_at_through_filters(run: Run, home: Path) -> None:
    shown = run("segment", "dashboard", "Buyers", "--filters", 'city = "Berlin" and age > 30', "--json").data
    assert (shown["size"], shown["base_size"]) == (1, 3)
    assert [one["size"] for one in shown["criteria"]] == [2, 2]
    ages = shown["criteria"][1]["histogram"]
    assert (ages["kind"], ages["unit"], ages["unknown"]) == ("number", "years", 1)
    assert "can't be understood" in run("segment", "dashboard", "Buyers", "--filters", "age >", code=1).err
    words = ("--filters", "age > 3", "--view", "x")
    assert "--filters" in run("segment", "dashboard", "Buyers", *words, code=2).err


def test_ticket_holders_are_left_out(run: Run, home: Path, tmp_path: Path) -> None:
    for kind, text in (("events", EVENTS), ("orders", TICKETS)):
        (tmp_path / f"{kind}.csv").write_text(text)
        run("import", "csv", tmp_path / f"{kind}.csv", "--kind", kind)
    assert run("segment", "count", "Buyers", "--without-production", "Faust").out == "1\n"
    assert run("segment", "count", "everyone", "--without-event", "faust-2").out == "3\n"
    words = ("--without-event", "faust-1", "--without-event", "faust-2")
    left = run("segment", "members", "Buyers", *words, "--json").data
    assert [one["external_id"] for one in left["members"]] == ["3"]
    shown = run("segment", "dashboard", "Buyers", "--without-event", "faust-2", "--json").data
    assert (shown["size"], shown["base_size"]) == (2, 3)
    assert run("segment", "export", "Buyers", "-", "--without-event", "faust-1").out.count("\n") == 3


def test_why_goes_down_into_the_criteria(run: Run, home: Path) -> None:
    run("segment", "create", "Some", 'segment "Buyers" and not orders < 2')
    assert run("segment", "why", "Some", "2").out.splitlines() == [
        "no   all of these match",
        "  yes  are in the segment “Buyers”",
        "    yes  placed at least 1 order  (orders: 1)",
        "  no   none of these matches",
        "    yes  placed less than 2 orders  (orders: 1)",
    ]
    told = run(
        "segment", "why", "last_purchase within 60 days", "--id", "3", "--as-of", "2024-07-01", "--json"
    ).data
    assert (told["number"], told["matches"]) == (3, True)
    assert told["explanation"]["figures"] == {"last_purchase_at": "2024-06-21T07:30:00+00:00"}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("Buyers",), 2, "NUMBER, or --id"),
        (("Buyers", "1", "--id", "1"), 2, "NUMBER, or --id"),
        (("Buyers", "99"), 1, "there is no customer 99"),
        (("Buyers", "--id", "1", "--source", "shop"), 1, "'shop' knows no customer '1'"),
        (("Buyers", "99999999999999999999"), 2, "less than or equal to"),
        (("buyerz", "1"), 1, "nor is there a segment"),
    ],
)
def test_a_question_without_answer_is_told(
    run: Run, home: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    assert said in run("segment", "why", *words, code=code).err

"""Acceptance: a shop's file is imported by one command, and counts agree with a plain reading of the file.

The file is the one HUB_CDNOW names, or else an invented one of the same form. The plain reading knows nothing of
the hub: it is csv, datetime and Decimal.
"""

import csv
import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hub.cli.app import app

Run = Callable[..., Any]
MAPPED = ("customer=customer_id", "ordered_at=ordered_on", "quantity=quantity", "total=amount_usd")
FIRST_DAY = date(1997, 1, 1)
DAYS = 545


@dataclass(frozen=True)
class Row:
    """One line of the file."""

    customer: str
    day: date
    quantity: int
    amount: Decimal


@dataclass(frozen=True)
class Customer:
    """What a customer had bought by the end of a day."""

    orders: int
    tickets: int
    revenue: Decimal
    first: date | None
    last: date | None

    @property
    def average(self) -> Decimal | None:
        return self.revenue / self.orders if self.orders else None

    def ago(self, today: date) -> int:
        """Days since the last purchase; of who never bought, more than anyone asks for below."""
        return (today - self.last).days if self.last else 10**9


def _invent(file: Path) -> None:
    """Write a file of the same form: few buy often, some rows are exact repetitions."""
    chance = random.Random(20260101)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(("customer_id", "ordered_on", "quantity", "amount_usd"))
        for number in range(1, 601):
            for _ in range(min(40, 1 + int(chance.expovariate(0.5)))):
                day = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
                quantity = chance.choice((1, 1, 1, 2, 2, 3, 5, 0))
                amount = Decimal(quantity * chance.randrange(499, 1999)) / 100
                row = (f"{number:05}", day.isoformat(), quantity, f"{amount:.2f}")
                writer.writerows([row] * (2 if chance.random() < 0.05 else 1))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = os.environ.get("HUB_CDNOW")
    if named:
        return Path(named)
    invented = tmp_path_factory.mktemp("shop") / "shop.csv"
    _invent(invented)
    return invented


@pytest.fixture(scope="module")
def rows(file: Path) -> list[Row]:
    with file.open(encoding="utf-8", newline="") as opened:
        return [
            Row(
                line["customer_id"],
                date.fromisoformat(line["ordered_on"]),
                int(line["quantity"]),
                Decimal(line["amount_usd"]),
            )
            for line in csv.DictReader(opened)
        ]


def _import(file: Path) -> list[str]:
    return ["import", "csv", str(file), "--kind", "orders", *(word for one in MAPPED for word in ("--map", one))]


@pytest.fixture(scope="module")
def shop(file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub that one command filled."""
    home = tmp_path_factory.mktemp("shop") / "home"
    for words in (["init", str(home), "--currency", "USD"], ["--home", str(home), *_import(file)]):
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.output
    return home


def _known(rows: list[Row], today: date) -> Iterator[Customer]:
    """Each customer as at the end of a day; one who buys only later is known, but has bought nothing."""
    by_customer: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_customer[row.customer].append(row)
    for bought in by_customer.values():
        past = [row for row in bought if row.day <= today]
        days = [row.day for row in past]
        yield Customer(
            len(past),
            sum(row.quantity for row in past),
            sum((row.amount for row in past), Decimal(0)),
            min(days, default=None),
            max(days, default=None),
        )


Test = Callable[[Customer, date], bool]


def _on(test: Callable[[date], bool]) -> Test:
    """A test of the last purchase's day that nobody passes who never bought."""
    return lambda customer, today: customer.last is not None and test(customer.last)


QUESTIONS: dict[str, Test] = {
    "everyone": lambda c, t: True,
    "orders >= 3": lambda c, t: c.orders >= 3,
    "orders = 1": lambda c, t: c.orders == 1,
    "orders = 0": lambda c, t: c.orders == 0,
    "orders between 2 and 5": lambda c, t: 2 <= c.orders <= 5,
    "tickets > 10": lambda c, t: c.tickets > 10,
    "tickets <= 1": lambda c, t: c.tickets <= 1,
    "revenue >= 100": lambda c, t: c.revenue >= 100,
    "revenue < 11.77": lambda c, t: c.revenue < Decimal("11.77"),
    "revenue between 50 and 99.99": lambda c, t: 50 <= c.revenue <= Decimal("99.99"),
    "average_order >= 40": lambda c, t: c.average is not None and c.average >= 40,
    "average_order < 15.50": lambda c, t: c.average is not None and c.average < Decimal("15.5"),
    "last_purchase within 60 days": lambda c, t: c.ago(t) <= 60,
    "last_purchase within 0 days": lambda c, t: c.ago(t) == 0,
    "last_purchase exactly 7 days ago": lambda c, t: c.ago(t) == 7,
    "last_purchase not within 180 days": lambda c, t: c.last is not None and c.ago(t) > 180,
    "last_purchase more than 365 days ago": lambda c, t: c.last is not None and c.ago(t) > 365,
    "last_purchase before 1997-04-01": _on(lambda day: day < date(1997, 4, 1)),
    "last_purchase after 1998-03-31": _on(lambda day: day > date(1998, 3, 31)),
    "last_purchase on 1997-02-14": _on(lambda day: day == date(1997, 2, 14)),
    "last_purchase between 1997-06-01 and 1997-08-31": _on(
        lambda day: date(1997, 6, 1) <= day <= date(1997, 8, 31)
    ),
    "first_purchase before 1997-02-01": lambda c, t: c.first is not None and c.first < date(1997, 2, 1),
    "not orders >= 2": lambda c, t: not c.orders >= 2,
    "orders >= 2 and not last_purchase within 90 days": lambda c, t: c.orders >= 2 and not c.ago(t) <= 90,
    "(orders >= 5 or revenue >= 200) and last_purchase within 120 days": lambda c, t: (
        (c.orders >= 5 or c.revenue >= 200) and c.ago(t) <= 120
    ),
    "not (tickets >= 4 or (average_order >= 30 and not last_purchase before 1997-07-01))": lambda c, t: (
        not (
            c.tickets >= 4
            or (
                c.average is not None
                and c.average >= 30
                and not (c.last is not None and c.last < date(1997, 7, 1))
            )
        )
    ),
    "orders >= 3 and (revenue < 60 or (tickets > 8 and not (average_order > 25 or orders = 4)))": lambda c, t: (
        c.orders >= 3
        and (
            c.revenue < 60 or (c.tickets > 8 and not ((c.average is not None and c.average > 25) or c.orders == 4))
        )
    ),
}
DAYS_ASKED = ("1997-02-14", "1998-06-30", "2030-05-05")


def test_every_row_is_stored_once_however_often_the_file_comes(
    run: Run, shop: Path, file: Path, rows: list[Row]
) -> None:
    again = run("--home", shop, *_import(file), "--json").data
    for kind in ("orders", "order_lines"):
        assert again["kinds"][kind] == {"new": 0, "changed": 0, "unchanged": len(rows), "deleted": 0}
    assert again["rejected"] == []
    assert len(set(rows)) < len(rows), "identical rows are what this is about"
    totals = run("--home", shop, "segment", "count", "orders >= 1").out
    assert int(totals) == len({row.customer for row in rows})


@pytest.mark.parametrize("day", DAYS_ASKED)
def test_counts_agree_with_a_plain_reading(run: Run, shop: Path, rows: list[Row], day: str) -> None:
    today = date.fromisoformat(day)
    known = list(_known(rows, today))
    expected = {text: sum(test(customer, today) for customer in known) for text, test in QUESTIONS.items()}
    counted = {text: int(run("--home", shop, "segment", "count", text, "--as-of", day).out) for text in QUESTIONS}
    assert counted == expected


def test_before_its_first_day_nobody_has_bought(run: Run, shop: Path, rows: list[Row]) -> None:
    for text in ("everyone", "orders = 0"):
        counted = int(run("--home", shop, "segment", "count", text, "--as-of", "1996-12-31").out)
        assert counted == len({row.customer for row in rows})
    assert run("--home", shop, "segment", "count", "orders >= 1", "--as-of", "1996-12-31").out == "0\n"


def test_counts_without_a_day_are_those_of_today(run: Run, shop: Path, rows: list[Row]) -> None:
    known = list(_known(rows, date.max))
    for text in ("orders >= 3", "tickets > 10", "revenue >= 100", "last_purchase not within 180 days"):
        expected = sum(QUESTIONS[text](customer, date(2100, 1, 1)) for customer in known)
        assert int(run("--home", shop, "segment", "count", text).out) == expected


def test_the_members_figures_add_up(run: Run, shop: Path, rows: list[Row], tmp_path: Path) -> None:
    run("--home", shop, "segment", "create", "All", "orders >= 1")
    run("--home", shop, "segment", "export", "All", tmp_path / "all.csv")
    with (tmp_path / "all.csv").open(encoding="utf-8", newline="") as opened:
        members = list(csv.DictReader(opened))
    assert sum(int(one["orders"]) for one in members) == len(rows)
    assert sum(int(one["tickets"]) for one in members) == sum(row.quantity for row in rows)
    assert sum(Decimal(one["revenue"]) for one in members) == sum(row.amount for row in rows)
    assert {one["external_id"] for one in members} == {row.customer for row in rows}

"""Lists of members: every order, either way round, with a search, gives each member once and in order."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from hub import CompanyRecord, CustomerRecord, OrderRecord
from hub.core.contracts.records import AccountKind, AccountStatus
from hub.core.engines.bitmap import Bitmap
from hub.core.segments.people.members import MemberOrder
from hub.core.store.export import MANY
from hub.core.store.facts.erasing import erase_customers
from tests.segments.desk import NOON, Desk

PEOPLE = [
    ("Ada", "Lima", "ada@example.com", "Köln", 3),
    ("Wei", "Li", "WEI@example.com", "berlin", None),
    ("Özge", "Öz", None, "Aachen", 1),
    ("Ole", "Østergaard", "ole@example.com", None, 1),
    (None, None, "anna.müller@example.com", "Berlin", 5),
    ("Anna", "MÜLLER", "anna@example.com", "BERLIN", 4),
    ("anna", "Muller", "zoe@example.com", "Zürich", None),
    (None, None, None, None, 2),
]
"""First name, last name, address, city, day of registration."""


@pytest.fixture
def town(desk: Desk) -> Desk:
    """Those people, with orders of 10, 20 … for every other one of them."""
    desk.bring(
        CompanyRecord(id="partner", name="Ufer GmbH"),
        *(
            CustomerRecord(
                id=f"c{place}",
                first_name=first,
                last_name=last,
                email=email,
                city=city,
                registered_at=None if day is None else NOON - timedelta(days=day),
                account_kind=AccountKind.GUEST,
                account_status=AccountStatus.BLOCKED,
                company="partner" if place == 1 else None,
            )
            for place, (first, last, email, city, day) in enumerate(PEOPLE, 1)
        ),
        *(
            OrderRecord(
                id=f"{place}-{order}",
                customer=f"c{place}",
                ordered_at=NOON - timedelta(days=9 - order),
                total=Decimal(10 * place),
            )
            for place in range(2, 9, 2)
            for order in range(place % 3 + 1)
        ),
    )
    return desk


def plain(text: str | None) -> str | None:
    decomposed = unicodedata.normalize("NFD", (text or "").lower())
    return "".join(each for each in decomposed if not unicodedata.combining(each)) or None


def orders_of(place: int) -> int:
    return place % 3 + 1 if place % 2 == 0 else 0


EXPECTED: dict[MemberOrder, Callable[[int], Any]] = {
    MemberOrder.NUMBER: lambda place: place,
    MemberOrder.NAME: lambda place: (
        (plain(PEOPLE[place - 1][1]), plain(PEOPLE[place - 1][0])) if PEOPLE[place - 1][1] else None
    ),
    MemberOrder.EMAIL: lambda place: plain(PEOPLE[place - 1][2]),
    MemberOrder.CITY: lambda place: plain(PEOPLE[place - 1][3]),
    MemberOrder.REGISTERED_AT: lambda place: (
        None if PEOPLE[place - 1][4] is None else -(PEOPLE[place - 1][4] or 0)
    ),
    MemberOrder.ORDERS: orders_of,
    MemberOrder.REVENUE: lambda place: 1000 * place * orders_of(place),
    MemberOrder.LAST_PURCHASE: lambda place: orders_of(place) or None,
}


def listed(desk: Desk, order: MemberOrder, limit: int, *, descending: bool, search: str = "") -> list[int]:
    """All pages."""
    members, found, after = desk.segments.ask("everyone").members, list[int](), None
    while True:
        page = desk.members.page(
            members, order=order, descending=descending, search=search, after=after, limit=limit
        )
        rows = page.rows["number"].to_pylist()
        assert len(rows) == limit or page.end is None
        found += rows
        if page.end is None:
            assert page.found == len(found)
            return found
        after = page.end


def test_every_order_lists_every_member_once_and_in_order(town: Desk) -> None:
    for order in MemberOrder:
        value = EXPECTED[order]
        there = [place for place in range(1, 9) if value(place) is not None]
        absent = [place for place in range(1, 9) if value(place) is None]
        up = sorted(there, key=lambda place: (value(place), place)) + absent
        down = sorted(there, key=lambda place: (value(place), place), reverse=True) + absent[::-1]
        for limit in (3, 50):
            assert listed(town, order, limit, descending=False) == up, order
            assert listed(town, order, limit, descending=True) == down, order


SEARCHES = {
    "muller": [5, 6, 7],
    "MÜLLER": [5, 6, 7],
    "anna müller": [6, 7],
    "müller anna": [6, 7],
    "  c8 ": [8],
    "BERLIN": [2, 5, 6],
    "%": [],
    "_": [],
    "' OR 1=1 --": [],
    "\ud83d": [],
    "a\0": [],
    "østergaard": [4],
}


def test_a_search_looks_at_names_addresses_ids_and_cities(town: Desk) -> None:
    for search, found in SEARCHES.items():
        assert listed(town, MemberOrder.NUMBER, 2, descending=False, search=search) == found, search
        assert sorted(listed(town, MemberOrder.CITY, 1, descending=True, search=search)) == found, search


def test_a_page_shows_people_with_their_figures(town: Desk) -> None:
    page = town.members.page(town.segments.ask("everyone").members, order=MemberOrder.REVENUE, descending=True)
    first = page.rows.to_pylist()[0]
    assert (first["number"], first["orders"], first["revenue"]) == (8, 3, 24_000)
    assert (first["account_kind"], first["account_status"], first["source"]) == ("guest", "blocked", "test")
    assert datetime.fromtimestamp(first["last_purchase_at"], UTC) == NOON - timedelta(days=7)
    assert first["registered_at"] == int((NOON - timedelta(days=2)).timestamp())
    assert page.rows.to_pylist()[-1]["company"] == "Ufer GmbH"


def test_who_is_erased_between_two_pages_is_left_out(town: Desk) -> None:
    members = town.segments.ask("everyone").members
    first = town.members.page(members, order=MemberOrder.CITY, limit=2)
    with town.database.writing() as connection:
        erase_customers(connection, [5, 8])
    town.replica.refresh()
    rest = town.members.page(members, order=MemberOrder.CITY, after=first.end)
    assert first.rows["number"].to_pylist() + rest.rows["number"].to_pylist() == [3, 2, 6, 1, 7, 4]
    assert town.members.page(members, limit=50).rows["number"].to_pylist() == [1, 2, 3, 4, 6, 7]
    assert town.members.page(Bitmap.of([])).rows.num_rows == 0


def test_many_members_are_read_in_bulk(desk: Desk) -> None:
    people = MANY + 10
    desk.bring(*(CustomerRecord(id=str(place), city=f"City {place % 7}") for place in range(people)))
    members = desk.segments.ask("everyone").members
    page = desk.members.page(members, order=MemberOrder.CITY, search="city 3", limit=3)
    assert page.found == sum(place % 7 == 3 for place in range(people))
    assert page.rows["external_id"].to_pylist() == ["3", "10", "17"]

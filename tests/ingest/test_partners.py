"""Companies come in by themselves or with their customers; venues get their places."""

from typing import Any

import pytest

from hub import CompanyRecord, CustomerRecord, EventRecord, Record, VenueRecord

Shop = Any


def test_a_company_is_kept_and_changed_by_its_id(shop: Shop) -> None:
    company = CompanyRecord(id="c1", name="Ufer GmbH", vat_number="DE123", city="Ulm", country="de")
    assert shop.bring(company).inserted == {"companies": 1}
    assert shop.stays(company)
    assert shop.bring(CompanyRecord(id="c1", name="Ufer AG")).updated == {"companies": 1}
    stored = shop.rows("SELECT external_id, name, vat_number, city, country, revision FROM companies")
    assert stored == [("c1", "Ufer AG", "DE123", "Ulm", "DE", 3)]


def test_a_customers_unknown_company_is_made_and_named_when_it_comes(shop: Shop) -> None:
    employee = CustomerRecord(id="1", company="c9")
    assert shop.bring(employee, CustomerRecord(id="2", company="c9")).inserted == {"customers": 2, "companies": 1}
    assert shop.stays(employee)
    names = "SELECT c.external_id, p.name FROM customers c JOIN companies p ON p.id = c.company_id ORDER BY 1"
    assert shop.rows(names) == [("1", "c9"), ("2", "c9")]
    shop.bring(CompanyRecord(id="c9", name="Fjord A/S"))
    assert shop.rows(names) == [("1", "Fjord A/S"), ("2", "Fjord A/S")]


def test_a_customer_leaves_a_company_only_when_that_is_said(shop: Shop) -> None:
    shop.bring(CompanyRecord(id="c", name="Ufer"), CustomerRecord(id="1", company="c"))
    shop.bring(CustomerRecord(id="1", city="Ulm"))
    assert shop.rows("SELECT count(*) FROM customers WHERE company_id IS NOT NULL") == [(1,)]
    shop.bring(CustomerRecord(id="1", company=None))
    assert shop.rows("SELECT count(*) FROM customers WHERE company_id IS NOT NULL") == [(0,)]


def test_a_venue_that_an_event_named_gets_its_place(shop: Shop) -> None:
    shop.bring(EventRecord(id="e", venue="Hall"))
    place = VenueRecord(name="Hall", latitude=52.5, longitude=13.4)
    report = shop.bring(place, VenueRecord(name="Tent"))
    assert (report.inserted, report.updated) == ({"venues": 1}, {"venues": 1})
    assert shop.stays(place)
    venues = shop.rows("SELECT name, latitude, longitude, revision FROM venues ORDER BY name")
    assert venues == [("Hall", 52.5, 13.4, 2), ("Tent", None, None, 2)]
    assert shop.rows("SELECT count(*) FROM events e JOIN venues v ON v.id = e.venue_id") == [(1,)]


@pytest.mark.parametrize(
    ("kind", "row", "reason"),
    [
        ("venues", {"name": "Hall", "latitude": 91.0}, (2, "latitude", "latitude is more than 90")),
        ("companies", {"id": "c", "name": None}, (2, "name", "name is empty")),
        ("companies", {"id": "\u00a0 ", "name": "Ufer"}, (2, "id", "id is empty")),
    ],
)
def test_a_row_that_breaks_its_record_is_told(
    shop: Shop, kind: str, row: dict[str, Any], reason: tuple[int, str, str]
) -> None:
    assert shop.reasons(shop.bring_rows(kind, row)) == [reason]


def test_partners_of_two_sources_are_two(shop: Shop, second_shop: Shop) -> None:
    record: Record = CompanyRecord(id="c", name="Ufer")
    shop.bring(record)
    second_shop.bring(record, VenueRecord(name="Hall"))
    shop.bring(VenueRecord(name="Hall", latitude=1, longitude=2))
    assert shop.rows("SELECT count(*) FROM companies") == [(2,)]
    assert shop.rows("SELECT name, latitude FROM venues") == [("Hall", 1)]

"""Tags, groups and addresses are put on and taken off, and nobody is made by taking off."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import ConsentChannel, CustomerRecord, GroupRecord, IdentityRecord, Record, TagRecord

Shop = Any

TABLES = {"tags": "customer_tags", "groups": "customer_group_members", "identities": "identities"}


def mark(kind: str, customer: str, name: str, *, present: bool = True) -> Record:
    if kind == "tags":
        return TagRecord(customer=customer, tag=name, present=present)
    if kind == "groups":
        return GroupRecord(customer=customer, group=name, present=present)
    return IdentityRecord(customer=customer, channel=ConsentChannel.VIBER, value=name, present=present)


@pytest.mark.parametrize("kind", TABLES)
def test_a_mark_is_put_on_and_taken_off(shop: Shop, kind: str) -> None:
    assert shop.bring(mark(kind, "1", "a"), mark(kind, "1", "b")).inserted == {kind: 2, "customers": 1}
    assert shop.stays(mark(kind, "1", "a"))
    (gone,) = shop.rows(f"SELECT min(id) FROM {TABLES[kind]}")
    off = [mark(kind, "1", "a", present=False), mark(kind, "1", "z", present=False)]
    report = shop.bring(*off, mark(kind, "2", "c"))
    assert (report.updated[kind], report.unchanged[kind], report.inserted[kind]) == (1, 1, 1)
    assert shop.rows("SELECT table_name, row_id, revision FROM tombstones") == [(TABLES[kind], *gone, 3)]
    assert shop.rows(f"SELECT count(*) FROM {TABLES[kind]}") == [(2,)]
    assert shop.stays(*off)


@pytest.mark.parametrize("kind", TABLES)
def test_taking_off_makes_nobody_and_nothing(shop: Shop, kind: str) -> None:
    assert shop.stays(mark(kind, "nobody", "nothing", present=False))
    assert shop.rows("SELECT (SELECT count(*) FROM customers) + (SELECT count(*) FROM tags)") == [(0,)]
    assert shop.rows("SELECT count(*) FROM customer_groups") == [(0,)]


@pytest.mark.parametrize("kind", TABLES)
def test_an_empty_cell_means_present(shop: Shop, kind: str) -> None:
    row = mark(kind, "1", "a").model_dump() | {"present": None}
    assert shop.bring_rows(kind, row).inserted[kind] == 1


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.dictionaries(st.tuples(st.sampled_from("12"), st.sampled_from("ab")), st.booleans(), max_size=4),
        min_size=1,
        max_size=4,
    )
)
def test_marks_are_a_set_that_is_added_to_and_taken_from(
    shop: Shop, batches: list[dict[tuple[str, str], bool]]
) -> None:
    expected: set[tuple[str, str]] = set()
    # What an example before left behind goes first.
    batches = [{(customer, tag): False for customer in "12" for tag in "ab"}, *batches]
    for batch in batches:
        shop.bring(
            CustomerRecord(id="1"),
            *(mark("tags", customer, tag, present=there) for (customer, tag), there in batch.items()),
        )
        expected |= {key for key, there in batch.items() if there}
        expected -= {key for key, there in batch.items() if not there}
        query = (
            "SELECT c.external_id, t.name FROM customer_tags m "
            "JOIN customers c ON c.number = m.customer_number JOIN tags t ON t.id = m.tag_id"
        )
        assert set(shop.rows(query)) == expected


TAKEN = "value belongs to another customer: take it off there first (present = false), or leave this row out"


def identities(*rows: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"customer": customer, "channel": "messenger", "value": value} for customer, value in rows]


def test_an_address_belongs_to_one_customer(shop: Shop) -> None:
    report = shop.bring_rows("identities", *identities(("b", "m-1"), ("a", "m-1"), ("a", "m-2")))
    assert shop.reasons(report) == [(3, "value", TAKEN)]
    assert report.inserted == {"identities": 2, "customers": 2}
    report = shop.bring_rows("identities", *identities(("c", "m-1"), ("b", "m-1"), ("a", "m-3")))
    assert shop.reasons(report) == [(2, "value", TAKEN)]
    owners = (
        "SELECT i.value, c.external_id FROM identities i "
        "JOIN customers c ON c.number = i.customer_number ORDER BY 1"
    )
    assert shop.rows(owners) == [("m-1", "b"), ("m-2", "a"), ("m-3", "a")]
    assert shop.rows("SELECT count(*) FROM customers WHERE external_id = 'c'") == [(0,)]


def test_an_address_moves_when_it_is_taken_off_where_it_was(shop: Shop, second_shop: Shop) -> None:
    shop.bring(mark("identities", "a", "v"))
    assert len(second_shop.bring(mark("identities", "a", "v")).rejected) == 1
    report = shop.bring(mark("identities", "a", "v", present=False), mark("identities", "b", "v"))
    assert (report.inserted["identities"], report.updated["identities"], report.rejected) == (1, 1, [])


def test_the_same_address_on_two_channels_is_two(shop: Shop) -> None:
    records = [IdentityRecord(customer=f"on {channel}", channel=channel, value="v") for channel in ConsentChannel]
    assert shop.bring(*records).inserted["identities"] == len(ConsentChannel)

"""Many customers are tagged and untagged at once, and only what changes is written."""

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import Batch, CustomerRecord, InputError, TagRecord
from hub.core.ingest.ingest import Ingest
from hub.core.store.database import Database
from hub.core.store.facts.tagging import tag_counts, tag_customers, untag_customers
from hub.core.store.organisations import add_organisation
from hub.core.store.tables import Organisation

PEOPLE = 8


@pytest.fixture
def theatre(database: Database, organisation: Organisation) -> int:
    """An organisation whose customers have the numbers 1 to 8."""
    people = [CustomerRecord(id=str(number)) for number in range(PEOPLE)]
    list(Ingest(database, organisation, "shop").store([Batch.of(*people)]))
    assert organisation.id is not None
    return organisation.id


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.text(query))]


def counts(database: Database, organisation_id: int, numbers: list[int] | None = None) -> dict[str, int]:
    with database.reading() as connection:
        return tag_counts(connection, organisation_id, numbers)


def test_only_who_has_it_not_is_tagged(database: Database, theatre: int) -> None:
    with database.writing() as connection:
        assert tag_customers(connection, theatre, " vip ", [1, 2]) == 2
    with database.writing() as connection:
        assert tag_customers(connection, theatre, "vip", np.array([2, 3], np.uint32)) == 1
    marks = rows(database, "SELECT customer_number, revision FROM customer_tags ORDER BY 1")
    assert marks == [(1, 2), (2, 2), (3, 3)]
    assert counts(database, theatre) == {"vip": 3}


def test_who_is_untagged_leaves_a_tombstone(database: Database, theatre: int) -> None:
    with database.writing() as connection:
        tag_customers(connection, theatre, "vip", [1, 2, 3])
    gone = rows(database, "SELECT id FROM customer_tags WHERE customer_number = 2")
    with database.writing() as connection:
        assert untag_customers(connection, theatre, "vip", [2, 4]) == 1
        assert untag_customers(connection, theatre, "no such tag", [1]) == 0
    assert rows(database, "SELECT customer_number FROM customer_tags ORDER BY 1") == [(1,), (3,)]
    assert rows(database, "SELECT table_name, row_id, revision FROM tombstones") == [
        ("customer_tags", *gone[0], 3)
    ]


def test_counts_are_of_all_or_of_some(database: Database, organisation: Organisation, theatre: int) -> None:
    tags = [TagRecord(customer=str(number), tag="even" if number % 2 == 0 else "odd") for number in range(5)]
    list(Ingest(database, organisation, "shop").store([Batch.of(*tags)]))
    assert counts(database, theatre) == {"even": 3, "odd": 2}
    assert counts(database, theatre, [1, 3, 8]) == {"even": 2, "odd": 0}
    assert counts(database, theatre, []) == {"even": 0, "odd": 0}


def test_another_organisation_is_left_alone(database: Database, theatre: int) -> None:
    other = add_organisation(database, Organisation(name="Andere", time_zone="UTC", currency="EUR", country="DE"))
    assert other.id is not None
    with database.writing() as connection:
        assert tag_customers(connection, other.id, "vip", [1, 2]) == 0
        assert tag_customers(connection, theatre, "vip", [1, 999]) == 1
        assert untag_customers(connection, other.id, "vip", [1]) == 0
    assert counts(database, other.id) == {"vip": 0}
    assert counts(database, theatre) == {"vip": 1}


@pytest.mark.parametrize(("tag", "sentence"), [("  ", "needs a name"), ("x" * 201, "201 characters")])
def test_a_tag_that_is_no_name_is_refused(database: Database, theatre: int, tag: str, sentence: str) -> None:
    with database.writing() as connection, pytest.raises(InputError, match=sentence):
        tag_customers(connection, theatre, tag, [1])
    assert counts(database, theatre) == {}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.sampled_from("ab"), st.sets(st.integers(1, PEOPLE))), max_size=6))
def test_tagging_is_adding_to_and_taking_from_sets(
    database: Database, theatre: int, steps: list[tuple[bool, str, set[int]]]
) -> None:
    with database.writing() as connection:
        connection.execute(sa.text("DELETE FROM customer_tags"))
    expected: dict[str, set[int]] = {"a": set(), "b": set()}
    for marking, tag, numbers in steps:
        change = tag_customers if marking else untag_customers
        before = expected[tag]
        expected[tag] = before | numbers if marking else before - numbers
        with database.writing() as connection:
            assert change(connection, theatre, tag, sorted(numbers)) == len(before ^ expected[tag])
    found = counts(database, theatre)
    assert {tag: found.get(tag, 0) for tag in expected} == {tag: len(members) for tag, members in expected.items()}


def test_more_are_tagged_at_once_than_a_statement_may_have_parameters(database: Database, theatre: int) -> None:
    numbers = np.arange(1, 100_001, dtype=np.uint32)
    insertion = "INSERT INTO customers (organisation_id, source_id, external_id, revision) "
    with database.writing() as connection:
        series = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
        select = f"{series} SELECT {theatre}, 1, 'c' || i, 1 FROM n"
        connection.execute(sa.text(f"{insertion} {select}"))
    with database.writing() as connection:
        assert tag_customers(connection, theatre, "vip", numbers) == len(numbers)
    assert counts(database, theatre, [5, 100_008]) == {"vip": 1}
    with database.writing() as connection:
        assert untag_customers(connection, theatre, "vip", numbers) == len(numbers)

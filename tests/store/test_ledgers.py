"""The ledger of a sync, and the ledger turned round, on both databases."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.core.contracts.records import Batch, ConsentChannel, ConsentRecord, CustomerRecord
from hub.core.ingest.ingest import Ingest
from hub.core.store import ledgers
from hub.core.store.database import Database
from hub.core.store.facts.consents import Withdrawal, withdraw
from hub.core.store.ledger_references import customers_of, held_by_others
from hub.core.store.ledgers import Entry
from hub.core.store.tables import Connection, Consent, LedgerState, Organisation, Segment, Sync, table_of

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def sync_id(database: Database, organisation: Organisation) -> int:
    """A sync whose ledger is empty."""
    owned: dict[str, Any] = {"organisation_id": organisation.id or 0, "created_at": NOW, "changed_at": NOW}
    with database.session(write=True) as session:
        segment = Segment(name="Readers", folded_name="readers", **owned)
        connection = Connection(name="there", kind="audience_sink", component="memory", settings="{}", **owned)
        session.add_all([segment, connection])
        session.flush()
        sync = Sync(
            name="sync", segment_id=segment.id or 0, connection_id=connection.id or 0, audience_name="a", **owned
        )
        session.add(sync)
    assert sync.id is not None
    return sync.id


def write(database: Database, sync_id: int, *entries: Entry) -> None:
    with database.writing() as connection:
        ledgers.write_entries(connection, sync_id, entries)


def read(database: Database, sync_id: int, numbers: Sequence[int] | None = None) -> set[tuple[int, str, str, str]]:
    chosen = None if numbers is None else np.asarray(numbers, np.uint32)
    rows = ledgers.entries(database, sync_id, chosen).to_pylist()
    return {(row["customer_number"], row["reference"], row["digest"], row["state"]) for row in rows}


def test_an_entry_is_written_once_for_a_customer_and_reference(database: Database, sync_id: int) -> None:
    assert ledgers.is_empty(database, sync_id)
    write(database, sync_id, Entry(1, "a", "x", LedgerState.SENDING), Entry(2, "b", "y", LedgerState.HELD))
    write(database, sync_id, Entry(1, "a", "z", LedgerState.HELD), Entry(1, "c", "z", LedgerState.REJECTED))
    assert read(database, sync_id) == {(1, "a", "z", "held"), (1, "c", "z", "rejected"), (2, "b", "y", "held")}
    assert read(database, sync_id, [2, 7]) == {(2, "b", "y", "held")}
    assert read(database, sync_id, []) == set()
    assert ledgers.there(database, sync_id) == 2
    assert ledgers.holds_any(database, sync_id)


def test_many_are_read_like_few(database: Database, sync_id: int) -> None:
    numbers = list(range(1, 25_001))
    with database.writing() as connection:
        ledgers.write(
            connection, sync_id, numbers, [f"r{one}" for one in numbers], ["d"] * len(numbers), LedgerState.SENDING
        )
        ledgers.move(connection, sync_id, LedgerState.SENDING, LedgerState.HELD, numbers[:20_000])
    found = read(database, sync_id, [one for one in numbers if one % 1000 == 0] + list(range(24_000, 90_000)))
    assert {row[3] for row in found} == {"held", "sending"}
    assert {row[0] for row in found} == {*range(1000, 24_000, 1000), *range(24_000, 25_001)}
    assert len(read(database, sync_id)) == 25_000


def test_states_are_changed_in_bulk(database: Database, sync_id: int) -> None:
    write(database, sync_id, *(Entry(number, "r", "d", LedgerState.SENDING) for number in (1, 2, 3)))
    with database.writing() as connection:
        held_by_others(connection, sync_id, ["r"])
        ledgers.move(connection, sync_id, LedgerState.SENDING, LedgerState.HELD, [1])
        ledgers.move(connection, sync_id, LedgerState.SENDING, LedgerState.REMOVING)
        ledgers.drop(connection, sync_id, LedgerState.REMOVING)
        ledgers.doubt(connection, sync_id)
        assert customers_of(connection, sync_id, ["r", "s"]) == {"r": [1]}
    assert read(database, sync_id) == {(1, "r", "", "held")}


STATES = st.sampled_from(list(LedgerState))
NUMBERS, REFERENCES = st.integers(1, 4), st.sampled_from(["a", "b", "c"])
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("write"), NUMBERS, REFERENCES, STATES),
        st.tuples(st.just("forget"), NUMBERS, REFERENCES),
        st.tuples(st.just("drop"), STATES),
        st.tuples(st.just("look")),
    ),
    max_size=15,
)


@given(changes=CHANGES)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_turned_round_it_says_the_same(
    database: Database, sync_id: int, changes: list[tuple[object, ...]]
) -> None:
    """Whenever it was turned round: before the entries came, in between, or after."""
    plain: dict[tuple[int, str], LedgerState] = {}
    with database.writing() as connection:
        for table in ("ledger_references", "ledger_entries"):
            connection.execute(sa.text(f"DELETE FROM {table}"))
        for change in changes:
            match change:
                case ("write", int(number), str(reference), LedgerState() as state):
                    ledgers.write(connection, sync_id, [number], [reference], ["d"], state)
                    plain[number, reference] = state
                case ("forget", int(number), str(reference)):
                    ledgers.forget(connection, sync_id, [(number, reference)])
                    plain.pop((number, reference), None)
                case ("drop", LedgerState() as state):
                    ledgers.drop(connection, sync_id, state)
                    plain = {key: one for key, one in plain.items() if one is not state}
                case _:
                    held_by_others(connection, sync_id, ["a"])
        staying = (LedgerState.HELD, LedgerState.SENDING)
        expected = {reference for (_, reference), state in plain.items() if state in staying}
        assert held_by_others(connection, sync_id, ["a", "b", "c"]) == expected
        there = {
            reference: sorted(found) for reference, found in customers_of(connection, sync_id, list("abc")).items()
        }
    maybe = (*staying, LedgerState.REMOVING)
    assert there == {
        reference: sorted(n for (n, r), state in plain.items() if r == reference and state in maybe)
        for reference in {r for (_, r), state in plain.items() if state in maybe}
    }


def test_withdrawals_are_noted_where_a_consent_stands(database: Database, organisation: Organisation) -> None:
    before, after = datetime(2024, 4, 1, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC)
    records = [
        CustomerRecord(id="a"),
        CustomerRecord(id="b"),
        ConsentRecord(customer="a", permission="news", at=before),
        ConsentRecord(customer="a", permission="offers", at=before),
        ConsentRecord(customer="a", permission="news", channel=ConsentChannel.SMS, at=before),
        ConsentRecord(customer="b", permission="news", at=after),
    ]
    list(Ingest(database, organisation, "test", lambda: NOW).store([Batch.of(*records)]))
    told = [Withdrawal(number, NOW, "there") for number in (1, 2, 3)]
    with database.writing() as connection:
        assert withdraw(connection, told, "news", ConsentChannel.EMAIL) == 1
        assert withdraw(connection, told, None, ConsentChannel.EMAIL) == 1
        assert withdraw(connection, told, None, ConsentChannel.EMAIL) == 0
        log = table_of(Consent)
        given = sa.select(log.c.customer_number, log.c.permission, log.c.channel, log.c.place)
        found = {tuple(row) for row in connection.execute(given.where(log.c.given.is_(False)))}
    assert found == {(1, "news", "email", "there"), (1, "offers", "email", "there")}

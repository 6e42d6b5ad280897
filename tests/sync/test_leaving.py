"""Whoever withdraws or is erased leaves, wherever they did it."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from hub import ConsentRecord, CustomerRecord
from hub.core.store.facts.erasing import erase_customers
from hub.testing.memory_sink import CapableMemorySink

from .conftest import NOW

Stage = Any


@pytest.fixture
def capable(stage: Stage) -> Stage:
    """A stage whose platform can do everything."""
    stage.sink_type = CapableMemorySink
    return stage


def log(stage: Stage) -> list[tuple[int, str, str, bool, str | None]]:
    """What the log of consents says, in the order it was written."""
    with stage.database.reading() as connection:
        rows = connection.execute(
            sa.text("SELECT customer_number, permission, channel, given, place FROM consents ORDER BY id")
        )
        return [tuple(row) for row in rows]


def test_who_is_erased_is_deleted_there_for_good(capable: Stage) -> None:
    capable.bring_readers("ada", "bo")
    sync = capable.sync()
    capable.run(sync)
    with capable.database.writing() as connection:
        erase_customers(connection, [1])
    assert capable.run(sync).removed == 1
    assert (capable.platform.erased, capable.held) == (["ada@example.com"], {"bo@example.com"})


def test_who_withdraws_is_removed_and_not_deleted(capable: Stage) -> None:
    capable.bring_readers("ada", "bo")
    sync = capable.sync()
    capable.run(sync)
    capable.bring(ConsentRecord(customer="ada", permission="newsletter", given=False))
    capable.run(sync)
    assert (capable.platform.erased, capable.held) == ([], {"bo@example.com"})


def test_an_address_that_another_customer_has_stays_though_one_is_erased(capable: Stage) -> None:
    capable.bring_readers("ada", "bo")
    capable.bring(CustomerRecord(id="bo", email="ada@example.com"))
    sync = capable.sync()
    capable.run(sync)
    with capable.database.writing() as connection:
        erase_customers(connection, [1])
    capable.run(sync)
    assert (capable.platform.erased, capable.held) == ([], {"ada@example.com"})


def test_who_unsubscribes_there_withdraws_here(capable: Stage) -> None:
    capable.bring_readers("ada", "bo", "cy")
    sync = capable.sync()
    capable.run(sync)
    capable.withdraw_there("ada@example.com", NOW + timedelta(minutes=1))
    capable.withdraw_there("nobody-of-ours@example.com", NOW + timedelta(minutes=1))
    capable.now += timedelta(minutes=2)
    run = capable.run(sync)
    assert (run.withdrawn, run.removed) == (1, 1)
    assert "1 withdrew there" in run.message
    assert capable.held == {"bo@example.com", "cy@example.com"}
    assert log(capable)[3:] == [(1, "newsletter", "email", False, "Memory: unsubscribed")]
    assert capable.run(sync).withdrawn == 0


def test_a_consent_given_later_stands(capable: Stage) -> None:
    capable.bring_readers("ada")
    sync = capable.sync()
    capable.run(sync)
    capable.bring(ConsentRecord(customer="ada", permission="newsletter", at=NOW + timedelta(minutes=2)))
    capable.withdraw_there("ada@example.com", NOW + timedelta(minutes=1))
    capable.now += timedelta(minutes=3)
    assert capable.run(sync).withdrawn == 0
    assert capable.held == {"ada@example.com"}


def test_without_a_permission_all_of_the_channel_are_withdrawn(capable: Stage) -> None:
    capable.bring_readers("ada")
    capable.bring(
        ConsentRecord(customer="ada", permission="offers", at=NOW),
        ConsentRecord(customer="ada", permission="offers", channel="sms", at=NOW),
    )
    sync = capable.sync(permission=None)
    capable.run(sync)
    capable.withdraw_there("ada@example.com", NOW + timedelta(minutes=1))
    capable.now += timedelta(minutes=2)
    assert capable.run(sync).withdrawn == 2
    assert {row[1:4] for row in log(capable) if not row[3]} == {
        ("newsletter", "email", False),
        ("offers", "email", False),
    }


def test_two_customers_with_one_address_both_withdraw(capable: Stage) -> None:
    capable.bring_readers("ada", "bo")
    capable.bring(CustomerRecord(id="bo", email="ada@example.com"))
    sync = capable.sync()
    capable.run(sync)
    capable.withdraw_there("ada@example.com", NOW + timedelta(minutes=1))
    capable.now += timedelta(minutes=2)
    assert capable.run(sync).withdrawn == 2
    assert capable.held == set()


def test_who_withdraws_while_the_run_is_at_work_is_not_sent(stage: Stage) -> None:
    stage.bring_readers("ada", "bo", "cy", "di", "ed", "flo")
    sync = stage.sync()

    def withdraw(change: str) -> None:
        stage.platform.after = lambda change: None
        stage.bring(ConsentRecord(customer="flo", permission="newsletter", given=False))
        with stage.database.writing() as connection:
            erase_customers(connection, [5])

    stage.platform.after = withdraw
    run = stage.run(sync)
    assert (run.status, run.added) == ("succeeded", 4)
    assert stage.held == {f"{name}@example.com" for name in ("ada", "bo", "cy", "di")}
    stage.now += timedelta(minutes=1)
    stage.bring(ConsentRecord(customer="flo", permission="newsletter", given=True, at=stage.now))
    assert stage.run(sync).added == 1

"""What a run sends, what it leaves alone, and how it says how it ended."""

from datetime import timedelta
from typing import Any

import pytest

from hub import ConsentRecord, CustomerRecord, InUse, Member, NotAuthorised, TryAgain
from hub.core.store.facts.erasing import erase_customers
from hub.core.store.syncs import rejections, request_cancellation, runs, take_lease
from hub.core.store.tables import Segment
from hub.core.sync.outcome import LeaseLost

Stage = Any


def counts(run: Any) -> tuple[int, int, int, int]:
    return run.added, run.updated, run.removed, run.rejected


def test_the_first_run_adds_and_the_second_sends_nothing(stage: Stage) -> None:
    stage.bring_readers("ada", "bo", "cy")
    sync = stage.sync()
    first = stage.run(sync)
    assert (first.status, counts(first)) == ("succeeded", (3, 0, 0, 0))
    assert stage.held == {"ada@example.com", "bo@example.com", "cy@example.com"}
    stage.platform.calls.clear()
    second = stage.run(sync)
    assert (second.status, counts(second), stage.platform.calls) == ("succeeded", (0, 0, 0, 0), [])


def test_only_who_consented_and_can_be_reached_is_sent(stage: Stage) -> None:
    stage.bring_readers("ada")
    stage.bring(CustomerRecord(id="no-consent", email="no@example.com", country="DE"))
    stage.bring(
        CustomerRecord(id="no-address", country="DE"),
        ConsentRecord(customer="no-address", permission="newsletter"),
    )
    stage.bring(
        CustomerRecord(id="odd", email="not an address", country="DE"),
        ConsentRecord(customer="odd", permission="newsletter"),
    )
    run = stage.run(stage.sync())
    assert stage.held == {"ada@example.com"}
    assert (run.added, run.unreachable) == (1, 3)


def test_who_leaves_changes_or_withdraws(stage: Stage) -> None:
    stage.bring_readers("ada", "bo", "cy", "di")
    sync = stage.sync()
    stage.run(sync)
    stage.bring(CustomerRecord(id="ada", country="DK"))
    stage.bring(CustomerRecord(id="bo", email="bo.new@example.com"))
    stage.bring(ConsentRecord(customer="cy", permission="newsletter", given=False))
    stage.bring(CustomerRecord(id="di", first_name="Diana"))
    run = stage.run(sync)
    assert stage.held == {"bo.new@example.com", "di@example.com"}
    assert stage.platform.audiences["audience"]["di@example.com"].traits["first_name"] == "Diana"
    assert counts(run) == (0, 2, 3, 0)


def test_an_erased_customer_is_removed_by_what_was_sent(stage: Stage) -> None:
    stage.bring_readers("ada", "bo")
    sync = stage.sync(mode="add_only")
    stage.run(sync)
    stage.bring(CustomerRecord(id="ada", email="elsewhere@example.com"))
    with stage.database.writing() as connection:
        erase_customers(connection, [1])
    stage.run(sync)
    assert stage.held == {"bo@example.com"}


def test_add_only_keeps_who_left_but_not_who_withdrew(stage: Stage) -> None:
    stage.bring_readers("ada", "bo")
    sync = stage.sync(mode="add_only")
    stage.run(sync)
    stage.bring(CustomerRecord(id="ada", country="DK"))
    stage.bring(ConsentRecord(customer="bo", permission="newsletter", given=False))
    stage.run(sync)
    assert stage.held == {"ada@example.com"}


def test_two_customers_with_one_address_hold_it_together(stage: Stage) -> None:
    stage.bring_readers("ada", "bo")
    stage.bring(CustomerRecord(id="bo", email="Ada@Example.com"))
    sync = stage.sync()
    stage.run(sync)
    stage.bring(CustomerRecord(id="ada", country="DK"))
    stage.run(sync)
    assert stage.held == {"ada@example.com"}
    stage.bring(CustomerRecord(id="bo", country="DK"))
    stage.run(sync, approved=True)
    assert stage.held == set()


def test_a_refused_member_is_reported_and_tried_again_when_changed(stage: Stage) -> None:
    def refuses(member: Member) -> str | None:
        return "looks fake" if member.traits["first_name"] == "Fake" else None

    stage.bring_readers("ada", "fake")
    stage.platform.refuses = refuses
    sync = stage.sync()
    run = stage.run(sync)
    assert (run.status, counts(run)) == ("partial", (1, 0, 0, 1))
    with stage.database.session() as session:
        assert [(one.customer_number, one.reason) for one in rejections(session, run)] == [(2, "looks fake")]
    stage.platform.calls.clear()
    assert stage.run(sync).status == "succeeded"
    assert stage.platform.calls == []
    stage.bring(CustomerRecord(id="fake", first_name="Faye"))
    assert counts(stage.run(sync)) == (1, 0, 0, 0)


def test_an_old_address_leaves_though_the_new_one_is_refused(stage: Stage) -> None:
    stage.bring_readers("ada")
    sync = stage.sync()
    stage.run(sync)
    stage.platform.refuses = lambda member: (
        "looks fake" if "new" in next(iter(member.identifiers.values())) else None
    )
    stage.bring(CustomerRecord(id="ada", email="new@example.com"))
    run = stage.run(sync)
    assert (run.status, counts(run)) == ("partial", (0, 0, 1, 1))
    assert stage.held == set()
    stage.platform.refuses = lambda member: None
    stage.bring(CustomerRecord(id="ada", email="good@example.com"))
    assert counts(stage.run(sync)) == (1, 0, 0, 0)
    assert stage.held == {"good@example.com"}


def test_a_member_refused_in_a_new_form_stays_held_in_the_old_one(stage: Stage) -> None:
    stage.bring_readers("ada")
    sync = stage.sync()
    stage.run(sync)
    stage.platform.refuses = lambda member: "too long" if member.traits["first_name"] == "Adalbertina" else None
    stage.bring(CustomerRecord(id="ada", first_name="Adalbertina"))
    assert counts(stage.run(sync)) == (0, 0, 0, 1)
    stage.bring(CustomerRecord(id="ada", country="DK"))
    assert counts(stage.run(sync, approved=True)) == (0, 0, 1, 0)
    assert stage.held == set()


def test_a_run_that_would_remove_too_many_asks_but_withdrawals_go_at_once(stage: Stage) -> None:
    names = [f"reader{number}" for number in range(30)]
    stage.bring_readers(*names)
    sync = stage.sync()
    stage.run(sync)
    for name in names[:25]:
        stage.bring(CustomerRecord(id=name, country="DK"))
    stage.bring(ConsentRecord(customer=names[29], permission="newsletter", given=False))
    run = stage.run(sync)
    assert (run.status, run.removed) == ("held", 1)
    assert "25 of 30" in run.message
    assert len(stage.held) == 29
    approved = stage.run(sync, approved=True)
    assert (approved.status, approved.removed) == ("succeeded", 25)
    assert len(stage.held) == 4


def test_passing_trouble_is_waited_out_and_lasting_trouble_told(stage: Stage) -> None:
    stage.bring_readers("ada")
    sync = stage.sync()
    waits: list[float] = []
    troubles: list[Exception] = [TryAgain("busy", after=7.0), TryAgain("busy")]

    def trouble(change: str) -> None:
        if troubles:
            raise troubles.pop(0)

    stage.platform.before = trouble
    runner = stage.runner(sleep=waits.append)
    assert runner.finish(runner.begin(sync)).status == "succeeded"
    assert waits[0] == 7.0
    assert len(waits) == 2
    stage.bring_readers("bo")
    troubles += [TryAgain("the platform is down")] * 9
    failed = stage.run(sync)
    assert failed.status == "failed"
    assert failed.message == "the platform is down; the next run goes on from here"
    troubles[:] = [NotAuthorised("the token lapsed; enter a new one with `hub connect`")]
    assert stage.run(sync).message.startswith("the token lapsed")
    assert stage.run(sync).status == "succeeded"
    assert stage.held == {"ada@example.com", "bo@example.com"}


def test_an_audience_deleted_behind_our_back_is_told(stage: Stage) -> None:
    stage.bring_readers("ada")
    sync = stage.sync()
    stage.run(sync)
    stage.platform.audiences.clear()
    run = stage.run(sync)
    assert (run.status, run.message) == ("failed", "the audience 'audience' was deleted")


def test_a_plugin_that_breaks_is_named(stage: Stage) -> None:
    def broken(change: str) -> None:
        raise ZeroDivisionError

    stage.bring_readers("ada")
    stage.platform.before = broken
    run = stage.run(stage.sync())
    assert run.status == "failed"
    assert "plugin 'memory'" in run.message


def test_one_run_at_a_time_until_the_lease_runs_out(stage: Stage) -> None:
    stage.bring_readers("ada")
    sync = stage.sync()
    take_lease(stage.database, sync.id, "another process", stage.now, timedelta(minutes=10))
    with pytest.raises(InUse, match="running already"):
        stage.run(sync)
    stage.now += timedelta(minutes=11)
    assert stage.run(sync).status == "succeeded"


def test_a_run_that_was_taken_over_sends_nothing_more(stage: Stage) -> None:
    stage.bring_readers("ada", "bo", "cy", "di", "ed")
    sync = stage.sync()

    def take_over(change: str) -> None:
        stage.now += timedelta(minutes=11)
        assert take_lease(stage.database, sync.id, "another process", stage.now, timedelta(minutes=10))

    stage.platform.after = take_over
    with pytest.raises(LeaseLost):
        stage.run(sync)
    assert stage.platform.calls == ["add"]
    with stage.database.session() as session:
        assert [one.status for one in runs(session, sync, 10)] == ["interrupted"]
    stage.platform.after = lambda change: None
    stage.now += timedelta(minutes=11)
    assert stage.run(sync).status == "succeeded"
    assert len(stage.held) == 5


def test_a_removed_segment_sends_nothing_and_removes_nobody(stage: Stage) -> None:
    stage.bring_readers("ada")
    sync = stage.sync()
    stage.run(sync)
    with stage.database.session(write=True) as session:
        session.get_one(Segment, sync.segment_id).removed_at = stage.now
    run = stage.run(sync)
    assert (run.status, stage.held) == ("failed", {"ada@example.com"})
    assert "was removed" in run.message


def test_a_cancelled_run_ends_after_its_batch_and_the_next_goes_on(stage: Stage) -> None:
    stage.bring_readers("ada", "bo", "cy", "di", "ed")
    sync = stage.sync()

    def cancel(change: str) -> None:
        with stage.database.session(write=True) as session:
            request_cancellation(session, sync)

    stage.platform.after = cancel
    run = stage.run(sync)
    assert (run.status, run.added, len(stage.held)) == ("cancelled", 2, 2)
    stage.platform.after = lambda change: None
    assert stage.run(sync).added == 3
    with stage.database.session() as session:
        assert [one.status for one in runs(session, sync, 10)] == ["succeeded", "cancelled"]


def test_a_preview_sends_nothing(stage: Stage) -> None:
    stage.bring_readers("ada", "bo")
    sync = stage.sync()
    plan = stage.preview(sync)
    assert (plan.to_add, plan.to_update, plan.to_remove) == (2, 0, 0)
    assert stage.platform.calls == []
    assert stage.held == set()

"""Syncs that follow changes, previews, retries, and what a run costs when little changed."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import CustomerRecord, NotAuthorised
from hub.core.contracts.errors import InUse, UserError
from hub.core.segments.views import Views
from hub.core.store import ledgers
from hub.core.sync.previewing import FIRST, Change, ChangeGroup, Changes, Place
from hub.testing.memory_sink import CapableMemorySink

from .conftest import NOW

Stage = Any


def runs(stage: Stage, sync: Any) -> list[str]:
    return [run.status for run in stage.syncs().history(sync)]


def test_a_sync_that_follows_runs_only_when_something_concerns_it(stage: Stage) -> None:
    stage.bring_readers("ada")
    sync = stage.sync()
    assert stage.follow(sync).added == 1
    assert stage.follow(sync) is None
    stage.bring_readers("stranger", country="DK")
    assert stage.follow(sync) is None
    stage.bring_readers("bo")
    assert stage.follow(sync).added == 1
    assert runs(stage, sync) == ["succeeded", "succeeded"]
    assert stage.held == {"ada@example.com", "bo@example.com"}


def test_a_sync_that_follows_waits_after_a_failure_until_it_is_mended(stage: Stage) -> None:
    def refuse(change: str) -> None:
        raise NotAuthorised("the token lapsed; enter a new one with `hub connect`")

    stage.bring_readers("ada")
    sync = stage.sync()
    stage.platform.before = refuse
    assert stage.follow(sync).status == "failed"
    stage.now += timedelta(minutes=1)
    assert stage.follow(sync) is None
    stage.platform.before = lambda change: None
    stage.syncs().change(sync, largest_removal_share=0.4)
    assert stage.follow(sync).status == "succeeded"
    stage.platform.before = refuse
    stage.bring_readers("bo")
    assert stage.follow(sync).status == "failed"
    stage.platform.before = lambda change: None
    stage.now += timedelta(minutes=16)
    assert stage.follow(sync).status == "succeeded"


def test_a_sync_that_follows_asks_for_withdrawals_now_and_then(stage: Stage) -> None:
    stage.sink_type = CapableMemorySink
    stage.bring_readers("ada", "bo")
    sync = stage.sync()
    stage.follow(sync)
    assert stage.follow(sync) is None  # it asks for the first time, and nobody withdrew
    stage.withdraw_there("ada@example.com", NOW + timedelta(minutes=1))
    stage.now += timedelta(minutes=2)
    assert stage.follow(sync) is None
    stage.now += timedelta(minutes=15)
    assert stage.follow(sync).withdrawn == 1
    assert stage.held == {"bo@example.com"}


def test_a_broken_segment_is_told_by_a_run(stage: Stage) -> None:
    stage.bring_readers("ada")
    sync = stage.sync()
    stage.follow(sync)
    stage.criteria = [one for one in stage.criteria if one.name != "country"]
    stage.now += timedelta(minutes=16)
    run = stage.follow(sync)
    assert (run.status, run.message) == ("failed", "there is no criterion `country`")


def test_a_later_run_looks_only_at_the_difference(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.bring_readers(*(f"reader{number}" for number in range(60)))
    sync = stage.sync()
    stage.run(sync)
    looked_at: list[int | None] = []
    read = ledgers.entries

    def entries(database: Any, sync_id: int, numbers: Any = None) -> Any:
        looked_at.append(None if numbers is None else len(numbers))
        return read(database, sync_id, numbers)

    monkeypatch.setattr("hub.core.sync.planning.ledgers.entries", entries)
    stage.bring(CustomerRecord(id="reader3", first_name="New"))
    stage.bring(CustomerRecord(id="reader4", country="DK"))
    stage.bring_readers("newcomer")
    run = stage.run(sync)
    assert (run.added, run.updated, run.removed) == (1, 1, 1)
    stage.run(sync)
    assert looked_at == [3]


def test_a_view_is_kept(stage: Stage) -> None:
    stage.bring_readers("ada", "bo")
    stage.bring(CustomerRecord(id="ada", city="Graz"), CustomerRecord(id="bo", city="Linz"))
    segments = stage.segments()
    segment = segments.create("Germans", 'country in ("DE")')
    views = Views(stage.database, stage.organisation, segments)
    view = views.create(segment, "From Graz", 'city = "Graz"')
    sync = stage.sync(view_id=view.id, segment=segment)
    stage.run(sync)
    assert stage.held == {"ada@example.com"}
    views.change(view, definition='city != "Graz"')
    stage.run(sync)
    assert stage.held == {"bo@example.com"}


def test_members_are_sent_anew_when_the_form_changes(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.bring_readers("ada")
    sync = stage.sync()
    stage.run(sync)
    monkeypatch.setattr(stage.sink_type, "form", "other columns")
    assert stage.run(sync).updated == 1
    assert stage.run(sync).updated == 0


def test_a_change_of_the_sync_ends_the_run_that_is_at_work(stage: Stage) -> None:
    stage.bring_readers("ada", "bo", "cy", "di", "ed")
    sync = stage.sync(permission=None)

    def change(_: str) -> None:
        stage.platform.after = lambda change: None
        stage.syncs().change(sync, permission="newsletter")

    stage.platform.after = change
    run = stage.run(sync)
    assert (run.status, run.added) == ("cancelled", 2)
    assert "settings were changed" in run.message
    assert stage.run(stage.syncs().of_id(sync.id)).status == "succeeded"
    assert len(stage.held) == 5


def test_an_emptied_segment_asks(stage: Stage) -> None:
    stage.bring_readers("ada", "bo")
    sync = stage.sync()
    stage.run(sync)
    stage.bring(CustomerRecord(id="ada", country="DK"), CustomerRecord(id="bo", country="DK"))
    run = stage.run(sync)
    assert (run.status, len(stage.held)) == ("held", 2)
    assert "the segment is empty" in run.message
    stage.syncs().change(sync, largest_removal_share=1)
    assert stage.run(stage.syncs().of_id(sync.id)).status == "succeeded"
    assert stage.held == set()


def test_nobody_who_can_be_sent_is_told(stage: Stage) -> None:
    stage.bring(CustomerRecord(id="ada", country="DE"), CustomerRecord(id="bo", country="DE", email="no address"))
    run = stage.run(stage.sync(permission=None))
    assert (run.status, run.unreachable) == ("succeeded", 2)
    assert "none of its members can be sent" in run.message


def test_a_preview_says_who_and_why(stage: Stage) -> None:
    stage.bring_readers("ada", "bo", "cy", "fake")
    sync = stage.sync()
    stage.platform.refuses = lambda member: "looks fake" if member.number == 4 else None
    stage.run(sync)
    stage.platform.calls.clear()
    stage.bring(CustomerRecord(id="ada", country="DK"))
    stage.bring(CustomerRecord(id="bo", first_name="Bob"))
    stage.bring_readers("new")
    stage.bring(CustomerRecord(id="silent", country="DE", email="silent@example.com"))
    stage.bring(CustomerRecord(id="mute", country="DE"))
    stage.bring_readers("mute")
    stage.bring(CustomerRecord(id="mute", email=None))
    preview = stage.preview(sync)
    assert (preview.to_add, preview.to_update, preview.to_remove, preview.held) == (1, 1, 1, 3)
    told = {(one.number, one.change): one.reason for one in preview.page(limit=50).items}
    assert told == {
        (1, Change.REMOVE): "the customer left the segment",
        (2, Change.UPDATE): "",
        (4, Change.REJECT): "looks fake",
        (5, Change.ADD): "",
        (6, Change.REJECT): "it did not give the permission this sync asks for",
        (7, Change.REJECT): "it has no e-mail address that can be one",
    }
    assert sum(preview.rejections.values()) == 3
    assert [one.number for one in preview.page(Change.REJECT, after=(4, 1), limit=1).items] == [6]
    assert stage.platform.calls == []


@given(
    customers=st.dictionaries(st.integers(1, 9), st.sets(st.sampled_from(list(Change)), min_size=1)),
    limit=st.integers(1, 4),
)
def test_pages_of_changes_leave_out_nothing_and_repeat_nothing(
    customers: dict[int, set[Change]], limit: int
) -> None:
    """A customer may have several changes: an old address goes, and a new one comes."""
    groups = [
        ChangeGroup(change, "", np.array(sorted(one for one, has in customers.items() if change in has), np.int64))
        for change in Change
    ]
    changes = Changes(groups)
    told: list[tuple[int, Change]] = []
    after: Place | None = FIRST
    while after is not None:
        page = changes.page(None, after=after, limit=limit)
        assert len(page.items) <= limit
        told += [(one.number, one.change) for one in page.items]
        after = page.end
    assert told == sorted((number, change) for number, has in customers.items() for change in has)


def test_the_refused_can_be_tried_again(stage: Stage) -> None:
    stage.bring_readers("ada", "bo")
    sync = stage.sync()
    stage.platform.refuses = lambda member: "the platform has a bad day"
    assert stage.run(sync).rejected == 2
    stage.platform.refuses = lambda member: None
    assert stage.run(sync).added == 0
    assert stage.run(sync, retry=True).added == 2
    assert stage.held == {"ada@example.com", "bo@example.com"}


def test_a_passing_refusal_is_tried_again_by_itself(stage: Stage) -> None:
    stage.bring_readers("ada")
    sync = stage.sync()
    stage.platform.refuses_for_now = lambda member: "not just now"
    assert stage.run(sync).rejected == 1
    stage.platform.refuses_for_now = lambda member: None
    assert stage.run(sync).added == 1


def test_who_could_not_be_let_go_is_let_go_later(stage: Stage) -> None:
    stage.bring_readers("ada", "bo")
    sync = stage.sync()
    stage.run(sync)
    stage.platform.keeps = lambda removal: "too few would be left"
    stage.bring(CustomerRecord(id="ada", country="DK"))
    assert stage.run(sync).rejected == 1
    stage.platform.keeps = lambda removal: None
    assert stage.run(sync).removed == 1


def test_a_running_sync_is_not_removed(stage: Stage) -> None:
    sync = stage.sync()
    begun = stage.runner().begin(sync)
    with pytest.raises(InUse, match="cancel it first"):
        stage.syncs().remove(sync)
    stage.runner().finish(begun)
    stage.syncs().remove(sync)


def test_values_that_make_no_sense_are_refused(stage: Stage) -> None:
    sync = stage.sync(permission=None)
    for wrong in ({"name": " "}, {"largest_removal_share": 1.5}, {"channel": "email"}, {"schedule": "sometimes"}):
        with pytest.raises(UserError):
            stage.syncs().change(sync, **wrong)

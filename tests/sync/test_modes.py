"""What a sync does by its mode, and what becomes of its audience when the mode changes."""

from typing import Any

import pytest

from hub import ConsentRecord, CustomerRecord
from hub.core.contracts.errors import UserError
from hub.core.store.tables import SyncMode
from hub.testing.memory_sink import CapableMemorySink

Stage = Any


def put_there(stage: Stage, *addresses: str) -> None:
    """Somebody else fills the audience."""
    stage.platform.audiences["audience"] = dict.fromkeys(addresses)


def test_remove_only_takes_the_segment_out_and_adds_nobody(stage: Stage) -> None:
    stage.bring_readers("ada", "bo")
    stage.bring_readers("cy", country="DK")
    put_there(stage, "ada@example.com", "cy@example.com", "stranger@example.com")
    sync = stage.sync(mode="remove_only", permission=None)
    run = stage.run(sync)
    assert (run.status, run.added, run.removed) == ("succeeded", 0, 2)
    assert stage.held == {"cy@example.com", "stranger@example.com"}
    stage.platform.calls.clear()
    assert stage.run(sync).removed == 0
    assert stage.platform.calls == []
    stage.bring(CustomerRecord(id="cy", country="DE"))
    assert stage.run(sync).removed == 1
    assert stage.held == {"stranger@example.com"}


def test_remove_only_takes_out_who_did_not_consent(stage: Stage) -> None:
    stage.bring(CustomerRecord(id="ada", email="ada@example.com", country="DE"))
    put_there(stage, "ada@example.com")
    stage.run(stage.sync(mode="remove_only", permission=None))
    assert stage.held == set()


def test_remove_only_takes_out_a_new_address_too(stage: Stage) -> None:
    stage.bring_readers("ada")
    put_there(stage, "ada@example.com", "new@example.com")
    sync = stage.sync(mode="remove_only", permission=None)
    stage.run(sync)
    stage.bring(CustomerRecord(id="ada", email="new@example.com"))
    stage.run(sync)
    assert stage.held == set()


def test_remove_only_asks_before_it_takes_out_many_at_once(stage: Stage) -> None:
    names = [f"reader{number}" for number in range(25)]
    stage.bring_readers(*names)
    put_there(stage, *(f"{name}@example.com" for name in names))
    sync = stage.sync(mode="remove_only", permission=None)
    held = stage.run(sync)
    assert (held.status, held.removed) == ("held", 0)
    assert "taken out 0 so far" in held.message
    assert stage.run(sync, approved=True).removed == 25
    stage.bring_readers("one", "two")
    assert stage.run(sync).removed == 2


def test_a_sync_that_only_removes_takes_no_permission(stage: Stage) -> None:
    sync = stage.sync()
    with pytest.raises(UserError, match="asks for no permission"):
        stage.syncs().change(sync, mode=SyncMode.REMOVE_ONLY)
    stage.syncs().change(sync, mode=SyncMode.REMOVE_ONLY, permission=None)


def test_from_mirror_to_remove_only_and_back(stage: Stage) -> None:
    stage.bring_readers("ada", "bo")
    stage.bring_readers("cy", country="DK")
    sync = stage.sync()
    stage.run(sync)
    sync = stage.syncs().change(sync, mode=SyncMode.REMOVE_ONLY, permission=None)
    stage.run(sync, approved=True)
    assert stage.held == set()
    sync = stage.syncs().change(sync, mode=SyncMode.MIRROR, permission="newsletter")
    stage.bring(CustomerRecord(id="bo", country="DK"))
    stage.run(sync)
    assert stage.held == {"ada@example.com"}


def test_who_was_kept_by_add_only_leaves_when_it_becomes_a_mirror(stage: Stage) -> None:
    stage.bring_readers("ada", "bo")
    sync = stage.sync(mode="add_only")
    stage.run(sync)
    stage.bring(CustomerRecord(id="ada", country="DK"))
    stage.run(sync)
    assert stage.held == {"ada@example.com", "bo@example.com"}
    sync = stage.syncs().change(sync, mode=SyncMode.MIRROR)
    stage.run(sync)
    assert stage.held == {"bo@example.com"}


def test_who_was_kept_by_add_only_leaves_when_they_withdraw_later(stage: Stage) -> None:
    stage.bring_readers("ada", "bo")
    sync = stage.sync(mode="add_only")
    stage.run(sync)
    stage.bring(CustomerRecord(id="ada", country="DK"))
    stage.run(sync)
    stage.bring(ConsentRecord(customer="ada", permission="newsletter", given=False))
    assert stage.run(sync).removed == 1
    assert stage.held == {"bo@example.com"}


def test_an_address_that_is_cleared_leaves_in_every_mode(stage: Stage) -> None:
    stage.bring_readers("ada", "bo")
    sync = stage.sync(mode="add_only")
    stage.run(sync)
    stage.bring(CustomerRecord(id="ada", email=None))
    stage.run(sync)
    assert stage.held == {"bo@example.com"}


def test_a_first_load_replaces_whoever_is_there_where_the_sink_can(stage: Stage) -> None:
    stage.sink_type = CapableMemorySink
    stage.bring_readers("ada", "bo", "cy")
    put_there(stage, "stranger@example.com")
    sync = stage.sync()
    run = stage.run(sync)
    assert (run.added, stage.platform.calls) == (3, ["replace"])
    assert stage.held == {"ada@example.com", "bo@example.com", "cy@example.com"}
    stage.bring_readers("di")
    stage.run(sync)
    assert stage.platform.calls == ["replace", "add"]


def test_an_add_only_sync_never_replaces(stage: Stage) -> None:
    stage.sink_type = CapableMemorySink
    stage.bring_readers("ada")
    put_there(stage, "stranger@example.com")
    stage.run(stage.sync(mode="add_only"))
    assert stage.held == {"ada@example.com", "stranger@example.com"}


def test_a_run_afresh_sends_everyone_again(stage: Stage) -> None:
    stage.bring_readers("ada", "bo")
    sync = stage.sync()
    stage.run(sync)
    stage.platform.audiences["audience"].clear()  # somebody empties it by hand
    assert stage.run(sync).added == 0
    assert stage.run(sync, afresh=True).updated == 2
    assert stage.held == {"ada@example.com", "bo@example.com"}


def test_a_run_afresh_replaces_where_the_sink_can(stage: Stage) -> None:
    stage.sink_type = CapableMemorySink
    stage.bring_readers("ada", "bo")
    sync = stage.sync()
    stage.run(sync)
    put_there(stage, "stranger@example.com")
    stage.run(sync, afresh=True)
    assert stage.held == {"ada@example.com", "bo@example.com"}
    assert stage.platform.calls == ["replace", "replace"]


def test_emptying_pauses_and_takes_everyone_out(stage: Stage) -> None:
    names = [f"reader{number}" for number in range(25)]
    stage.bring_readers(*names)
    sync = stage.sync()
    stage.run(sync)
    with pytest.raises(UserError, match="holds 25 members"):
        stage.syncs().remove(sync)
    run = stage.syncs().empty(sync)
    assert (run.removed, stage.held) == (25, set())
    assert stage.syncs().of_id(sync.id).paused
    stage.syncs().remove(sync)
    assert stage.syncs().all() == []


def test_after_its_audience_was_deleted_a_sync_starts_over(stage: Stage) -> None:
    stage.bring_readers("ada", "bo")
    sync = stage.sync()
    stage.run(sync)
    stage.platform.audiences.clear()
    assert stage.run(sync).status == "failed"
    stage.syncs().start_over(sync)
    sync = stage.syncs().of_id(sync.id)
    assert stage.run(sync).added == 2
    assert stage.held == {"ada@example.com", "bo@example.com"}

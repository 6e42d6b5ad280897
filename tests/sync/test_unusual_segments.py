"""Syncs of segments that can't be answered, refer to others, or are made by hand."""

from typing import Any

from hub.core.segments.editing import SegmentEditing
from hub.core.segments.people.manual import CustomerIds, ManualMembers

Stage = Any


def without(stage: Stage, criterion: str) -> None:
    """From here on the plugin with this criterion is gone."""
    stage.criteria = [one for one in stage.criteria if one.name != criterion]


def test_a_segment_whose_plugin_is_gone_sends_nothing_and_removes_nobody(stage: Stage) -> None:
    stage.bring_readers("ada", "bo")
    sync = stage.sync()
    stage.run(sync)
    stage.platform.calls.clear()
    criteria = stage.criteria
    without(stage, "country")
    stage.bring_readers("cy")
    run = stage.run(sync)
    assert (run.status, stage.platform.calls) == ("failed", [])
    assert run.message == "there is no criterion `country`"
    assert stage.held == {"ada@example.com", "bo@example.com"}
    stage.criteria = criteria
    assert (stage.run(sync).status, len(stage.held)) == ("succeeded", 3)


def test_a_segment_that_refers_to_a_broken_one_sends_nothing_and_names_the_path(stage: Stage) -> None:
    stage.bring_readers("ada", "bo")
    stage.segments().create("Near", 'not country in ("AT")')
    stage.segments().create("Middle", 'segment "near"')
    sync = stage.sync('segment "Middle" and everyone')
    stage.run(sync)
    without(stage, "country")
    stage.platform.calls.clear()
    run = stage.run(sync)
    assert (run.status, stage.platform.calls, len(stage.held)) == ("failed", [], 2)
    assert run.message.endswith("→ Middle → Near: there is no criterion `country`")


def test_a_sync_follows_the_segment_that_its_own_refers_to(stage: Stage) -> None:
    stage.bring_readers("ada", "bo")
    segments = stage.segments()
    near = segments.create("Near", "everyone")
    sync = stage.sync('segment "Near"')
    stage.run(sync)
    editing = SegmentEditing(stage.database, stage.organisation, segments, lambda: stage.now)
    editing.edit(near, name="Far", definition="nobody")
    run = stage.run(sync, approved=True)
    assert (run.status, run.removed, stage.held) == ("succeeded", 2, set())


def test_a_manual_segment_is_kept_in_sync(stage: Stage) -> None:
    stage.bring_readers("ada", "bo", "cy")
    segments = stage.segments()
    by_hand = segments.create_manual("By hand")
    members = ManualMembers(stage.database, stage.organisation, segments, lambda: stage.now)
    members.add(by_hand, CustomerIds.external_ids("test", ["ada", "bo"]))
    sync = stage.sync('segment "By hand"')
    with stage.database.session(write=True) as session:
        session.get_one(type(sync), sync.id).segment_id = by_hand.id
    sync.segment_id = by_hand.id
    stage.run(sync)
    assert stage.held == {"ada@example.com", "bo@example.com"}
    members.remove(by_hand, CustomerIds.numbers([1]))
    members.add(by_hand, CustomerIds.emails(["CY@example.com"]))
    stage.run(sync)
    assert stage.held == {"bo@example.com", "cy@example.com"}

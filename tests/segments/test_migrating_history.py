"""The history that an older version kept is read on, and goes on."""

import base64
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

import hub.core.store
from hub import CustomerRecord
from hub.core.segments.history.changes import Side
from hub.core.store.database import Database
from hub.core.store.schema import prepare
from hub.core.store.tables import Organisation, ResultCause
from tests.segments.history_world import World, numbers

OLD_RESULTS = (
    ("OjAAAAIAAAAAAAEAAQAAABgAAAAcAAAAAQAFAHAR", {1, 5, 70_000}),
    ("OzACAAMAAH0TAgAHAAMAAAABAAoAfRMBAAAABwBBDQ==", {*range(10, 5_000), *range(131_072, 131_080), 200_001}),
    ("OjAAAAAAAAA=", set[int]()),
)
"""Roaring bitmaps as the version before kept them, with what is in them: lists, runs, nothing."""


@pytest.fixture
def old_store(database: Database, organisation: Organisation) -> Database:
    """A store as the version before left it, with a segment and its history."""
    config = Config()
    config.set_main_option("script_location", str(Path(hub.core.store.__file__).parent / "migrations"))
    segment = sa.text(
        """INSERT INTO segments (organisation_id, name, folded_name, description, kind, definition, created_at,
        changed_at) VALUES (:organisation, 'Old', 'old', '', 'dynamic', :definition, 0, 0)"""
    )
    result = sa.text(
        """INSERT INTO segment_results (segment_id, evaluated_at, day, revision, size, entered, departed, members)
        VALUES ((SELECT id FROM segments), :at, :day, 0, :size, 0, 0, :members)"""
    )
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
        definition = '{"criterion": "country", "parameters": {"codes": {"is_in": ["DE"]}}}'
        connection.execute(segment, {"organisation": organisation.id, "definition": definition})
        for day, (members, held) in enumerate(OLD_RESULTS):
            kept = {"at": day, "day": day, "size": len(held), "members": base64.b64decode(members)}
            connection.execute(result, kept)
    return database


def test_old_results_are_read_on(old_store: Database, organisation: Organisation) -> None:
    prepare(old_store)
    world = World(old_store, organisation)
    segment = world.segments.named("old")
    results = list(reversed(world.segments.history(segment)))
    assert [result.day for result in results] == [date(1970, 1, day) for day in (1, 2, 3)]
    assert {result.cause for result in results} == {ResultCause.NOT_RECORDED}
    assert [numbers(world.segments.kept.members_of(result)) for result in results] == [
        held for _, held in OLD_RESULTS
    ]
    world.bring(CustomerRecord(id="a", country="DE"))
    world.segments.evaluate(segment)
    (newest,) = world.segments.history(segment, 1)
    assert (newest.cause, newest.size, newest.entered) == (ResultCause.FACTS_AND_DAY, 1, 1)
    (change,) = world.segments.kept.changes(newest.id or 0, Side.ENTERED)
    assert change.reasons == ("the reason was not recorded",)
    world.close()

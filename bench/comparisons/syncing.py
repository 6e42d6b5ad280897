"""Syncs to a platform in memory: the first beside hashing and JSON alone, a later one beside the first."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from bench.changing import changed_hub
from bench.comparison import Comparison, Work
from bench.world import NOW, World, clock
from hub.core.app import Hub, open_hub
from hub.core.registry.reports import Kind
from hub.core.store.tables import Connection, RunStatus, Sync, SyncMode
from hub.core.sync.guarded_sink import GuardedSink
from hub.core.sync.runner import SyncRunner, SyncWorld
from hub.testing.memory_sink import MemorySink, Platform

_SEGMENT = 'country in ("DE")'
_AUDIENCE = "audience"
_BATCH = 1_000


class LargeBatchSink(MemorySink):
    """Takes as many at once as a real platform does."""

    largest_batch = _BATCH


def comparisons() -> Sequence[Comparison]:
    """The first sync, and one after one customer in a thousand changed."""
    return [
        Comparison(
            "sync.first",
            first,
            hash_and_encode,
            "the first sync of a segment to a platform in memory",
            "SHA-256 and JSON of the same members",
            budget=1.5,
        ),
        Comparison(
            "sync.later",
            later,
            first_after_change,
            "a later run, 0.1 % of all customers changed",
            "the first run",
            budget=0.02,
        ),
    ]


@contextmanager
def first(world: World) -> Iterator[Work]:
    """Sync everyone."""
    with changed_hub(world, _nothing, 0) as hub:
        stage = _Stage(hub)
        yield stage.run


@contextmanager
def later(world: World) -> Iterator[Work]:
    """Sync what changed since the first run."""
    stages: list[_Stage] = []

    def sync_first(hub: Hub) -> None:
        stages.append(_Stage(hub))
        stages[0].run()

    with changed_hub(world, sync_first, world.customers // 1_000):
        yield stages[0].run


@contextmanager
def first_after_change(world: World) -> Iterator[Work]:
    """Sync everyone after the same change."""
    with changed_hub(world, _nothing, world.customers // 1_000) as hub:
        yield _Stage(hub).run


@contextmanager
def hash_and_encode(world: World) -> Iterator[Work]:
    """Hash and encode the same members, batch by batch, who lie ready in memory."""
    with closing(open_hub(world.home, clock)) as hub:
        chosen = hub.segments.ask(f'{_SEGMENT} and consent "newsletter"').members
        members = hub.segments.rows(chosen).select(["email", "first_name", "orders"]).to_pylist()

    def work() -> int:
        for start in range(0, len(members), _BATCH):
            for member in members[start : start + _BATCH]:
                hashlib.sha256(member["email"].encode()).hexdigest()
            json.dumps(members[start : start + _BATCH])
        return len(members)

    yield work


class _Stage:
    """A sync of one segment, and the platform it goes to."""

    def __init__(self, hub: Hub) -> None:
        self._platform = Platform()
        context = hub.context("memory", True)
        segment = hub.segments.create("Germany", _SEGMENT)
        self._sync = _store_sync(hub, segment.id or 0)
        world = SyncWorld(
            hub.database,
            hub.organisation,
            hub.engine,
            lambda segment: hub.segments.evaluate(segment).members,
            hub.segments.calendar,
            lambda connection: GuardedSink(LargeBatchSink(self._platform, context), "memory"),
            clock,
        )
        self._runner = SyncRunner(world, "bench")

    def run(self) -> int:
        """Run the sync; return how many members the platform holds then."""
        run = self._runner.finish(self._runner.begin(self._sync))
        assert run.status == RunStatus.SUCCEEDED, run.message
        return len(self._platform.audiences[_AUDIENCE])


def _store_sync(hub: Hub, segment_id: int) -> Sync:
    organisation_id = hub.organisation.id or 0
    with hub.database.session(write=True) as session:
        connection = Connection(
            organisation_id=organisation_id,
            name="memory",
            kind=Kind.AUDIENCE_SINK.value,
            component="memory",
            settings="{}",
            created_at=NOW,
            changed_at=NOW,
        )
        session.add(connection)
        session.flush()
        sync = Sync(
            organisation_id=organisation_id,
            name="Germany",
            segment_id=segment_id,
            connection_id=connection.id or 0,
            audience_name=_AUDIENCE,
            mode=SyncMode.MIRROR.value,
            permission="newsletter",
            created_at=NOW,
            changed_at=NOW,
        )
        session.add(sync)
        session.flush()
    return sync


def _nothing(hub: Hub) -> None:
    pass

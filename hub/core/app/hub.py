"""The whole hub of a home."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from hub.core.access.tokens import Tokens
from hub.core.app.message_parts import MessageParts
from hub.core.ingest.connected import ConnectedSources
from hub.core.ingest.pulling import Puller
from hub.core.ingest.service import Imports
from hub.core.jobs import Jobs
from hub.core.schedule import Scheduler, trigger_of
from hub.core.settings import load_settings
from hub.core.store.election import election
from hub.core.sync.reports import SyncReports
from hub.core.sync.runner import SyncRunner, SyncWorld
from hub.core.sync.service import Syncs


class Hub(MessageParts):
    """Everything a page, the REST API or the command line can do, for one home."""

    @cached_property
    def imports(self) -> Imports:
        """What can be done with data sources."""
        return Imports(self.database, self.organisation, self.registry.plugin_of, self.clock)

    @cached_property
    def sources(self) -> ConnectedSources:
        """What can be done with connected data sources."""
        zone = ZoneInfo(self.organisation.time_zone)
        puller = Puller(self.database, self.imports, self.connections.component, self.clock)
        return ConnectedSources(
            self.database, self.organisation, puller, lambda schedule: trigger_of(schedule, zone), self.clock
        )

    @cached_property
    def syncs(self) -> Syncs:
        """What can be done with syncs."""
        world = SyncWorld(
            database=self.database,
            organisation=self.organisation,
            engine=self.engine,
            segments=self.segments,
            views=self.views,
            make_sink=self.connections.sink,
            clock=self.clock,
        )
        zone = ZoneInfo(self.organisation.time_zone)
        runner = SyncRunner(world, self.owner)
        return Syncs(
            self.database, self.organisation, runner, lambda schedule: trigger_of(schedule, zone), self.clock
        )

    @cached_property
    def sync_reports(self) -> SyncReports:
        """Tells of the customers whom syncs concern."""
        return SyncReports(self.database, self.organisation)

    @cached_property
    def tokens(self) -> Tokens:
        """What can be done with tokens of the REST API."""
        return Tokens(self.database, self.organisation, self.clock)

    @cached_property
    def jobs(self) -> Jobs:
        """What it does by itself."""
        return Jobs(
            self.syncs,
            self.sources,
            self.upkeep,
            self.fates,
            self.confirming,
            self.newsletters,
            self.single_messages,
            self.clock,
        )

    def scheduler(self) -> Scheduler:
        """Keeps syncs by their schedules while it runs."""
        zone = ZoneInfo(self.organisation.time_zone)
        return Scheduler(self.database, election(self.database), self.jobs.all, zone, self.owner, self.clock)

    def close(self) -> None:
        """Let go of the store, the replica and all connections to platforms."""
        if "following" in self.__dict__:
            self.following.close()
        for one in self._clients.values():
            one.close()
        if "engine" in self.__dict__:
            self.engine.close()
        if "replica" in self.__dict__:
            self.replica.close()
        self.database.close()


def open_hub(home: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Hub:
    """Open the hub of a home, upgrading its store if it is of an older version.

    Raises:
        NotFound: there is no hub in this folder.
        SettingsError: a setting is wrong.
        StoreError: the store can't be used.
    """
    return Hub(home, load_settings(home), clock)

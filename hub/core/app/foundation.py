"""What every part of a hub stands on: its store, its plugins, its engine, and its connections."""

import logging
import os
import socket
import uuid
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from babel.numbers import get_currency_precision

from hub.core.access.secrets import Secrets
from hub.core.access.signatures import Signatures
from hub.core.connection_budget import ConnectionBudget
from hub.core.connections import Connections
from hub.core.contracts.component import Context
from hub.core.engines.engine import Engine
from hub.core.engines.opening import open_engine
from hub.core.http import client
from hub.core.registry.registry import Registry
from hub.core.replica.replica import Replica
from hub.core.segments.binding import Catalogue
from hub.core.segments.evaluator import Evaluator
from hub.core.segments.references.resolving import SegmentResolver
from hub.core.settings import HubSettings
from hub.core.store.database import Database
from hub.core.store.organisations import first_organisation
from hub.core.store.schema import prepare

STORE = "hub.sqlite"
"""The store's file in a home that names no other."""


class Foundation:
    """The base of a hub. Its parts are made when first used, so that a command that needs little is quick.

    Args:
        home: the folder.
        settings: how it is run.
        clock: the time now, in UTC.
    """

    def __init__(self, home: Path, settings: HubSettings, clock: Callable[[], datetime]) -> None:
        self.home = home
        self.settings = settings
        self.clock = clock
        self.owner = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._clients: dict[bool, httpx.Client] = {}
        self.database = Database(settings.store_url or f"sqlite:///{home / STORE}", settings.busy_seconds)
        prepare(self.database)
        self.organisation = first_organisation(self.database)

    @cached_property
    def registry(self) -> Registry:
        """Every plugin and component."""
        return Registry.load(disabled=self.settings.disabled_plugins)

    @cached_property
    def engine(self) -> Engine:
        """Answers criteria.

        Raises:
            SettingsError: the engine of the settings can't be used with this store.
        """
        digits = get_currency_precision(self.organisation.currency)
        return open_engine(self.settings, self.database, self.organisation, digits, lambda: self.replica)

    @cached_property
    def replica(self) -> Replica:
        """The columnar copy of the store."""
        file = self.home / "replica" / f"organisation-{self.organisation.id}.duckdb"
        return Replica(self.database, self.organisation, file)

    @cached_property
    def evaluator(self) -> Evaluator:
        """Answers definitions."""
        resolver = SegmentResolver(self.database, self.organisation)
        return Evaluator(self.engine, Catalogue(self.registry.criteria()), resolver)

    @cached_property
    def connection_budget(self) -> ConnectionBudget:
        """Places among the connections to accounts."""
        return ConnectionBudget(self.home / "connections")

    @cached_property
    def connections(self) -> Connections:
        """What can be done with connections."""
        return Connections(
            self.database, self.organisation, self.registry, Secrets(self.home), self.context, self.clock
        )

    @cached_property
    def signatures(self) -> Signatures:
        """Signs what customers' addresses carry."""
        return Signatures(self.home)

    def context(self, component: str, repeatable: bool) -> Context:
        """What a component is given.

        Args:
            component: its name, for the log.
            repeatable: whether sending one of its requests twice does no harm.
        """
        if repeatable not in self._clients:
            self._clients[repeatable] = client(repeatable=repeatable)
        return Context(
            http=self._clients[repeatable],
            clock=self.clock,
            log=logging.getLogger(f"hub.components.{component}"),
            time_zone=ZoneInfo(self.organisation.time_zone),
            currency=self.organisation.currency,
            country=self.organisation.country,
            folder=self.home,
            connection=self.connection_budget.place,
        )

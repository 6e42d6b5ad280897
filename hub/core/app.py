"""The composition root: makes a hub of a home's settings."""

import logging
import os
import socket
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx
from babel.numbers import get_currency_precision, list_currencies

from hub.core.access.secrets import Secrets
from hub.core.access.signatures import Signatures
from hub.core.access.tokens import Tokens
from hub.core.connection_budget import ConnectionBudget
from hub.core.connections import Connections
from hub.core.consents.capturing import Capturing
from hub.core.consents.proof import Proof
from hub.core.consents.service import Consents
from hub.core.consents.texts import ConsentTexts
from hub.core.contracts.component import Context
from hub.core.contracts.errors import NameTaken, NotFound, SettingsError
from hub.core.engines.engine import Engine
from hub.core.engines.opening import open_engine
from hub.core.exports.service import Exports
from hub.core.feeds.reading import FeedReading
from hub.core.feeds.service import Feeds
from hub.core.feeds.uses import feeds_of_segments, feeds_of_view
from hub.core.http import client
from hub.core.ingest.connected import ConnectedSources
from hub.core.ingest.pulling import Puller
from hub.core.ingest.service import Imports
from hub.core.jobs import Jobs
from hub.core.messaging.channels import Channels
from hub.core.messaging.chat_links import ChatLinks
from hub.core.messaging.confirming import Confirming
from hub.core.messaging.conversations import Conversations
from hub.core.messaging.fates.service import Fates
from hub.core.messaging.links.addresses import PublicAddresses
from hub.core.messaging.links.campaigns import CampaignLinks
from hub.core.messaging.links.following import Following
from hub.core.messaging.links.tracking import LinkTracking
from hub.core.messaging.newsletters.audience import NewsletterAudience
from hub.core.messaging.newsletters.checks import NewsletterChecks
from hub.core.messaging.newsletters.recipients import FindRecipients
from hub.core.messaging.newsletters.runner import NewsletterRunner
from hub.core.messaging.newsletters.service import Newsletters
from hub.core.messaging.newsletters.trial import NewsletterTrial
from hub.core.messaging.newsletters.uses import newsletters_of_segments
from hub.core.messaging.rules import MessageRuling
from hub.core.messaging.sending.world import MessagingWorld
from hub.core.messaging.single import SingleMessages
from hub.core.messaging.suppressions import Suppressions
from hub.core.messaging.templates.facts import CustomerFacts
from hub.core.messaging.templates.rendering import Renderer
from hub.core.messaging.templates.service import Templates
from hub.core.messaging.unsubscribing import Unsubscribing
from hub.core.registry.registry import Registry
from hub.core.replica.replica import Replica
from hub.core.schedule import Scheduler, trigger_of
from hub.core.segments.binding import Catalogue
from hub.core.segments.dashboard.dashboard import Dashboard
from hub.core.segments.editing import SegmentEditing
from hub.core.segments.evaluator import Evaluator
from hub.core.segments.history.upkeep import Upkeep
from hub.core.segments.people.explaining import Explaining
from hub.core.segments.people.manual import ManualMembers
from hub.core.segments.people.members import Members
from hub.core.segments.people.profiles import Profiles
from hub.core.segments.people.tagging import Tagging
from hub.core.segments.references.resolving import SegmentResolver
from hub.core.segments.service import Segments
from hub.core.segments.views import Views
from hub.core.settings import FILE, HubSettings, load_settings, write_settings
from hub.core.store.database import Database
from hub.core.store.election import election
from hub.core.store.organisations import add_organisation, first_organisation
from hub.core.store.revisions import store_name
from hub.core.store.schema import prepare
from hub.core.store.tables import Organisation
from hub.core.sync.reports import SyncReports
from hub.core.sync.runner import SyncRunner, SyncWorld
from hub.core.sync.service import Syncs
from hub.core.sync.uses import syncs_of_view

STORE = "hub.sqlite"
"""The store's file in a home that names no other."""


class Hub:
    """Everything a page, the REST API or the command line can do, for one home.

    Its parts are made when first used, so that a command that needs little is quick.

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
    def segments(self) -> Segments:
        """What can be done with segments."""
        return Segments(
            self.database,
            self.organisation,
            lambda: self.evaluator,
            self.registry.criteria(),
            self.clock,
            uses=[feeds_of_segments, newsletters_of_segments],
        )

    @cached_property
    def dashboard(self) -> Dashboard:
        """Answers definitions with every number and distribution that a dashboard shows."""
        return Dashboard(lambda: self.evaluator, self.segments.calendar)

    @cached_property
    def explaining(self) -> Explaining:
        """Tells why a customer is in a segment, or is not."""
        return Explaining(
            self.database,
            self.organisation,
            lambda: self.evaluator,
            lambda: self.engine,
            self.segments.language,
            get_currency_precision(self.organisation.currency),
        )

    @cached_property
    def upkeep(self) -> Upkeep:
        """Keeps the history of all segments true."""
        return Upkeep(
            self.database,
            self.organisation,
            self.segments.definitions.evaluate_many,
            self.segments.kept,
            self.segments.calendar,
        )

    @cached_property
    def segment_editing(self) -> SegmentEditing:
        """Changes segments."""
        return SegmentEditing(self.database, self.organisation, self.segments, self.clock)

    @cached_property
    def manual_members(self) -> ManualMembers:
        """Adds members to manual segments, and removes them."""
        return ManualMembers(self.database, self.organisation, self.segments, self.clock)

    @cached_property
    def views(self) -> Views:
        """What can be done with views of segments."""
        return Views(self.database, self.organisation, self.segments, uses=[syncs_of_view, feeds_of_view])

    @cached_property
    def members(self) -> Members:
        """Lists members of segments, views and questions."""
        return Members(self.database, self.organisation, lambda: self.evaluator)

    @cached_property
    def exports(self) -> Exports:
        """Files of members, and of all customer data."""
        return Exports(self.database, self.organisation, lambda: self.evaluator)

    @cached_property
    def profiles(self) -> Profiles:
        """Customers' profiles."""
        return Profiles(self.database, self.organisation, self.segments, lambda: self.evaluator)

    @cached_property
    def tagging(self) -> Tagging:
        """Tags and untags many customers at once."""
        return Tagging(self.database, self.organisation)

    @cached_property
    def connections(self) -> Connections:
        """What can be done with connections."""
        return Connections(
            self.database, self.organisation, self.registry, Secrets(self.home), self.context, self.clock
        )

    @cached_property
    def channels(self) -> Channels:
        """The connections that carry messages."""
        # A request that was perhaps taken must not be repeated: nobody gets a message twice.
        return Channels(
            self.database,
            self.organisation,
            self.registry,
            lambda connection: self.connections.component(connection, repeatable=False),
        )

    @cached_property
    def fates(self) -> Fates:
        """What became of messages, and what customers answered."""
        return Fates(self.database, self.organisation, self.channels, self.signatures, self.clock)

    @cached_property
    def customer_facts(self) -> CustomerFacts:
        """What messages may tell customers of themselves."""
        return CustomerFacts(
            self.database,
            self.organisation,
            lambda: self.evaluator,
            self.clock,
            lambda numbers: self.chat_links.by_customer(numbers),
        )

    @cached_property
    def templates(self) -> Templates:
        """What can be done with templates of messages."""
        return Templates(self.database, self.organisation, self.customer_facts, self.channels, self.clock)

    @cached_property
    def suppressions(self) -> Suppressions:
        """Addresses that nothing more is sent to."""
        return Suppressions(self.database, self.organisation, self.clock)

    @cached_property
    def conversations(self) -> Conversations:
        """Conversations on chat services."""
        return Conversations(self.organisation, self.signatures, self.clock)

    @cached_property
    def chat_links(self) -> ChatLinks:
        """Customers' links into conversations."""
        return ChatLinks(self.database, self.organisation, self.channels, self.conversations)

    @cached_property
    def campaign_links(self) -> CampaignLinks:
        """What can be done with campaign links."""
        addresses = PublicAddresses(self.settings.public_url, self.signatures)
        return CampaignLinks(self.database, self.organisation, addresses, self.clock)

    @cached_property
    def link_tracking(self) -> LinkTracking:
        """Makes links of messages tell who followed them."""
        return LinkTracking(self.database, self.signatures, self.settings.public_url, self.organisation)

    @cached_property
    def following(self) -> Following:
        """Where links lead, and who followed them."""
        return Following(self.database, self.organisation, self.signatures, self.clock)

    @cached_property
    def message_ruling(self) -> MessageRuling:
        """When and how often customers are written to."""
        return MessageRuling(self.database, self.organisation, self.clock)

    @cached_property
    def _messaging(self) -> MessagingWorld:
        return MessagingWorld(
            database=self.database,
            organisation=self.organisation,
            channels=self.channels,
            facts=self.customer_facts,
            tracking=self.link_tracking,
            suppressions=self.suppressions,
            conversations=self.conversations,
            ruling=self.message_ruling,
            open_renderer=lambda: Renderer(self.organisation.time_zone, self.organisation.currency),
            paces=self.home / "paces",
            clock=self.clock,
            store=store_name(self.database),
        )

    @cached_property
    def single_messages(self) -> SingleMessages:
        """Writes to single customers."""
        return SingleMessages(self._messaging)

    @cached_property
    def newsletters(self) -> Newsletters:
        """What can be done with newsletters."""
        audience = NewsletterAudience(self.database, lambda: self.engine, self.segments)
        recipients = FindRecipients(self.database, self.organisation, audience)
        runner = NewsletterRunner(self._messaging, recipients, self.newsletter_checks, self.owner)
        return Newsletters(
            self.database,
            self.organisation,
            self.channels,
            self.newsletter_checks,
            recipients,
            runner,
            self.clock,
        )

    @cached_property
    def newsletter_trial(self) -> NewsletterTrial:
        """Tries newsletters out."""
        return NewsletterTrial(self._messaging, self.templates, self.newsletter_checks)

    @cached_property
    def newsletter_checks(self) -> NewsletterChecks:
        """Sees whether newsletters can go out."""
        return NewsletterChecks(self._messaging, self.templates, self.settings.public_url)

    @cached_property
    def unsubscribing(self) -> Unsubscribing:
        """Takes back consents by the links in messages."""
        return Unsubscribing(self.database, self.organisation, self.signatures, self.clock)

    @cached_property
    def consent_texts(self) -> ConsentTexts:
        """What customers are asked to agree to."""
        return ConsentTexts(self.database, self.organisation, self.clock)

    @cached_property
    def capturing(self) -> Capturing:
        """Records what customers tick on a shop's pages."""
        return Capturing(self.database, self.organisation, self.clock)

    @cached_property
    def consents(self) -> Consents:
        """What customers confirm and withdraw."""
        return Consents(self.database, self.organisation, self.signatures, self.clock)

    @cached_property
    def consent_proof(self) -> Proof:
        """Proves what customers agreed to."""
        return Proof(self.database, self.organisation, self.clock)

    @cached_property
    def confirming(self) -> Confirming:
        """Asks addresses to confirm permissions."""
        return Confirming(
            self.database,
            self.organisation,
            self.channels,
            self.signatures,
            self.settings.public_url,
            self.clock,
        )

    @cached_property
    def connection_budget(self) -> ConnectionBudget:
        """Places among the connections to accounts."""
        return ConnectionBudget(self.home / "connections")

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
    def feeds(self) -> Feeds:
        """What can be done with feeds."""
        return Feeds(self.database, self.organisation, self.segments, self.clock)

    @cached_property
    def feed_reading(self) -> FeedReading:
        """Answers who asks at a feed's address."""
        return FeedReading(
            self.database, self.organisation, lambda: self.evaluator, self.segments, self.views, self.clock
        )

    @cached_property
    def signatures(self) -> Signatures:
        """Signs what customers' addresses carry."""
        return Signatures(self.home)

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


def make_home(home: Path, organisation: Organisation, store_url: str = "") -> None:
    """Make a home: its folder, its settings, its store and its organisation.

    Raises:
        NameTaken: there is a hub in this folder already.
        SettingsError: the time zone, the currency or the country does not exist.
        StoreError: the store can't be made.
    """
    if (home / FILE).exists():
        raise NameTaken(f"there is a hub in {home} already; remove the folder to start afresh")
    _check(organisation)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not store_url:
        (home / STORE).touch(mode=0o600)
    database = Database(store_url or f"sqlite:///{home / STORE}")
    try:
        prepare(database)
        with suppress(NotFound):
            held = first_organisation(database)
            raise NameTaken(f"this store is that of {held.name!r} already; name another one with --store-url")
        add_organisation(database, organisation)
    finally:
        database.close()
    write_settings(home, store_url)


def _check(organisation: Organisation) -> None:
    try:
        ZoneInfo(organisation.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(
            f"there is no time zone {organisation.time_zone!r}; write one such as Europe/Berlin"
        ) from error
    if organisation.currency not in list_currencies():
        raise SettingsError(f"there is no currency {organisation.currency!r}; write an ISO code such as EUR")
    if len(organisation.country) != 2 or not organisation.country.isalpha():
        raise SettingsError(f"{organisation.country!r} is no country; write an ISO code such as DE")

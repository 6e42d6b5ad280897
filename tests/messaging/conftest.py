"""A hub around messages: real store, replica, templates and links; the channels' other side is in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zlib import crc32

import pytest

from hub import Batch, ConsentChannel, ConsentRecord, CustomerRecord, Record
from hub.core.app import Hub, make_home, open_hub
from hub.core.ingest.ingest import Ingest
from hub.core.messaging.channels import Channels
from hub.core.messaging.guarded_channel import GuardedChannel
from hub.core.messaging.newsletters.drafts import Draft
from hub.core.messaging.templates.contents import Wording
from hub.core.registry.reports import Kind
from hub.core.store.tables import Connection, Newsletter, Organisation, OutboxMessage
from hub.testing.memory_channel import MemoryEmail, MemorySettings, MemoryText, Postbox

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
EMAIL, SMS = ConsentChannel.EMAIL, ConsentChannel.SMS


class StagedChannels(Channels):
    """Connections as they are stored; what is behind them is in memory."""

    stage: "Stage"

    def open(self, connection_id: int) -> GuardedChannel:
        connection = self.of_id(connection_id)
        kind = MemoryEmail if self.channel_of(connection) is EMAIL else MemoryText
        postbox = self.stage.postboxes[connection.name]
        return GuardedChannel(kind(MemorySettings(), self.stage.hub.context("memory", False), postbox), "memory")


@dataclass
class Stage:
    """Everything a test of messages plays with."""

    home: Path
    now: datetime = NOW
    postboxes: dict[str, Postbox] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hub = self.opened()
        self.email, self.sms = self.connected("mail", "email"), self.connected("texts", "sms")

    def opened(self) -> Hub:
        """The hub, as another process would open it."""
        hub = open_hub(self.home, lambda: self.now)
        channels = StagedChannels(hub.database, hub.organisation, hub.registry, hub.connections.component)
        channels.stage = self
        hub.__dict__["channels"] = channels
        return hub

    def connected(self, name: str, component: str) -> Connection:
        """Make a connection without asking its other side."""
        self.postboxes[name] = Postbox()
        made = Connection(
            organisation_id=self.hub.organisation.id or 0,
            name=name,
            kind=Kind.MESSAGE_CHANNEL.value,
            component=component,
            settings="{}",
            created_at=NOW,
            changed_at=NOW,
        )
        with self.hub.database.session(write=True) as session:
            session.add(made)
        return made

    @property
    def mail(self) -> Postbox:
        return self.postboxes["mail"]

    @property
    def texts(self) -> Postbox:
        return self.postboxes["texts"]

    def bring(self, *records: Record) -> None:
        """Import records."""
        ingest = Ingest(self.hub.database, self.hub.organisation, "shop", lambda: self.now)
        list(ingest.store([Batch.of(*records)]))

    def bring_readers(self, *names: str, channel: ConsentChannel = EMAIL) -> None:
        """Import customers who have an email address and a phone, and agreed to the newsletter on a channel."""
        for name in names:
            phone = f"+49151{crc32(name.encode()) % 10**8:08d}"
            self.bring(CustomerRecord(id=name, email=f"{name}@example.com", phone=phone, first_name=name.title()))
        self.agree(*names, channel=channel)

    def agree(
        self, *names: str, channel: ConsentChannel = EMAIL, given: bool = True, permission: str = "newsletter"
    ) -> None:
        """Customers agree to the newsletter, or withdraw, one second after what they did before."""
        self.now += timedelta(seconds=1)
        self.bring(
            *(
                ConsentRecord(customer=name, permission=permission, channel=channel, given=given, at=self.now)
                for name in names
            )
        )

    def number_of(self, name: str) -> int:
        """A customer's number."""
        return self.hub.profiles.known_as("shop", name).customer.number or 0

    def template(
        self, name: str = "May", *, subject: str = "News", text: str = "Hello", sms: str = "Hello", html: str = ""
    ) -> str:
        """Make a template for email and text messages; return its name."""
        template = self.hub.templates.create(name)
        self.hub.templates.set_wording(template, Wording(EMAIL, "", subject, text, html))
        if sms:
            self.hub.templates.set_wording(template, Wording(SMS, "", "", sms, ""))
        return name

    def newsletter(self, name: str = "May", **values: object) -> Newsletter:
        """Make a newsletter to all subscribers by email, but for what is said otherwise."""
        return self.hub.newsletters.create(Draft(**{"name": name, "template": "May", **values}))  # type: ignore[arg-type]

    def send(self, newsletter: Newsletter) -> Newsletter:
        """Let a newsletter go out now."""
        self.hub.newsletters.schedule(newsletter)
        return self.hub.newsletters.run(newsletter)

    def messages(self, newsletter: Newsletter) -> dict[str, OutboxMessage]:
        """A newsletter's messages by the customer's name."""
        found = self.hub.newsletters.messages(newsletter, limit=10_000)
        names = {}
        for message in found:
            profile = self.hub.profiles.of_number(message.customer_number)
            names[profile.customer.external_id] = message
        return names

    def statuses(self, newsletter: Newsletter) -> dict[str, str]:
        """How a newsletter's messages stand, by the customer's name."""
        return {name: message.status for name, message in self.messages(newsletter).items()}

    def close(self) -> None:
        self.hub.close()


def make_home_with_address(home: Path) -> None:
    """A new hub's home, reached at an https address."""
    make_home(home, Organisation(name="Theater am Ufer", time_zone="Europe/Berlin", currency="EUR", country="DE"))
    settings = home / "hub.toml"
    settings.write_text(settings.read_text() + 'public_url = "https://hub.example.com"\n')


def make_stage(home: Path) -> Stage:
    """A hub to play with."""
    make_home_with_address(home)
    return Stage(home)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = make_stage(tmp_path / "home")
    yield made
    made.close()

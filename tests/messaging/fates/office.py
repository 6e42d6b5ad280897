"""An office in which reports come in: a real store with invented customers and messages, and the services."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import sqlalchemy as sa

from hub import Context
from hub.core.access.signatures import Signatures
from hub.core.contracts.records import Batch, ConsentChannel, ConsentRecord, CustomerRecord, IdentityRecord
from hub.core.ingest.ingest import Ingest
from hub.core.messaging.addresses import address_digest
from hub.core.messaging.channels import Channels
from hub.core.messaging.conversations import Conversations
from hub.core.messaging.fates.service import Fates
from hub.core.messaging.suppressions import Suppressions, suppression_digest
from hub.core.registry.registry import Registry
from hub.core.store.database import Database
from hub.core.store.tables import (
    Connection,
    Consent,
    Conversation,
    EarlyReport,
    Identity,
    MessageEvent,
    MessageStatus,
    MessageTemplate,
    Newsletter,
    Organisation,
    OutboxMessage,
    Suppression,
    table_of,
)
from tests.messaging.fates import line

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
YESTERDAY = NOON - timedelta(days=1)
PEOPLE = {
    "ada": ("ada@Example.com", "0151 123-456 78"),
    "bea": ("bea@example.com", "+4520123456"),
    "cis": ("cis@example.com", "+49 (0)151 12345678"),
    "dan": ("dan@example.com", None),
}
"""Ada and Cis share a phone."""
ADA_PHONE, BEA_PHONE = "+4915112345678", "+4520123456"


class Office:
    """The services over a store, on a clock that can be turned."""

    def __init__(self, database: Database, organisation: Organisation, home: Path, http: httpx.Client) -> None:
        self.database, self.organisation = database, organisation
        self.now = NOON
        context = Context(
            http=http, clock=lambda: self.now, log=logging.getLogger("hub.test.fates"),
            time_zone=ZoneInfo(organisation.time_zone), currency="EUR", country="DE", folder=home,
        )  # fmt: skip
        registry = Registry.load([EntryPoint("line", line.__name__, "hub")])
        self.channels = Channels(
            database,
            organisation,
            registry,
            lambda one: registry.make(registry.message_channel(one.component), {}, context),
        )
        signatures = Signatures(home)
        self.signatures = signatures
        self.fates = Fates(database, organisation, self.channels, signatures, lambda: self.now)
        self.suppressions = Suppressions(database, organisation, lambda: self.now)
        self.conversations = Conversations(organisation, signatures, lambda: self.now)
        self.line, self.chat, self.post, self.mute, self.broken = (
            self._connect(name) for name in ("line", "chat", "post", "mute", "broken")
        )
        self.numbers = self._bring_people()

    def _connect(self, name: str) -> int:
        with self.database.session(write=True) as session:
            made = Connection(
                organisation_id=self.organisation.id or 0, name=name, kind="message_channel", component=name,
                settings="{}", created_at=NOON, changed_at=NOON,
            )  # fmt: skip
            session.add(made)
        return made.id or 0

    def _bring_people(self) -> Mapping[str, int]:
        records: list[Any] = [
            CustomerRecord(id=name, email=email, phone=phone) for name, (email, phone) in PEOPLE.items()
        ]
        records += [IdentityRecord(customer="bea", channel=ConsentChannel.VIBER, value="bea-on-chat")]
        for name in PEOPLE:
            for channel in (ConsentChannel.EMAIL, ConsentChannel.SMS, ConsentChannel.VIBER):
                for permission in ("newsletter", "offers"):
                    records.append(
                        ConsentRecord(customer=name, permission=permission, channel=channel, at=YESTERDAY)
                    )
        self.bring(*records)
        with self.database.reading() as connection:
            found = connection.execute(sa.text("SELECT external_id, number FROM customers"))
            return {name: number for name, number in found}  # noqa: C416 - rows are no pairs

    def bring(self, *records: Any) -> None:
        """Import records."""
        list(Ingest(self.database, self.organisation, "tests", lambda: self.now).store([Batch.of(*records)]))

    def consent(self, name: str, channel: ConsentChannel, at: datetime) -> None:
        """A customer agrees to the newsletter on a channel."""
        self.bring(ConsentRecord(customer=name, permission="newsletter", channel=channel, at=at))

    def sent(
        self,
        reference: str | None,
        *,
        to: str = "ada",
        over: int | None = None,
        channel: ConsentChannel = ConsentChannel.SMS,
        status: MessageStatus = MessageStatus.SENT,
        at: datetime = NOON,
    ) -> int:
        """A message of the outbox; its id."""
        with self.database.session(write=True) as session:
            made = OutboxMessage(
                connection_id=over or self.line, customer_number=self.numbers[to], channel=channel.value,
                status=status.value, reference=reference, created_at=at, sent_at=at,
            )  # fmt: skip
            session.add(made)
        return made.id or 0

    def belongs_to_a_newsletter(self, message_id: int, channel: ConsentChannel, address: str) -> None:
        """A message was one of a newsletter's, and went to this address."""
        own: dict[str, Any] = {
            "organisation_id": self.organisation.id or 0,
            "created_at": NOON,
            "changed_at": NOON,
        }
        with self.database.session(write=True) as session:
            template = MessageTemplate(name="t", folded_name="t", **own)
            session.add(template)
            session.flush()
            newsletter = Newsletter(
                name="n", folded_name="n", permission="newsletter", channels="sms", connections={},
                template_id=template.id or 0, address_key="a key", **own,
            )  # fmt: skip
            session.add(newsletter)
            session.flush()
            message = session.get_one(OutboxMessage, message_id)
            message.newsletter_id = newsletter.id
            message.address_digest = address_digest("a key", channel, address)

    def receipt(self, message_id: int, reference: str) -> None:
        """The sender records that a message was taken."""
        table = table_of(OutboxMessage)
        with self.database.writing() as connection:
            taken = sa.update(table).where(table.c.id == message_id)
            connection.execute(taken.values(status="sent", reference=reference))

    def status(self, message_id: int) -> tuple[str, str]:
        """How a message stands, and why."""
        with self.database.session() as session:
            found = session.get_one(OutboxMessage, message_id)
            return found.status, found.reason

    def events(self, message_id: int) -> list[tuple[str, datetime]]:
        return [(one.fate, one.at) for one in self.fates.events_of(message_id)]

    def consents(self, channel: ConsentChannel, permission: str = "newsletter") -> set[str]:
        """Who agrees to a permission on a channel, by the log's newest entries."""
        log = table_of(Consent)
        entries = sa.select(log.c.customer_number, log.c.given).where(
            log.c.channel == channel.value, log.c.permission == permission
        )
        with self.database.reading() as connection:
            newest = {number: given for number, given in connection.execute(entries.order_by(log.c.at, log.c.id))}  # noqa: C416
        return {name for name, number in self.numbers.items() if newest.get(number)}

    def places(self) -> set[str | None]:
        """Where consents were withdrawn."""
        log = table_of(Consent)
        with self.database.reading() as connection:
            return set(connection.execute(sa.select(log.c.place).where(log.c.given.is_(False))).scalars())

    def suppressed(self, channel: ConsentChannel, *addresses: str) -> list[bool]:
        """Whether nothing more is sent to these addresses."""
        digests = [suppression_digest(channel, address) for address in addresses]
        with self.database.reading() as connection:
            held = self.suppressions.held(connection, channel, digests)
        return [digest in held for digest in digests]

    def rows(self, model: Any) -> int:
        """How many rows a table has."""
        with self.database.reading() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(table_of(model))).scalar_one())

    def owner(self, value: str) -> str | None:
        """Whose an address on the chat service is."""
        table = table_of(Identity)
        with self.database.reading() as connection:
            number = connection.execute(
                sa.select(table.c.customer_number).where(table.c.value == value)
            ).scalar_one_or_none()
        return next((name for name, own in self.numbers.items() if own == number), None)

    def heard_at(self, *addresses: str) -> Mapping[str, datetime]:
        with self.database.reading() as connection:
            return self.conversations.heard_at(connection, ConsentChannel.VIBER, addresses)

    def clear(self) -> None:
        """Take out all messages and what came of them."""
        with self.database.writing() as connection:
            for model in (MessageEvent, EarlyReport, OutboxMessage, Suppression, Conversation):
                connection.execute(sa.delete(table_of(model)))


def minutes(count: int) -> datetime:
    """So many minutes before noon."""
    return NOON - timedelta(minutes=count)

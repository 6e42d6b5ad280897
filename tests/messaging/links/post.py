"""A post office for tests of links: newsletters that were sent, without anybody who sends them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hub.core.access.signatures import Purpose, Signatures
from hub.core.contracts.records import Batch, ConsentChannel, ConsentRecord, CustomerRecord, Record
from hub.core.ingest.ingest import Ingest
from hub.core.messaging.links.addresses import PublicAddresses
from hub.core.messaging.links.campaigns import CampaignLinks
from hub.core.messaging.links.following import Following
from hub.core.messaging.links.robots import Visitor
from hub.core.messaging.links.tracking import LinkTracking
from hub.core.messaging.unsubscribing import Unsubscribing
from hub.core.store.database import Database
from hub.core.store.tables import (
    CampaignLink,
    Connection,
    LinkClick,
    MessageEvent,
    MessageStatus,
    MessageTemplate,
    Newsletter,
    Order,
    OrderLine,
    Organisation,
    OutboxMessage,
    TrackedLink,
    table_of,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PUBLIC = "https://hub.example.com/audience"
PERSON = Visitor("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0")
ROBOT = Visitor("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")


class Post:
    """The services of one process over a store, on a clock that can be turned."""

    def __init__(self, database: Database, organisation: Organisation, home: Path) -> None:
        self.database, self.organisation, self.now = database, organisation, NOON
        self.signatures = Signatures(home)
        self.addresses = PublicAddresses(PUBLIC, self.signatures)
        self.tracking = LinkTracking(database, self.signatures, PUBLIC, organisation)
        self.campaigns = CampaignLinks(database, organisation, self.addresses, lambda: self.now)
        self.following = Following(database, organisation, self.signatures, lambda: self.now)
        self.unsubscribing = Unsubscribing(database, organisation, self.signatures, lambda: self.now)
        self.sent: dict[int, int] = {}
        self._template, self._connection = self._made()

    def bring(self, *records: Record) -> None:
        list(Ingest(self.database, self.organisation, "test", lambda: self.now).store([Batch.of(*records)]))

    def bring_people(self, count: int, language: str | None = None) -> None:
        """Customers 1, 2, 3 …, known as C-1, C-2, C-3 …, who get the newsletter by email and by SMS."""
        people = range(1, count + 1)
        self.bring(
            *(CustomerRecord(id=f"C-{number}", language=language) for number in people),
            *(
                ConsentRecord(
                    customer=f"C-{number}", permission="newsletter", channel=channel, at=NOON - timedelta(days=9)
                )
                for number in people
                for channel in (ConsentChannel.EMAIL, ConsentChannel.SMS)
            ),
        )

    def newsletter(self, name: str = "March", **more: Any) -> Newsletter:
        made = Newsletter(
            organisation_id=self.organisation.id or 0, name=name, folded_name=name.lower(),
            permission="newsletter", channels="email", connections={"email": self._connection},
            template_id=self._template, created_at=NOON, changed_at=NOON, **more,
        )  # fmt: skip
        with self.database.session(write=True) as session:
            session.add(made)
        return made

    def message(
        self, newsletter: Newsletter, customer: int = 1, channel: str = "email", sent: datetime | None = None
    ) -> int:
        """A message that was sent an hour ago, if nothing else is said; its id."""
        made = OutboxMessage(
            newsletter_id=newsletter.id, connection_id=self._connection, customer_number=customer, channel=channel,
            status=MessageStatus.SENT.value, created_at=NOON, sent_at=sent or self.now - timedelta(hours=1),
        )  # fmt: skip
        with self.database.session(write=True) as session:
            session.add(made)
        return made.id or 0

    def links(self, newsletter: Newsletter, *urls: str) -> list[int]:
        """Links of a newsletter; their ids."""
        made = [TrackedLink(newsletter_id=newsletter.id or 0, url=url) for url in urls]
        with self.database.session(write=True) as session:
            session.add_all(made)
        return [each.id or 0 for each in made]

    def click(self, link: int, message: int, visitor: Visitor = PERSON, **more: Any) -> str:
        try:
            return self.following.click(self.signatures.sign(Purpose.CLICK, link, message), visitor, **more)
        finally:
            self.following.flush()

    def open(self, message: int, visitor: Visitor = PERSON) -> None:
        self.following.open(self.signatures.sign(Purpose.OPEN, message), visitor)
        self.following.flush()

    def follow(self, text: str, visitor: Visitor = PERSON) -> None:
        """Follow the first tracked link of a text."""
        token = text.split()[0].rpartition("/l/")[2]
        self.following.click(token, visitor)
        self.following.flush()

    def forget(self) -> None:
        """Begin anew: no links, no newsletters, no orders."""
        self.now, self.sent = NOON, {}
        with self.database.writing() as connection:
            for model in (
                MessageEvent, LinkClick, TrackedLink, OutboxMessage, Newsletter, CampaignLink, OrderLine, Order,
            ):  # fmt: skip
                connection.execute(sa.delete(table_of(model)))

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def status(self, message: int) -> str:
        table = table_of(OutboxMessage)
        with self.database.reading() as connection:
            found: str = connection.execute(sa.select(table.c.status).where(table.c.id == message)).scalar_one()
        return found

    def events(self, message: int) -> list[tuple[str, bool]]:
        """What the log has of a message: fates, and whether a program did it."""
        table = table_of(MessageEvent)
        asked = sa.select(table.c.fate, table.c.is_robot).where(table.c.message_id == message)
        with self.database.reading() as connection:
            return [(fate, is_robot) for fate, is_robot in connection.execute(asked.order_by(table.c.id))]

    def clicks(self) -> Sequence[LinkClick]:
        with self.database.session() as session:
            return session.scalars(sa.select(LinkClick).order_by(sa.text("id"))).all()

    def close(self) -> None:
        self.following.close()

    def _made(self) -> tuple[int, int]:
        template = MessageTemplate(
            organisation_id=self.organisation.id or 0, name="T", folded_name="t", created_at=NOON, changed_at=NOON
        )
        mail = Connection(
            organisation_id=self.organisation.id or 0, name="mail", kind="message_channel", component="email",
            settings="{}", created_at=NOON, changed_at=NOON,
        )  # fmt: skip
        with self.database.session(write=True) as session:
            session.add_all([template, mail])
        return template.id or 0, mail.id or 0

"""A shop that asks its customers for consent: a real store, every service over it, a clock that can be turned."""

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from hub import ConsentChannel, Context
from hub.core.access.secrets import Secrets
from hub.core.access.signatures import Signatures
from hub.core.connections import Connections
from hub.core.consents.capturing import Capture, Captured, CaptureOutcome, Capturing
from hub.core.consents.places import ConsentPlace
from hub.core.consents.proof import Proof
from hub.core.consents.service import Consents
from hub.core.consents.shoppers import Shopper
from hub.core.consents.texts import ConsentTexts
from hub.core.messaging.channels import Channels
from hub.core.messaging.confirming import Confirming
from hub.core.messaging.links.addresses import CONFIRM
from hub.core.registry.registry import Registry
from hub.core.store.database import Database
from hub.core.store.facts.erasing import erase_customers
from hub.core.store.tables import Consent, Organisation, table_of
from tests.consents.mailbox import MailChannel

EMAIL, SMS, PHONE = ConsentChannel.EMAIL, ConsentChannel.SMS, ConsentChannel.PHONE
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PUBLIC_URL = "https://hub.example.com"


class Shop:
    """Captures what customers tick."""

    def __init__(self, database: Database, organisation: Organisation, home: Path) -> None:
        self.database = database
        self.organisation = organisation
        self.now = NOON
        self.texts = ConsentTexts(database, organisation, self.clock)
        self.capturing = Capturing(database, organisation, self.clock)
        self.signatures = Signatures(home)
        self.consents = Consents(database, organisation, self.signatures, self.clock)
        self.proof = Proof(database, organisation, self.clock)
        registry = Registry.load([EntryPoint("mailbox", "tests.consents.mailbox", "hub")])
        self.connections = Connections(
            database, organisation, registry, Secrets(home), lambda *_: _context(home), self.clock
        )
        self.channels = Channels(database, organisation, registry, self.connections.component)
        self.confirming = self.confirming_at(PUBLIC_URL)
        MailChannel.arrived.clear()
        MailChannel.faults.clear()

    def clock(self) -> datetime:
        return self.now

    def confirming_at(self, public_url: str) -> Confirming:
        return Confirming(self.database, self.organisation, self.channels, self.signatures, public_url, self.clock)

    def connect(self) -> None:
        """Have a channel for email and one for text messages."""
        self.connections.connect("mailbox", "mail", {})
        self.connections.connect("pager", "texts", {})

    def capture(
        self,
        given: Mapping[ConsentChannel, bool],
        place: ConsentPlace = ConsentPlace.REGISTRATION,
        *,
        who: str = "C-1",
        version: int = 1,
        guest: bool = False,
        at: datetime | None = None,
        permission: str = "newsletter",
        **known: Any,
    ) -> Captured:
        """What a customer ticked; they have an email address and a phone unless said otherwise."""
        said = {"email": f"{who}@example.com".lower(), "phone": "+4930123456", **known}
        return self.capturing.capture(
            Capture(Shopper("shop", who, **said), permission, version, given, place, guest, at)
        )

    def outcome(self, *words: Any, **more: Any) -> CaptureOutcome:
        """What became of the only box."""
        (outcome,) = self.capture(*words, **more).outcomes.values()
        return outcome

    def log(self, number: int = 1) -> list[tuple[str, str, bool, datetime, str | None, int | None]]:
        """A customer's log, the oldest first."""
        log = table_of(Consent)
        entries = sa.select(
            log.c.permission, log.c.channel, log.c.given, log.c.at, log.c.place, log.c.consent_text_id
        )
        with self.database.reading() as connection:
            own = entries.where(log.c.customer_number == number).order_by(log.c.at, log.c.id)
            return [(*row,) for row in connection.execute(own)]

    def stands(self, number: int = 1, permission: str = "newsletter") -> set[str]:
        """The channels on which a permission stands."""
        newest = {channel: given for name, channel, given, *_ in self.log(number) if name == permission}
        return {channel for channel, given in newest.items() if given}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.database.reading() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query))]

    def erase(self, number: int) -> None:
        with self.database.writing() as connection:
            erase_customers(connection, [number])

    def tokens(self) -> list[str]:
        """The tokens of the links that arrived."""
        words = [word for message in MailChannel.arrived for word in message.text.split()]
        before = PUBLIC_URL + CONFIRM
        return [word.removeprefix(before) for word in words if word.startswith(before)]


def _context(home: Path) -> Context:
    from logging import getLogger
    from zoneinfo import ZoneInfo

    return Context(
        http=httpx.Client(),
        clock=lambda: NOON,
        log=getLogger("tests"),
        time_zone=ZoneInfo("Europe/Berlin"),
        currency="EUR",
        country="DE",
        folder=home,
    )

"""Proves what one customer agreed to: every entry of the log, with the words they saw."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hub.core.consents.languages import Language
from hub.core.store import profiles
from hub.core.store.consent_requests import requests_of
from hub.core.store.consent_texts import texts_of_ids
from hub.core.store.database import Database
from hub.core.store.tables import Consent, ConsentRequest, ConsentText, Customer, Organisation


@dataclass(frozen=True)
class Address:
    """An address of the customer."""

    kind: str
    """What it is an address on."""
    value: str


@dataclass(frozen=True)
class ProvenEntry:
    """An entry of the log."""

    permission: str
    channel: str
    given: bool
    """Whether the permission was given; else it was withdrawn."""
    at: datetime
    """When, in UTC."""
    place: str | None
    version: int | None
    """Of the text that was shown; None where no text is known, such as of what was imported."""


@dataclass(frozen=True)
class ProvenRequest:
    """A permission that the customer was asked to confirm."""

    id: int
    permission: str
    channel: str
    place: str
    version: int
    asked_at: datetime
    """When the customer gave it, in UTC."""
    sent_at: datetime | None
    """When the address was asked, in UTC; None: it was not."""
    confirmed_at: datetime | None
    """When it was confirmed, in UTC; None: it was not."""
    expires_at: datetime
    """Until when that was possible, in UTC."""
    reason: str
    """Why the address could not be asked; empty if it could."""


@dataclass(frozen=True)
class ProvenText:
    """A version of a consent text that the customer saw."""

    permission: str
    version: int
    text: str
    channels: str
    """The channels it asks for, separated by commas."""
    double_opt_in: bool
    published_at: datetime
    """In UTC."""


@dataclass(frozen=True)
class ProofDocument:
    """All that proves what one customer agreed to."""

    organisation: str
    time_zone: str
    """The organisation's: in which times are told to people."""
    made_at: datetime
    """In UTC."""
    number: int
    """The customer's, in the hub."""
    source: str
    external_id: str
    name: str
    addresses: Sequence[Address]
    entries: Sequence[ProvenEntry]
    """The log, newest last."""
    requests: Sequence[ProvenRequest]
    """Oldest first."""
    texts: Sequence[ProvenText]
    """By permission and version."""
    standing: Sequence[ProvenEntry]
    """Of each permission and channel the newest entry: how it stands now."""

    def __repr__(self) -> str:
        """Without personal data, so that no log has any."""
        return f"ProofDocument(number={self.number})"

    def as_data(self) -> dict[str, Any]:
        """All of it as plain values, dates and times."""
        return asdict(self)

    def as_html(self, language: Language = Language.ENGLISH) -> str:
        """All of it as one page that can be printed and needs nothing else."""
        from hub.core.consents.proof_page import page  # brings the template engine

        return page(self, language)


class Proof:
    """Proves what the customers of one organisation agreed to.

    Args:
        database: the store's.
        organisation: whose customers.
        clock: the time now, in UTC.
    """

    def __init__(self, database: Database, organisation: Organisation, clock: Callable[[], datetime]) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation = organisation
        self._organisation_id = organisation.id
        self._clock = clock

    def of(self, number: int) -> ProofDocument:
        """What the customer with this number agreed to.

        Raises:
            NotFound: there is none, or they were erased.
        """
        with self._database.session() as session:
            customer = profiles.customer_of(session, self._organisation_id, number)
            log = list(reversed(profiles.consents_of(session, number)))
            requests = requests_of(session, number)
            shown = {entry.consent_text_id for entry in log} | {one.consent_text_id for one in requests}
            texts = texts_of_ids(session, [text_id for text_id in shown if text_id is not None])
            entries = [_entry(one, texts.get(one.consent_text_id or 0)) for one in log]
            newest = {(entry.permission, entry.channel): entry for entry in entries}
            return ProofDocument(
                organisation=self._organisation.name,
                time_zone=self._organisation.time_zone,
                made_at=self._clock().replace(microsecond=0),
                number=number,
                source=profiles.source_of(session, customer),
                external_id=customer.external_id,
                name=" ".join(part for part in (customer.title, customer.first_name, customer.last_name) if part),
                addresses=_addresses(session, customer),
                entries=entries,
                requests=[_request(one, texts[one.consent_text_id]) for one in requests],
                texts=[
                    _text(one) for one in sorted(texts.values(), key=lambda one: (one.permission, one.version))
                ],
                standing=[newest[key] for key in sorted(newest)],
            )


def _addresses(session: Session, customer: Customer) -> Sequence[Address]:
    own = [Address("email", customer.email or ""), Address("phone", customer.phone or "")]
    further = [Address(one.kind, one.value) for one in profiles.identities_of(session, customer.number or 0)]
    return [address for address in (*own, *further) if address.value]


def _entry(entry: Consent, text: ConsentText | None) -> ProvenEntry:
    version = None if text is None else text.version
    return ProvenEntry(entry.permission, entry.channel, entry.given, entry.at, entry.place, version)


def _request(request: ConsentRequest, text: ConsentText) -> ProvenRequest:
    return ProvenRequest(
        id=request.id or 0,
        permission=request.permission,
        channel=request.channel,
        place=request.place,
        version=text.version,
        asked_at=request.asked_at,
        sent_at=request.sent_at,
        confirmed_at=request.confirmed_at,
        expires_at=request.expires_at,
        reason=request.reason,
    )


def _text(text: ConsentText) -> ProvenText:
    return ProvenText(text.permission, text.version, text.text, text.channels, text.double_opt_in, text.created_at)

"""Requests to confirm a permission, and withdrawing one."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.core.access.signatures import Purpose, Signatures
from hub.core.consents.languages import Language, language_for
from hub.core.consents.places import ConsentPlace
from hub.core.contracts.errors import NotFound
from hub.core.contracts.records import ConsentChannel
from hub.core.segments.references.naming import clean_name
from hub.core.store import consent_requests as stored
from hub.core.store.consent_requests import RequestOf
from hub.core.store.database import Database
from hub.core.store.facts.completing import hold_facts_still
from hub.core.store.facts.consents import (
    Entry,
    Withdrawal,
    append_newest,
    newest_entry_at,
    standing_until,
    withdraw,
)
from hub.core.store.profiles import customer_known_as, customer_of
from hub.core.store.tables import Organisation


class ConfirmationState(StrEnum):
    """How a request stands."""

    OPEN = "open"
    """It can be confirmed."""
    CONFIRMED = "confirmed"
    """It was confirmed; doing so again changes nothing."""
    EXPIRED = "expired"
    """Nobody confirmed it in time, or it was called off before it was sent."""


@dataclass(frozen=True)
class Confirmation:
    """What somebody is asked to confirm."""

    organisation: str
    permission: str
    channel: ConsentChannel
    text: str
    """The words that were shown."""
    language: Language
    """To speak to the customer in."""
    state: ConfirmationState


class Consents:
    """What the customers of one organisation confirm and withdraw.

    Args:
        database: the store's.
        organisation: whose customers.
        signatures: reads the tokens of links.
        clock: the time now, in UTC.
    """

    def __init__(
        self, database: Database, organisation: Organisation, signatures: Signatures, clock: Callable[[], datetime]
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation = organisation
        self._organisation_id = organisation.id
        self._signatures = signatures
        self._clock = clock

    def request(self, token: str) -> Confirmation:
        """What a link asks to confirm.

        Raises:
            NotFound: the link is not complete, or the customer's data were erased.
        """
        request_id = self._id_in(token)
        with self._database.session() as session:
            found = stored.request_of(session, self._organisation_id, request_id)
        return self._shown(_there(found))

    def confirm(self, token: str) -> Confirmation:
        """Give the permission that a link asks to confirm. What has expired stays so, and is not given.

        It counts from now on, also if it was withdrawn since it was asked for. Who confirms twice confirms once.

        Raises:
            NotFound: the link is not complete, or the customer's data were erased.
        """
        request_id, now = self._id_in(token), self._clock().replace(microsecond=0)
        with self._database.session(write=True) as session:
            connection = session.connection()
            hold_facts_still(connection)
            found = _there(stored.request_of(session, self._organisation_id, request_id))
            request = found.request
            if _state(request.confirmed_at, request.expires_at, now) is not ConfirmationState.OPEN:
                return self._shown(found)
            request.confirmed_at = now
            channel = ConsentChannel(request.channel)
            stands = standing_until(connection, request.customer_number, request.permission, channel)
            if stands is None or not stands.given or stands.consent_text_id != request.consent_text_id:
                entry = Entry(
                    request.customer_number,
                    request.permission,
                    channel,
                    given=True,
                    at=now,
                    place=request.place,
                    consent_text_id=request.consent_text_id,
                )
                append_newest(connection, entry)
            return self._shown(found)

    def withdraw(
        self,
        number: int,
        permission: str | None = None,
        channels: Collection[ConsentChannel] | None = None,
        place: str = ConsentPlace.PROFILE.value,
    ) -> int:
        """Withdraw what a customer gave, from now on; return how many permissions on a channel stood.

        Args:
            number: the customer's.
            permission: which one; None: all.
            channels: on which channels; None: on all.
            place: where, as the log keeps it.

        Raises:
            NotFound: there is no such customer.
            UserError: the place has no name.
        """
        now, place = self._clock().replace(microsecond=0), clean_name(place, "place")
        chosen = list(ConsentChannel) if channels is None else list(dict.fromkeys(channels))
        with self._database.session(write=True) as session:
            connection = session.connection()
            hold_facts_still(connection)
            customer_of(session, self._organisation_id, number)
            stored.end_unsent(session, number, permission, chosen, now)
            newest = newest_entry_at(connection, number)
            at = now if newest is None else max(now, newest)
            return sum(
                withdraw(connection, [Withdrawal(number, at, place)], permission, channel) for channel in chosen
            )

    def number_of(self, source: str, external_id: str) -> int:
        """The number of the customer a source knows by that id.

        Raises:
            NotFound: there is none, or they were erased.
        """
        with self._database.session() as session:
            return customer_known_as(session, self._organisation_id, source, external_id).number or 0

    def open_requests(self, limit: int = 100, *, before: int | None = None) -> Sequence[RequestOf]:
        """Requests that can still be confirmed, newest first; for paging from before an id."""
        with self._database.session() as session:
            return stored.open_requests(session, self._organisation_id, self._clock(), limit, before=before)

    def _id_in(self, token: str) -> int:
        numbers = self._signatures.read(Purpose.CONFIRM, token)
        return numbers[0]

    def _shown(self, found: RequestOf) -> Confirmation:
        request = found.request
        return Confirmation(
            organisation=self._organisation.name,
            permission=request.permission,
            channel=ConsentChannel(request.channel),
            text=found.text.text,
            language=language_for(found.customer.language, self._organisation.country),
            state=_state(request.confirmed_at, request.expires_at, self._clock()),
        )


def _there(found: RequestOf | None) -> RequestOf:
    if found is None:
        raise NotFound("what this link would confirm is not there any more: the customer's data were erased")
    return found


def _state(confirmed_at: datetime | None, expires_at: datetime, now: datetime) -> ConfirmationState:
    if confirmed_at is not None:
        return ConfirmationState.CONFIRMED
    return ConfirmationState.OPEN if expires_at > now else ConfirmationState.EXPIRED

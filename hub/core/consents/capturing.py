"""Records what customers tick on a shop's pages: all of it in one transaction, or none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.core.consents.places import ConsentPlace
from hub.core.consents.shoppers import Shopper
from hub.core.consents.texts import channels_of
from hub.core.contracts.errors import UserError
from hub.core.contracts.records import ConsentChannel
from hub.core.store import consent_requests, consent_texts
from hub.core.store.database import Database
from hub.core.store.facts.completing import complete_customer, hold_facts_still
from hub.core.store.facts.consents import (
    Entry,
    Standing,
    append,
    append_newest,
    is_in_log,
    standing_until,
)
from hub.core.store.organisations import ensure_source
from hub.core.store.tables import ConsentRequest, ConsentText, Organisation

OPEN_FOR = timedelta(days=30)
"""For so long a customer can confirm a permission."""
ASK_AGAIN_AFTER = timedelta(hours=1)
"""Who ticks again within this time is not asked again to confirm."""
_AHEAD = timedelta(minutes=1)
"""By so much a shop's clock may be fast."""
_EARLIEST_YEAR = 1990
_UNCONFIRMABLE = frozenset({ConsentChannel.PHONE})
"""Channels over which no link can be sent: a permission on them counts at once."""


@dataclass(frozen=True)
class Capture:
    """What a customer ticked on a page."""

    shopper: Shopper
    permission: str
    version: int
    """Of the text that was shown."""
    given: Mapping[ConsentChannel, bool]
    """Which boxes were shown, and whether each was ticked."""
    place: ConsentPlace
    guest: bool = False
    """Whether an order was placed without an account."""
    at: datetime | None = None
    """When, with a time zone; None: now. With it, the same capture can be sent twice and is one entry."""


class CaptureOutcome(StrEnum):
    """What became of one box."""

    RECORDED = "recorded"
    """The log has a new entry: the permission is given."""
    ALREADY_SO = "already_so"
    """Nothing was added: the log says so already."""
    ASKED = "asked"
    """The address is asked to confirm; the log has it once it does."""
    WITHDRAWN = "withdrawn"
    """The log has a new entry: the permission is withdrawn."""
    LEFT = "left"
    """A box was not ticked where that says nothing: what the customer gave before stands."""


@dataclass(frozen=True)
class Captured:
    """What became of a capture."""

    number: int
    """The customer's, in the hub."""
    outcomes: Mapping[ConsentChannel, CaptureOutcome]


class Capturing:
    """Records what the customers of one organisation tick.

    Args:
        database: the store's.
        organisation: whose customers.
        clock: the time now, in UTC.
    """

    def __init__(self, database: Database, organisation: Organisation, clock: Callable[[], datetime]) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._clock = clock

    def capture(self, capture: Capture) -> Captured:
        """Record what a customer ticked; make the customer if the hub does not know them.

        Raises:
            NotFound: the permission has no text, or not this version of it.
            UserError: a channel is not asked for by this version or not open to guests, the time is in the future
                or has no zone, or something of the customer can't be kept. Then nothing is recorded.
        """
        now = self._clock().replace(microsecond=0)
        shopper, at = capture.shopper.cleaned(), _checked_time(capture.at, now)
        _check_guest(capture)
        with self._database.session(write=True) as session:
            text = consent_texts.version_of(session, self._organisation_id, capture.permission, capture.version)
            _check_channels(capture, text)
            connection = session.connection()
            hold_facts_still(connection)
            source_id, _ = ensure_source(connection, self._organisation_id, shopper.source)
            number = complete_customer(connection, self._organisation_id, source_id, shopper.id, shopper.known)
            one = _Capturing(session, capture, text, number, at, now)
            said = [channel for channel in ConsentChannel if channel in capture.given]
            return Captured(number, {channel: one.take(channel) for channel in said})


@dataclass(frozen=True)
class _Capturing:
    """One capture in its transaction, in which facts are held still."""

    session: Session
    capture: Capture
    text: ConsentText
    number: int
    at: datetime | None
    now: datetime

    def take(self, channel: ConsentChannel) -> CaptureOutcome:
        return self._yes(channel) if self.capture.given[channel] else self._no(channel)

    def _yes(self, channel: ConsentChannel) -> CaptureOutcome:
        entry = self._entry(channel, given=True)
        stood = self._stood(channel)
        if self._is_known(entry, stood):
            return CaptureOutcome.ALREADY_SO
        if self.text.double_opt_in and channel not in _UNCONFIRMABLE:
            return self._ask(channel)
        self._add(entry)
        return CaptureOutcome.RECORDED

    def _no(self, channel: ConsentChannel) -> CaptureOutcome:
        stood = self._stood(channel)
        stands = stood is not None and stood.given
        if self.capture.place is not ConsentPlace.PROFILE:
            return CaptureOutcome.LEFT if stands else CaptureOutcome.ALREADY_SO
        consent_requests.end_unsent(self.session, self.number, self.text.permission, [channel], self.now)
        entry = self._entry(channel, given=False)
        if not stands or (self.at is not None and is_in_log(self._connection, entry)):
            return CaptureOutcome.ALREADY_SO
        self._add(entry)
        return CaptureOutcome.WITHDRAWN

    def _ask(self, channel: ConsentChannel) -> CaptureOutcome:
        """Make a request, unless this was asked for just now or the customer can answer one of the same time."""
        asked_at = self.at or self.now
        for request in consent_requests.requests_for(self.session, self.number, self.text.permission, channel):
            if request.consent_text_id != self.text.id:
                continue
            same_capture = self.at is not None and request.asked_at == asked_at
            if same_capture and request.confirmed_at is not None:
                return CaptureOutcome.ALREADY_SO
            just_now = abs(asked_at - request.asked_at) < ASK_AGAIN_AFTER
            is_open = request.confirmed_at is None and request.expires_at > self.now
            if same_capture or (is_open and (just_now or (request.sent_at is None and not request.reason))):
                return CaptureOutcome.ASKED
        self.session.add(
            ConsentRequest(
                customer_number=self.number,
                permission=self.text.permission,
                channel=channel.value,
                place=self.capture.place.value,
                consent_text_id=self.text.id or 0,
                asked_at=asked_at,
                expires_at=self.now + OPEN_FOR,
            )
        )
        self.session.flush()
        return CaptureOutcome.ASKED

    def _is_known(self, entry: Entry, stood: Standing | None) -> bool:
        if self.at is not None and is_in_log(self._connection, entry):
            return True
        return stood is not None and stood.given and stood.consent_text_id == self.text.id

    def _add(self, entry: Entry) -> None:
        if self.at is None:
            append_newest(self._connection, entry)
        else:
            append(self._connection, [entry])

    def _stood(self, channel: ConsentChannel) -> Standing | None:
        return standing_until(self._connection, self.number, self.text.permission, channel, self.at)

    def _entry(self, channel: ConsentChannel, *, given: bool) -> Entry:
        at, place = self.at or self.now, self.capture.place.value
        return Entry(self.number, self.text.permission, channel, given, at, place, self.text.id)

    @property
    def _connection(self) -> sa.Connection:
        return self.session.connection()


def _checked_time(at: datetime | None, now: datetime) -> datetime | None:
    if at is None:
        return None
    if at.tzinfo is None:
        raise UserError("the time of a consent needs a time zone, such as 2026-01-31T09:30:00Z")
    if at > now + _AHEAD:
        raise UserError("the time of a consent can't be in the future; see that the shop's clock is right")
    if at.year < _EARLIEST_YEAR:
        raise UserError(f"the time of a consent can't be before {_EARLIEST_YEAR}")
    return min(at.replace(microsecond=0), now)  # a shop's fast clock makes nothing that a withdrawal would not end


def _check_guest(capture: Capture) -> None:
    if not capture.guest:
        return
    if capture.place is not ConsentPlace.ORDER:
        raise UserError("only an order is placed as a guest; leave guest out for a registration or a profile")
    wanted = [channel for channel, given in capture.given.items() if given]
    further = next((channel for channel in wanted if channel is not ConsentChannel.EMAIL), None)
    if further is not None:
        raise UserError(
            f"a guest can consent to email only, not to {further.value}: nothing was recorded; ask for "
            "other channels once there is an account"
        )


def _check_channels(capture: Capture, text: ConsentText) -> None:
    if not capture.given:
        raise UserError("say for at least one channel whether its box was ticked")
    asked_for = channels_of(text)
    for channel in capture.given:
        if channel not in asked_for:
            raise UserError(
                f"version {text.version} of {text.permission!r} does not ask for {channel.value}; it asks for "
                + ", ".join(one.value for one in asked_for)
            )

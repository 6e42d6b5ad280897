"""Asks addresses to confirm permissions: double opt-in.

That an address is asked is noted before the message leaves. Whoever is cut off in between has asked it as far as
the hub knows, so that nobody is asked twice; the customer can tick again an hour later.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hub.core.access.signatures import Purpose, Signatures
from hub.core.consents.asking import asking
from hub.core.consents.capturing import ASK_AGAIN_AFTER, OPEN_FOR
from hub.core.consents.languages import language_for
from hub.core.contracts.channel import Message, Receipt
from hub.core.contracts.errors import FateUnknown, HubError, Rejected, SettingsError, UserError
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.addresses import address_on
from hub.core.messaging.channels import Channels
from hub.core.messaging.guarded_channel import GuardedChannel
from hub.core.messaging.links.addresses import CONFIRM
from hub.core.messaging.suppressions import suppression_digest
from hub.core.store import consent_requests as stored
from hub.core.store.consent_requests import Due
from hub.core.store.consent_texts import lock
from hub.core.store.conversations import heard_at
from hub.core.store.database import Database
from hub.core.store.suppressions import held
from hub.core.store.tables import Organisation

MOST_TIMES = 3
"""An address is asked to confirm one permission at most so many times within ``OPEN_FOR``."""
_AT_ONCE = 20
"""Requests that are claimed with one transaction, where a channel takes no more with one call: so many at most are
not asked when the hub dies."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ConfirmingReport:
    """What a round of asking did, in requests."""

    asked: int = 0
    postponed: int = 0
    """They are tried again."""
    refused: int = 0
    """Their addresses can't be asked; the reason is noted."""

    def __add__(self, other: "ConfirmingReport") -> "ConfirmingReport":
        """Both together."""
        return ConfirmingReport(
            self.asked + other.asked, self.postponed + other.postponed, self.refused + other.refused
        )


class Confirming:
    """Asks the customers of one organisation to confirm what they gave.

    Args:
        database: the store's.
        organisation: whose customers.
        channels: its connections that carry messages.
        signatures: signs the links.
        public_url: where the server is reached.
        clock: the time now, in UTC.
    """

    def __init__(
        self,
        database: Database,
        organisation: Organisation,
        channels: Channels,
        signatures: Signatures,
        public_url: str,
        clock: Callable[[], datetime],
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation = organisation
        self._organisation_id = organisation.id
        self._channels = channels
        self._signatures = signatures
        self._public_url = public_url.rstrip("/")
        self._clock = clock

    def send_due(self) -> ConfirmingReport:
        """Ask every address that is to be asked. What keeps a whole channel from that is logged, never raised."""
        report = ConfirmingReport()
        with self._database.session() as session:
            channels = stored.due_channels(session, self._organisation_id, self._clock())
        for channel in channels:
            try:
                report += self._send_on(channel)
            except UserError as error:
                _log.warning("nobody can be asked to confirm a consent by %s: %s", channel.value, error)
            except HubError as error:
                _log.error("asking to confirm consents by %s failed: %s", channel.value, error)
        return report

    def link(self, request_id: int) -> str:
        """The address of the page where a request is confirmed.

        Raises:
            SettingsError: it is not known where the server is reached.
        """
        if not self._public_url:
            raise SettingsError(
                "customers can't confirm anything while nobody knows where the hub is reached; set public_url, "
                "such as https://hub.example.com"
            )
        return f"{self._public_url}{CONFIRM}{self._signatures.sign(Purpose.CONFIRM, request_id)}"

    def _send_on(self, channel: ConsentChannel) -> ConfirmingReport:
        self.link(0)  # before anything is claimed
        opened = self._channels.open(self._channels.connection(channel).id or 0)
        report, after = ConfirmingReport(), 0
        try:
            while True:
                batch = self._claim(channel, max(_AT_ONCE, opened.largest_batch), after)
                report += ConfirmingReport(postponed=batch.postponed, refused=batch.refused)
                report += self._ask(opened, batch.asked)
                if batch.last is None:
                    return report
                after = batch.last
        finally:
            opened.close()

    def _claim(self, channel: ConsentChannel, limit: int, after: int) -> "_Batch":
        """Choose whom to ask next and note that they are asked; nobody else chooses meanwhile."""
        now = self._clock().replace(microsecond=0)
        with (
            self._database.writing(durable=True) as connection,
            Session(connection, expire_on_commit=False) as session,
        ):
            lock(session, self._organisation_id)
            due = stored.due_requests(session, self._organisation_id, channel, now, limit, after=after)
            addresses, reasons = _addresses(channel, due, self._organisation.country)
            digests = {
                request_id: suppression_digest(channel, address) for request_id, address in addresses.items()
            }
            unwanted = held(connection, self._organisation_id, channel.value, set(digests.values()))
            before = stored.asked_since(
                session, self._organisation_id, channel, set(digests.values()), now - OPEN_FOR
            )
            asked = {digest: list(times) for digest, times in before.items()}
            claimed: dict[int, str] = {}
            for one in due:
                digest = digests.get(_id(one))
                if digest is None:
                    continue
                times = asked.setdefault(digest, [])
                if digest in unwanted:
                    reasons[_id(one)] = "nothing more is sent to this address"
                elif sum(permission == one.request.permission for permission, _ in times) >= MOST_TIMES:
                    reasons[_id(one)] = f"the address was asked {MOST_TIMES} times already"
                elif all(at <= now - ASK_AGAIN_AFTER for _, at in times):
                    claimed[_id(one)] = digest
                    times.append((one.request.permission, now))
            stored.claim(session, claimed, now)
            stored.refuse(session, reasons)
        return _Batch(
            asked=[(one, addresses[_id(one)]) for one in due if _id(one) in claimed],
            postponed=len(due) - len(claimed) - len(reasons),
            refused=len(reasons),
            last=_id(due[-1]) if len(due) == limit else None,
        )

    def _ask(self, opened: GuardedChannel, asked: Sequence[tuple[Due, str]]) -> ConfirmingReport:
        """Send the messages of claimed requests, and note what came of each."""
        report, waiting = ConfirmingReport(), list(asked)
        heard = self._heard_at(opened.channel, [address for _, address in asked])
        try:
            while waiting:
                some, waiting = waiting[: opened.largest_batch], waiting[opened.largest_batch :]
                outcomes = opened.send_all(
                    [self._message(opened, due, address, heard.get(address)) for due, address in some]
                )
                report += self._settle([(due, one) for (due, _), one in zip(some, outcomes, strict=True)])
                halting = next((one for one in outcomes if isinstance(one, UserError)), None)
                if halting is not None:
                    raise halting
        finally:
            if waiting:
                with self._database.session(write=True) as session:
                    stored.release(session, [_id(due) for due, _ in waiting])
        return report

    def _settle(self, outcomes: Sequence[tuple[Due, Receipt | HubError]]) -> ConfirmingReport:
        refused = {_id(due): str(one) for due, one in outcomes if isinstance(one, Rejected)}
        again = [
            _id(due)
            for due, one in outcomes
            if isinstance(one, HubError) and not isinstance(one, (Rejected, FateUnknown))
        ]
        if refused or again:
            with self._database.session(write=True) as session:
                stored.refuse(session, refused)
                stored.release(session, again)
        return ConfirmingReport(len(outcomes) - len(refused) - len(again), len(again), len(refused))

    def _heard_at(self, channel: ConsentChannel, addresses: Sequence[str]) -> Mapping[str, datetime]:
        with self._database.reading() as connection:
            return heard_at(connection, self._organisation_id, channel.value, addresses)

    def _message(self, opened: GuardedChannel, due: Due, address: str, heard: datetime | None) -> Message:
        written = asking(
            language_for(due.customer.language, self._organisation.country),
            self._organisation.name,
            opened.channel,
            due.text.text,
            self.link(_id(due)),
            OPEN_FOR // timedelta(days=1),
            brief=opened.carries.longest_text is not None,
        )
        return Message(
            id=f"confirm-{_id(due)}",
            to=address,
            subject=written.subject if opened.carries.subject else "",
            text=written.text,
            is_marketing=False,
            heard_at=heard,
        )


@dataclass(frozen=True)
class _Batch:
    asked: Sequence[tuple[Due, str]]
    """Claimed, with the addresses to send to."""
    postponed: int
    refused: int
    last: int | None
    """The id after which to go on; None at the end."""


def _addresses(channel: ConsentChannel, due: Sequence[Due], country: str) -> tuple[dict[int, str], dict[int, str]]:
    """Where to ask, and why that can't be, by the ids of requests."""
    addresses: dict[int, str] = {}
    reasons: dict[int, str] = {}
    for one in due:
        if not one.address:
            reasons[_id(one)] = f"the customer has no address on {channel.value}"
            continue
        try:
            addresses[_id(one)] = address_on(channel, one.address, country)
        except Rejected as error:
            reasons[_id(one)] = str(error)
    return addresses, reasons


def _id(due: Due) -> int:
    assert due.request.id is not None
    return due.request.id

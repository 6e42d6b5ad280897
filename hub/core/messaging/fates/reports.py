"""Writes down what providers report of messages, and what follows from it."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import sqlalchemy as sa

from hub.core.contracts.channel_abilities import Fate, FateReport
from hub.core.contracts.errors import Rejected
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.addresses import address_digest, address_on
from hub.core.messaging.fates.progress import PROGRESS, raise_status
from hub.core.messaging.suppressions import Suppressions, suppression_digest
from hub.core.messaging.withdrawing import COMPLAINT, withdraw_all
from hub.core.store import fates as stored
from hub.core.store.addresses import addresses_of
from hub.core.store.fates import EarlyFate, KnownFate, SentMessage
from hub.core.store.tables import MessageStatus, Organisation, SuppressionReason
from hub.core.store.texts import storable

STATUS_OF: Mapping[Fate, MessageStatus] = MappingProxyType(
    {
        Fate.QUEUED: MessageStatus.SENT,
        Fate.SENT: MessageStatus.SENT,
        Fate.DELIVERED: MessageStatus.DELIVERED,
        Fate.OPENED: MessageStatus.OPENED,
        Fate.CLICKED: MessageStatus.CLICKED,
        Fate.BOUNCED: MessageStatus.BOUNCED,
        Fate.FAILED: MessageStatus.FAILED,
        Fate.COMPLAINED: MessageStatus.COMPLAINED,
    }
)
"""The status that a message with such a fate has at least."""
LONGEST_REASON = 500
"""Characters of what is kept of a provider's reason."""

_log = logging.getLogger(__name__)


class Reports:
    """Takes reports on one organisation's messages.

    Args:
        organisation: whose.
        suppressions: where addresses go that nothing more is sent to.
    """

    def __init__(self, organisation: Organisation, suppressions: Suppressions) -> None:
        assert organisation.id is not None
        self._organisation_id = organisation.id
        self._country = organisation.country
        self._suppressions = suppressions

    def take(
        self, connection: sa.Connection, connection_id: int, reports: Sequence[FateReport], now: datetime
    ) -> None:
        """Write down reports, in any order; one that was told before changes nothing.

        A report on a message that is just being sent is kept until its receipt is there. All that came too early
        before and can be placed by now is written down, too.

        Args:
            connection: a transaction.
            connection_id: whose provider reports.
            reports: what it says.
            now: the time now, in UTC: nothing was later.
        """
        told = [_early(report, now) for report in reports if storable(report.reference)]
        told += stored.take_early(connection, connection_id)
        if not told:
            return
        messages = self._messages(connection, connection_id, told)
        unplaced = [report for report in told if report.reference not in messages]
        if unplaced:
            receipts_may_come = stored.is_sending(connection, connection_id)
            # Looked for once more: a receipt may have come between the two questions.
            messages |= self._messages(connection, connection_id, unplaced)
            unplaced = [report for report in unplaced if report.reference not in messages]
            if receipts_may_come:
                stored.keep_early(connection, connection_id, unplaced, now)
            elif unplaced:
                _log.info("connection %d: %d reports on messages of others", connection_id, len(unplaced))
        self._place(connection, messages, [report for report in told if report.reference in messages], now)

    def _messages(
        self, connection: sa.Connection, connection_id: int, reports: Sequence[EarlyFate]
    ) -> dict[str, list[SentMessage]]:
        found = defaultdict[str, list[SentMessage]](list)
        references = {report.reference for report in reports}
        for message in stored.messages_referred_to(connection, connection_id, references) if references else ():
            found[message.reference].append(message)
        return dict(found)

    def _place(
        self,
        connection: sa.Connection,
        messages: Mapping[str, Sequence[SentMessage]],
        reports: Sequence[EarlyFate],
        now: datetime,
    ) -> None:
        events: dict[tuple[int, str, datetime], tuple[SentMessage, EarlyFate]] = {}
        for report in reports:
            for message in messages[report.reference]:
                events.setdefault((message.id, report.fate, report.at), (message, report))
        log = [
            KnownFate(*key, report.reason) for key, (_, report) in sorted(events.items(), key=lambda one: one[0])
        ]
        new = stored.add_events(connection, log)
        ids = defaultdict[MessageStatus, set[int]](set)
        for message_id, fate, _ in events:
            ids[STATUS_OF[Fate(fate)]].add(message_id)
        for status in PROGRESS:
            raise_status(connection, sorted(ids[status]), status)
        stored.tell_reasons(connection, sorted(ids[MessageStatus.FAILED] | ids[MessageStatus.BOUNCED]))
        self._heed(connection, [said for key, said in events.items() if key in new], now)

    def _heed(
        self, connection: sa.Connection, said: Sequence[tuple[SentMessage, EarlyFate]], now: datetime
    ) -> None:
        """Write no more to dead addresses and to whoever complained."""
        dead = defaultdict[tuple[str, str], list[SentMessage]](list)
        complaints = defaultdict[str, list[SentMessage]](list)
        times = defaultdict[str, dict[int, datetime]](dict)
        for message, report in said:
            if report.fate == Fate.COMPLAINED:
                complaints[message.channel].append(message)
                at = times[message.channel].get(message.customer_number, report.at)
                times[message.channel][message.customer_number] = max(at, report.at)
            elif report.for_good:
                dead[message.channel, report.reason].append(message)
        for (name, reason), messages in sorted(dead.items()):
            self._suppress(connection, ConsentChannel(name), messages, SuppressionReason.BOUNCED, now, reason)
        for name, messages in sorted(complaints.items()):
            channel = ConsentChannel(name)
            self._suppress(connection, channel, messages, SuppressionReason.COMPLAINED, now)
            withdraw_all(connection, channel, times[name], COMPLAINT)

    def _suppress(
        self,
        connection: sa.Connection,
        channel: ConsentChannel,
        messages: Sequence[SentMessage],
        reason: SuppressionReason,
        now: datetime,
        detail: str = "",
    ) -> None:
        """Suppress where messages went. That is not kept with them: addresses are looked up as they are now."""
        numbers = sorted({message.customer_number for message in messages})
        found = addresses_of(connection, self._organisation_id, channel, numbers)
        digests: list[str] = []
        for message in messages:
            try:
                address = address_on(channel, found.get(message.customer_number), self._country)
            except Rejected:  # erased, or changed into something that nothing could be sent to anyway
                continue
            if _went_to(message, channel, address):
                digests.append(suppression_digest(channel, address))
        self._suppressions.add_digests(connection, channel, digests, reason, detail, now)


def _went_to(message: SentMessage, channel: ConsentChannel, address: str) -> bool:
    """Whether a message went to an address, as far as is known: the customer may have another one since."""
    if not message.address_key or message.address_digest is None:
        return True
    return message.address_digest == address_digest(message.address_key, channel, address)


def _early(report: FateReport, now: datetime) -> EarlyFate:
    at = min(report.at, now).replace(microsecond=0)  # as it is stored, so that it is known again
    reason = report.reason if storable(report.reason) else ""
    return EarlyFate(report.reference, report.fate.value, at, reason[:LONGEST_REASON], report.for_good)

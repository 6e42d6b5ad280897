"""Lets a message pass only if its customer may be written to at this very moment."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import pyarrow as pa
import sqlalchemy as sa

from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.addresses import addresses_on
from hub.core.messaging.rules import Rules
from hub.core.messaging.sending.letters import Candidate, Letter
from hub.core.messaging.suppressions import Suppressions
from hub.core.store import standing
from hub.core.store.addresses import addresses_of
from hub.core.store.outbox import Outcome
from hub.core.store.tables import MessageStatus, Organisation

WITHDRAWN = "the customer has not agreed to this, or has withdrawn it"
SUPPRESSED = "nothing more is sent to this address: it does not exist, complained, or told the provider to stop"
CAPPED = "the customer was sent as many newsletters as the rules allow"
GONE = "the customer was erased, or has no address on this channel any more"


class Gate:
    """Checks messages on one channel.

    Args:
        organisation: whose customers.
        channel: on which channel.
        suppressions: the addresses that nothing more is sent to.
    """

    def __init__(self, organisation: Organisation, channel: ConsentChannel, suppressions: Suppressions) -> None:
        assert organisation.id is not None
        self._organisation_id = organisation.id
        self._country = organisation.country
        self._channel = channel
        self._suppressions = suppressions

    def addresses(self, connection: sa.Connection, numbers: Sequence[int]) -> Mapping[int, str]:
        """Addresses as they are sent to, of a few hundred customers; who has none that will do is missing."""
        stored = addresses_of(connection, self._organisation_id, self._channel, numbers)
        raw = pa.chunked_array([pa.array(stored.values(), pa.string())])
        pairs = zip(stored, addresses_on(self._channel, raw, self._country).to_pylist(), strict=True)
        return {number: address for number, address in pairs if address is not None}

    def unwanted(self, connection: sa.Connection, candidates: Sequence[Candidate]) -> dict[int, str]:
        """Why messages may not go, by id: consent and suppression as they stand."""
        reasons: dict[int, str] = {}
        by_permission: dict[str, list[Candidate]] = defaultdict(list)
        for one in candidates:
            if one.permission is not None:
                by_permission[one.permission].append(one)
        for permission, some in by_permission.items():
            numbers = [one.waiting.customer_number for one in some]
            willing = standing.consenting(connection, numbers, permission, self._channel.value)
            reasons |= {one.waiting.id: WITHDRAWN for one in some if one.waiting.customer_number not in willing}
        digests = [one.suppression for one in candidates]
        suppressed = self._suppressions.held(connection, self._channel, digests)
        return reasons | {one.waiting.id: SUPPRESSED for one in candidates if one.suppression in suppressed}

    def admit(
        self,
        connection: sa.Connection,
        letters: Sequence[Letter],
        rules: Rules,
        now: datetime,
        *,
        same_facts: bool,
    ) -> tuple[list[Letter], list[Outcome]]:
        """Which letters may go, and what became of the others.

        A letter whose address changed since it was made ready is in neither: it waits and is made anew.

        Args:
            connection: the transaction that marks them, so that nothing can change in between.
            letters: a few hundred at most.
            rules: how often customers are written to.
            now: the time, in UTC.
            same_facts: whether neither facts nor suppressions have changed since the letters were made ready.
        """
        reasons: dict[int, str] = {}
        if not same_facts:
            addresses = self.addresses(connection, [one.customer for one in letters])
            reasons = {one.id: GONE for one in letters if one.customer not in addresses}
            letters = [
                one for one in letters if one.id in reasons or addresses[one.customer] == one.candidate.address
            ]
            reasons |= self.unwanted(connection, [one.candidate for one in letters])
        reasons |= self._too_many(connection, letters, rules, now)
        turned = [Outcome(one.id, MessageStatus.WITHHELD, reasons[one.id]) for one in letters if one.id in reasons]
        return [one for one in letters if one.id not in reasons], turned

    def _too_many(
        self, connection: sa.Connection, letters: Sequence[Letter], rules: Rules, now: datetime
    ) -> dict[int, str]:
        counted = [one for one in letters if one.candidate.counts]
        if rules.most_messages is None or not counted:
            return {}
        numbers = [one.customer for one in counted]
        frequent = standing.frequent(
            connection, self._organisation_id, numbers, rules.since(now), rules.most_messages
        )
        return {one.id: CAPPED for one in counted if one.customer in frequent}

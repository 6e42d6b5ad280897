"""Takes back the consents of customers who told a channel to stop."""

import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from hub.core.contracts.channel_abilities import StopRequest
from hub.core.contracts.errors import Rejected
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.addresses import address_on
from hub.core.messaging.suppressions import Suppressions, suppression_digest
from hub.core.messaging.withdrawing import stop_place, withdraw_all
from hub.core.store.customer_addresses import customers_with
from hub.core.store.database import Database
from hub.core.store.tables import Organisation, SuppressionReason

_log = logging.getLogger(__name__)


class Stopping:
    """Heeds one organisation's customers who want no more messages.

    Args:
        organisation: whose.
        suppressions: where addresses go that belong to no customer.
    """

    def __init__(self, organisation: Organisation, suppressions: Suppressions) -> None:
        assert organisation.id is not None
        self._organisation_id = organisation.id
        self._country = organisation.country
        self._suppressions = suppressions

    def heed(
        self, database: Database, channel: ConsentChannel, stops: Sequence[StopRequest], now: datetime
    ) -> None:
        """Withdraw all consents on a channel of every customer with such an address, as of when they stopped.

        What was consented to later stands. An address that no customer has is suppressed: whoever brings it
        later may not know of the wish.

        Args:
            database: the store's; it writes.
            channel: which one was told to stop.
            stops: who and when.
            now: the time now, in UTC: nothing was later.
        """
        times: dict[str, datetime] = {}
        for stop in stops:
            address = self._known(channel, stop.address)
            if address is not None:
                at = min(stop.at, now)
                times[address] = max(times.get(address, at), at)
        if not times:
            return
        # Before the transaction that writes: in a large store it takes a while, and nobody shall wait for it.
        owners = self._owners(database, channel, times)
        stopped: dict[int, datetime] = {}
        for address, numbers in owners.items():
            for number in numbers:
                stopped[number] = max(stopped.get(number, times[address]), times[address])
        strangers = [suppression_digest(channel, address) for address in times if address not in owners]
        with database.writing(durable=True) as connection:
            withdraw_all(connection, channel, stopped, stop_place(channel))
            self._suppressions.add_digests(connection, channel, strangers, SuppressionReason.UNSUBSCRIBED, at=now)
        if strangers:
            _log.info("%d told %s to stop and are no customers; they are suppressed", len(strangers), channel)

    def _owners(
        self, database: Database, channel: ConsentChannel, addresses: Collection[str]
    ) -> Mapping[str, set[int]]:
        owners = defaultdict[str, set[int]](set)
        with database.reading() as connection:
            found = customers_with(connection, self._organisation_id, channel, addresses)
        for number, raw in found:
            address = self._known(channel, raw)
            if address is not None and address in addresses:
                owners[address].add(number)
        return owners

    def _known(self, channel: ConsentChannel, raw: str) -> str | None:
        try:
            return address_on(channel, raw, self._country)
        except Rejected:
            return None

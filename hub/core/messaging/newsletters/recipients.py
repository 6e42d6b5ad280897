"""Finds who gets a newsletter, on which channel: each customer once, and each address once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from hub.core.contracts.records import ConsentChannel
from hub.core.engines.bitmap import Bitmap
from hub.core.messaging.addresses import DIGEST_BYTES, address_digest, addresses_on
from hub.core.messaging.newsletters.audience import NewsletterAudience
from hub.core.messaging.suppressions import suppression_digest
from hub.core.store.addresses import addresses_in_pieces
from hub.core.store.database import Database
from hub.core.store.standing import suppressed
from hub.core.store.tables import Newsletter, Organisation

_HEX = f"S{2 * DIGEST_BYTES}"


class LeftOut(StrEnum):
    """Why somebody whom a newsletter is meant for does not get it."""

    NO_CONSENT = "no_consent"
    """Did not give its permission on any of its channels."""
    NO_ADDRESS = "no_address"
    """Has no usable address where they gave it."""
    SUPPRESSED = "suppressed"
    """Nothing more is sent to the address: it does not exist, complained, or told the provider to stop."""
    SAME_ADDRESS = "same_address"
    """Another customer with the same address gets it."""


@dataclass(frozen=True)
class Reach:
    """Those whom a newsletter reaches on one channel."""

    channel: ConsentChannel
    numbers: NDArray[np.uint32]
    digests: NDArray[np.bytes_]
    """Of their addresses, as hexadecimal digits, in the same order."""


@dataclass(frozen=True)
class Recipients:
    """Who gets a newsletter."""

    chosen: int
    """How many customers it is meant for."""
    reaches: Sequence[Reach] = ()
    """By channel, in the order of preference."""
    left_out: dict[LeftOut, int] = field(default_factory=dict)
    """How many do not get it, by reason; only reasons that there are."""

    @property
    def size(self) -> int:
        """How many get it."""
        return sum(len(reach.numbers) for reach in self.reaches)


class FindRecipients:
    """Finds who gets newsletters.

    Args:
        database: the store's.
        organisation: whose customers.
        audience: knows whom they are meant for.
    """

    def __init__(self, database: Database, organisation: Organisation, audience: NewsletterAudience) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._country = organisation.country
        self._audience = audience

    def find(self, newsletter: Newsletter, key: str) -> Recipients:
        """Find who gets a newsletter, by the facts of this moment.

        Args:
            newsletter: which one.
            key: under which addresses are made digests.

        Raises:
            NotFound: one of its segments was removed.
            DefinitionError: one of them can't be answered.
        """
        channels = channels_of(newsletter)
        chosen, willing = self._audience.of(newsletter, channels)
        left = chosen
        refused = {reason: Bitmap.of([]) for reason in LeftOut}
        agreed = Bitmap.of([])
        reaches = []
        for channel in channels:
            candidates = left & willing[channel.value]
            agreed |= candidates
            reach, addressed, blocked = self._reach(channel, candidates, key)
            reached = Bitmap.of(reach.numbers)
            refused[LeftOut.NO_ADDRESS] |= candidates - addressed
            refused[LeftOut.SUPPRESSED] |= blocked
            refused[LeftOut.SAME_ADDRESS] |= addressed - blocked - reached
            # Who shares an address has the message already: they are not tried on the next channel.
            left = left - (addressed - blocked)
            reaches.append(reach)
        refused[LeftOut.NO_CONSENT] = chosen - agreed
        return Recipients(len(chosen), reaches, _reasons(refused, reaches))

    def _reach(self, channel: ConsentChannel, candidates: Bitmap, key: str) -> tuple[Reach, Bitmap, Bitmap]:
        """Who is reached on a channel, who has an address there, and whose address is suppressed."""
        with self._database.reading() as connection:
            blocked = suppressed(connection, self._organisation_id, channel.value)
        numbers, digests, addressed, stopped = [], [], [], []
        for own, addresses in self._addresses(channel, candidates):
            addressed.append(own)
            if blocked:
                open_to = np.array([suppression_digest(channel, one) not in blocked for one in addresses], bool)
                stopped.append(own[~open_to])
                own, addresses = own[open_to], [one for one, may in zip(addresses, open_to, strict=True) if may]
            numbers.append(own)
            digests.append(np.array([address_digest(key, channel, one) for one in addresses], _HEX))
        all_digests = np.concatenate(digests) if digests else np.array([], _HEX)
        _, first = np.unique(all_digests, return_index=True)
        first.sort()
        reach = Reach(channel, _joined(numbers)[first], all_digests[first])
        return reach, Bitmap.of(_joined(addressed)), Bitmap.of(_joined(stopped))

    def _addresses(
        self, channel: ConsentChannel, candidates: Bitmap
    ) -> Iterator[tuple[NDArray[np.uint32], list[str]]]:
        numbers = candidates.numbers()
        if not len(numbers):
            return
        for piece in addresses_in_pieces(self._database, self._organisation_id, channel, numbers):
            usable = addresses_on(channel, piece["address"], self._country)
            found = usable.is_valid().to_numpy(zero_copy_only=False)
            own = piece["number"].to_numpy().astype(np.uint32)[found]
            yield own, usable.drop_null().to_pylist()


def channels_of(newsletter: Newsletter) -> list[ConsentChannel]:
    """Where a newsletter goes, in the order of preference."""
    return [ConsentChannel(name) for name in newsletter.channels.split(",")]


def _joined(pieces: list[NDArray[np.uint32]]) -> NDArray[np.uint32]:
    return np.concatenate(pieces) if pieces else np.array([], np.uint32)


def _reasons(refused: dict[LeftOut, Bitmap], reaches: Sequence[Reach]) -> dict[LeftOut, int]:
    """How many were left out for which reason: one each, for whoever has several the one that came closest."""
    told: dict[LeftOut, int] = {}
    settled = Bitmap.of([])
    for reach in reaches:
        settled |= Bitmap.of(reach.numbers)
    for reason in (LeftOut.SAME_ADDRESS, LeftOut.SUPPRESSED, LeftOut.NO_ADDRESS, LeftOut.NO_CONSENT):
        some = refused[reason] - settled
        settled |= some
        if len(some):
            told[reason] = len(some)
    return told

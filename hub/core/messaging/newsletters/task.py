"""Makes a newsletter's messages ready, by its customers' data as it is when they go."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.addresses import address_digest
from hub.core.messaging.newsletters.words import Words, message_of
from hub.core.messaging.sending.gate import GONE
from hub.core.messaging.sending.letters import Candidate, Letter, Prepared
from hub.core.messaging.sending.world import MessagingWorld
from hub.core.messaging.suppressions import suppression_digest
from hub.core.messaging.templates.rendering import Rendered, Renderer, RenderFault
from hub.core.store import newsletters as stored
from hub.core.store import outbox
from hub.core.store.outbox import OpenMessage, Outcome
from hub.core.store.standing import Pulse
from hub.core.store.tables import MessageStatus, Newsletter, NewsletterStatus

LEASE = timedelta(minutes=2)
"""For so long a newsletter belongs to who sends it; a process that is silent for longer has died."""
_RENEWED = LEASE / 6
_DOUBLE = "another customer with the same address gets it"


class NewsletterTask:
    """The messages of a newsletter on one channel.

    Args:
        world: the hub around it.
        newsletter: which one.
        lease: in whose name it is sent.
        channel: on which channel.
        words: what it says.
        renderer: fills in the customers' data.
    """

    def __init__(
        self,
        world: MessagingWorld,
        newsletter: Newsletter,
        lease: str,
        channel: ConsentChannel,
        words: Words,
        renderer: Renderer,
    ) -> None:
        assert newsletter.id is not None
        self.newsletter_id: int | None = newsletter.id
        self.channel = channel
        self._id = newsletter.id
        self._world = world
        self._newsletter = newsletter
        self._lease = lease
        self._renderer = renderer
        self._gate = world.gate(channel)
        self._words = words
        self._renewed: datetime | None = None

    def goes_on(self, connection: sa.Connection, pulse: Pulse) -> bool:
        """See ``Task.goes_on``."""
        if pulse.status != NewsletterStatus.SENDING or pulse.lease_owner != self._lease:
            return False
        now = self._world.clock()
        if self._renewed is not None and now - self._renewed < _RENEWED:
            return True
        self._renewed = now
        return stored.renew_lease(connection, self._id, self._lease, now + LEASE)

    def prepare(self, rows: Sequence[OpenMessage]) -> Prepared:
        """See ``Task.prepare``. A customer to whom the template has nothing to say is turned, with the reason."""
        prepared = Prepared()
        candidates = self._candidates(rows, prepared)
        facts = self._world.facts.of([one.waiting.customer_number for one in candidates])
        known = [one for one in candidates if one.waiting.customer_number in facts]
        gone = (one for one in candidates if one.waiting.customer_number not in facts)
        prepared.turned.extend(_turned(one.waiting.id, GONE) for one in gone)
        requests = [
            self._words.request(self.channel, facts[one.waiting.customer_number], self._unsubscribe_url(one))
            for one in known
        ]
        ready: list[tuple[Candidate, Rendered]] = []
        for one, found in zip(known, self._renderer.render(requests), strict=True):
            if isinstance(found, RenderFault):
                prepared.turned.append(Outcome(one.waiting.id, MessageStatus.FAILED, found.reason))
            else:
                ready.append((one, found))
        prepared.letters.extend(self._letters(ready))
        return prepared

    def _letters(self, ready: Sequence[tuple[Candidate, Rendered]]) -> Iterator[Letter]:
        tracked = self._world.tracking.track(self._newsletter, [(one.waiting.id, found) for one, found in ready])
        with self._world.database.reading() as connection:
            addresses = [one.address for one, _ in ready]
            heard = self._world.conversations.heard_at(connection, self.channel, addresses)
        for (one, _), found in zip(ready, tracked, strict=True):
            one_click = self._unsubscribe_url(one) if self.channel is ConsentChannel.EMAIL else None
            message = message_of(self._world.identity(one.waiting.id), one.address, found, one_click)
            yield Letter(one, message.model_copy(update={"heard_at": heard.get(one.address)}))

    def _unsubscribe_url(self, one: Candidate) -> str:
        return self._world.tracking.unsubscribe_url(one.waiting.id)

    def _candidates(self, rows: Sequence[OpenMessage], prepared: Prepared) -> list[Candidate]:
        """The messages that may go as things stand; each has its address, which no other message has."""
        world = self._world
        with world.database.reading() as connection:
            addresses = self._gate.addresses(connection, [row.customer_number for row in rows])
            there = [row for row in rows if row.customer_number in addresses]
            candidates = [self._candidate(row, addresses[row.customer_number]) for row in there]
            reasons = self._gate.unwanted(connection, candidates)
        gone = (row.id for row in rows if row.customer_number not in addresses)
        prepared.turned.extend(_turned(message_id, GONE) for message_id in gone)
        prepared.turned.extend(_turned(message_id, reason) for message_id, reason in reasons.items())
        return self._moved([one for one in candidates if one.waiting.id not in reasons], prepared)

    def _candidate(self, row: OpenMessage, address: str) -> Candidate:
        return Candidate(row, address, self._newsletter.permission, suppression_digest(self.channel, address))

    def _moved(self, candidates: list[Candidate], prepared: Prepared) -> list[Candidate]:
        """Let no address get it twice that became another customer's since the recipients were chosen."""
        digests = {one.waiting.id: self._digest(one.address) for one in candidates}
        moved = [one for one in candidates if digests[one.waiting.id] != one.waiting.address_digest]
        if not moved:
            return candidates
        doubles: set[int] = set()
        with self._world.database.writing() as connection:
            taken = dict(outbox.holders(connection, self._id, [digests[one.waiting.id] for one in moved]))
            for one in moved:
                if taken.setdefault(digests[one.waiting.id], one.waiting.id) != one.waiting.id:
                    doubles.add(one.waiting.id)
            outbox.move(
                connection,
                {one.waiting.id: digests[one.waiting.id] for one in moved if one.waiting.id not in doubles},
            )
        prepared.turned.extend(_turned(message_id, _DOUBLE) for message_id in sorted(doubles))
        return [
            replace(one, waiting=replace(one.waiting, address_digest=digests[one.waiting.id]))
            for one in candidates
            if one.waiting.id not in doubles
        ]

    def _digest(self, address: str) -> str:
        return address_digest(self._newsletter.address_key, self.channel, address)


def _turned(message_id: int, reason: str) -> Outcome:
    return Outcome(message_id, MessageStatus.WITHHELD, reason)

"""Messages to one customer: written by somebody, sent at once, with what became of them."""

import uuid
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub.core.contracts.channel import Message
from hub.core.contracts.errors import UserError
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.sending.gate import GONE, SUPPRESSED, WITHDRAWN
from hub.core.messaging.sending.letters import Candidate, Letter, Prepared
from hub.core.messaging.sending.world import MessagingWorld
from hub.core.messaging.suppressions import suppression_digest
from hub.core.store import outbox, profiles
from hub.core.store import written_messages as stored
from hub.core.store.outbox import OpenMessage, Outcome
from hub.core.store.standing import Pulse
from hub.core.store.tables import MessageStatus, OutboxMessage, WrittenMessage
from hub.core.store.texts import storable

LONGEST_TEXT = 20_000
"""Most characters of a message."""
LONGEST_SUBJECT = 998
"""Most characters of a subject: a line of an email is no longer (RFC 5322, section 2.1.1)."""
_ABANDONED = timedelta(minutes=10)
"""A message that is being handed over for longer was left by a process that died."""


class SingleMessages:
    """Writes to single customers. Quiet hours and the cap of newsletters are not for these: a person decides.

    Args:
        world: the hub around them.
    """

    def __init__(self, world: MessagingWorld) -> None:
        assert world.organisation.id is not None
        self._world = world
        self._organisation_id = world.organisation.id

    def write(
        self,
        customer_number: int,
        channel: ConsentChannel,
        text: str,
        *,
        subject: str = "",
        permission: str | None,
        connection: str | None = None,
        key: str | None = None,
    ) -> OutboxMessage:
        """Write to a customer, and send it at once if the provider takes it; otherwise soon.

        Args:
            customer_number: whom.
            channel: on which channel.
            text: plain text.
            subject: where the channel has one.
            permission: what the customer must have agreed to; None for an answer or notice that needs no consent.
            connection: name of the connection; the oldest one on the channel if None.
            key: whoever asks twice with one key gets one message; None: each time another.

        Raises:
            NotFound: there is no such customer or connection.
            SettingsError: nothing is connected that could send on the channel.
            UserError: the customer can't or may not be written to, or the words will not do.
        """
        _check(subject, text, channel)
        to = self._world.channels.connection(channel, connection)
        assert to.id is not None
        key = key or uuid.uuid4().hex
        now = self._world.clock()
        with self._world.database.session(write=True) as session:
            known = stored.of_key(session, self._organisation_id, key)
            if known is None:
                self._admit(session, customer_number, channel, permission)
                known = OutboxMessage(
                    connection_id=to.id, customer_number=customer_number, channel=channel.value, created_at=now
                )
                session.add(known)
                session.flush()
                session.add(
                    WrittenMessage(
                        message_id=known.id or 0,
                        organisation_id=self._organisation_id,
                        key=key,
                        permission=permission,
                        subject=subject.strip(),
                        text=text,
                    )
                )
        self.send_waiting(to.id)
        return self.of_id(known.id or 0)

    def of_id(self, message_id: int) -> OutboxMessage:
        """The message of that id, of a newsletter or not.

        Raises:
            NotFound: there is none.
        """
        with self._world.database.session() as session:
            return stored.message_of(session, self._organisation_id, message_id)

    def words(self, message: OutboxMessage) -> WrittenMessage | None:
        """What was written; None for a newsletter's message."""
        with self._world.database.session() as session:
            return session.get(WrittenMessage, message.id)

    def of_customer(
        self, customer_number: int, *, before: int | None = None, limit: int = 100
    ) -> Sequence[OutboxMessage]:
        """A customer's messages, newsletters' too, newest first; for paging from before an id.

        Raises:
            NotFound: there is no such customer.
        """
        with self._world.database.session() as session:
            profiles.customer_of(session, self._organisation_id, customer_number)
            return stored.messages_of_customer(session, customer_number, before, limit)

    def send_waiting(self, connection_id: int | None = None) -> None:
        """Send what waits, over one connection or all; a channel that can't send now holds up no other.

        What became of them stands with the messages.
        """
        with self._world.database.reading() as connection:
            over = outbox.open_connections(connection, None)
        for place, channel in over:
            if connection_id in (None, place):
                self._send_over(place, ConsentChannel(channel))

    def _send_over(self, connection_id: int, channel: ConsentChannel) -> None:
        world = self._world
        try:
            opened = world.channels.open(connection_id)
        except UserError:  # the connection's settings no longer fit: the messages wait for the mend
            return
        with closing(opened):
            with world.database.writing() as connection:
                outbox.strand(
                    connection, None, connection_id, world.clock() - _ABANDONED, repeatable=opened.keeps_ids
                )
            ended = world.send(_WrittenTask(world, channel), connection_id, opened, at_any_hour=True)
            if ended.error is not None:
                with world.database.writing() as connection:
                    stored.note_trouble(connection, connection_id, str(ended.error))

    def _admit(
        self, session: Session, customer_number: int, channel: ConsentChannel, permission: str | None
    ) -> None:
        """See that a customer can and may be written to.

        Raises:
            NotFound: there is no such customer.
            UserError: they can't or may not be.
        """
        profiles.customer_of(session, self._organisation_id, customer_number)
        gate, connection = self._world.gate(channel), session.connection()
        address = gate.addresses(connection, [customer_number]).get(customer_number)
        if address is None:
            raise UserError(
                f"customer {customer_number} has no address for {channel.value}; choose another channel"
            )
        asked = _candidate(OpenMessage(0, customer_number, None, 0), address, permission, channel)
        reason = gate.unwanted(connection, [asked]).get(0)
        if reason == WITHDRAWN:
            raise UserError(
                f"customer {customer_number} has not agreed to {permission!r} on {channel.value}, or has "
                "withdrawn that; write about what needs no consent, or not at all"
            )
        if reason == SUPPRESSED:
            raise UserError(f"customer {customer_number} can't be written to on {channel.value}: {reason}")


class _WrittenTask:
    """The messages that were written to single customers on one channel."""

    newsletter_id: int | None = None

    def __init__(self, world: MessagingWorld, channel: ConsentChannel) -> None:
        self.channel = channel
        self._world = world
        self._gate = world.gate(channel)

    def goes_on(self, connection: sa.Connection, pulse: Pulse) -> bool:
        """See ``Task.goes_on``: nobody pauses or cancels these."""
        return True

    def prepare(self, rows: Sequence[OpenMessage]) -> Prepared:
        """See ``Task.prepare``."""
        prepared = Prepared()
        with self._world.database.reading() as connection:
            written = stored.written(connection, [row.id for row in rows])
            addresses = self._gate.addresses(connection, [row.customer_number for row in rows])
            there = [row for row in rows if row.customer_number in addresses]
            candidates = [
                _candidate(row, addresses[row.customer_number], written[row.id].permission, self.channel)
                for row in there
            ]
            reasons = self._gate.unwanted(connection, candidates)
            heard = self._world.conversations.heard_at(
                connection, self.channel, [one.address for one in candidates]
            )
        reasons |= {row.id: GONE for row in rows if row.customer_number not in addresses}
        prepared.turned.extend(
            Outcome(message_id, MessageStatus.WITHHELD, reason) for message_id, reason in reasons.items()
        )
        for one in candidates:
            if one.waiting.id not in reasons:
                words = written[one.waiting.id]
                prepared.letters.append(
                    Letter(
                        one,
                        Message(
                            id=self._world.identity(one.waiting.id),
                            to=one.address,
                            subject=words.subject,
                            text=words.text,
                            unsubscribe_url=self._unsubscribe_url(one),
                            is_marketing=one.permission is not None,
                            is_personal=True,
                            heard_at=heard.get(one.address),
                        ),
                    )
                )
        return prepared

    def _unsubscribe_url(self, one: Candidate) -> str | None:
        if one.permission is None or self.channel is not ConsentChannel.EMAIL:
            return None
        return self._world.tracking.unsubscribe_url(one.waiting.id)


def _candidate(row: OpenMessage, address: str, permission: str | None, channel: ConsentChannel) -> Candidate:
    return Candidate(row, address, permission, suppression_digest(channel, address), counts=False)


def _check(subject: str, text: str, channel: ConsentChannel) -> None:
    if not text.strip():
        raise UserError("there is nothing to send; write a text")
    for what, said, longest in (("text", text, LONGEST_TEXT), ("subject", subject, LONGEST_SUBJECT)):
        if len(said) > longest:
            raise UserError(f"the {what} has {len(said):,} characters, and {longest:,} are allowed; shorten it")
        if not storable(said):
            raise UserError(f"the {what} is text: leave out half characters and the character with code 0")
    if len(subject.splitlines()) > 1:
        raise UserError("the subject has more than one line; write it on one")
    if channel is ConsentChannel.EMAIL and not subject.strip():
        raise UserError("an email needs a subject")
    if channel is not ConsentChannel.EMAIL and subject:
        raise UserError(f"a message on {channel.value} has no subject; write it into the text")

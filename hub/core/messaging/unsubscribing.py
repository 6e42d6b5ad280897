"""Takes back a consent by the link in a message: with one click, without a login (RFC 8058)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from hub.core.access.signatures import Purpose, Signatures
from hub.core.contracts.errors import NotFound
from hub.core.contracts.records import ConsentChannel
from hub.core.store import unsubscribing as stored
from hub.core.store.database import Database
from hub.core.store.facts.completing import hold_facts_still
from hub.core.store.facts.consents import Entry, append_newest
from hub.core.store.tables import Organisation
from hub.core.store.unsubscribing import Latest, Sent

UNSUBSCRIBED = "unsubscribe link"
"""The place of a withdrawal by a message's link."""
RESUMED = "unsubscribe page"
"""The place of a consent given again, by whoever unsubscribed by mistake."""
RESUME_WITHIN = timedelta(hours=1)
"""For so long after it, a mistake can be undone on the page: whoever is there then is who unsubscribed."""


@dataclass(frozen=True)
class Unsubscription:
    """What a message's reader takes back with its link."""

    organisation: str
    """Its name."""
    permission: str | None
    """None: the message needed no consent; all permissions on its channel are taken back then."""
    channel: ConsentChannel
    language: str | None
    """The customer's; None if it is not known, or the customer was erased."""
    stands: bool
    """Whether the consent still stands."""
    others_stand: bool
    """Whether others of the same customer do."""
    can_resume: bool
    """Whether this link took it back just now, and it can be given again."""


class Unsubscribing:
    """Takes back consents by the links in messages.

    Args:
        database: the store's.
        organisation: whose messages.
        signatures: sign what the addresses carry.
        clock: the time now, in UTC.
    """

    def __init__(
        self, database: Database, organisation: Organisation, signatures: Signatures, clock: Callable[[], datetime]
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._name = organisation.name
        self._signatures = signatures
        self._clock = clock

    def read(self, token: str) -> Unsubscription:
        """What a link takes back; nothing changes. Of an erased customer nothing stands.

        Raises:
            NotFound: the token is none of ours, or nothing is known of its message any more.
        """
        with self._database.reading() as connection:
            of = self._sent(connection, token)
            return self._told(of, self._latest(connection, of))

    def unsubscribe(self, token: str, *, everything: bool = False) -> Unsubscription:
        """Take back the consent under which a message was sent, from now on. Once more does nothing.

        Args:
            token: from the address.
            everything: whether all consents of the customer are taken back, for whatever and on all channels.

        Raises:
            NotFound: the token is none of ours, or nothing is known of its message any more.
            TryAgain: the store is locked; nothing changed.
        """
        with self._database.writing() as connection:
            of = self._sent(connection, token)
            if any(_is_meant(each, of, everything) for each in self._latest(connection, of)):
                hold_facts_still(connection)
                for each in self._latest(connection, of):
                    if _is_meant(each, of, everything):
                        self._append(connection, of, each, UNSUBSCRIBED)
            return self._told(of, self._latest(connection, of))

    def resume(self, token: str) -> Unsubscription:
        """Give the consent again that this link took back by mistake, under the same words.

        Where it can't be given again, nothing changes: something else was the last to take it back, or it was too
        long ago. Only a person may ask for it, who pressed a button.

        Raises:
            NotFound: the token is none of ours, or nothing is known of its message any more.
            TryAgain: the store is locked; nothing changed.
        """
        with self._database.writing() as connection:
            of = self._sent(connection, token)
            if self._told(of, self._latest(connection, of)).can_resume:
                hold_facts_still(connection)
                for each in self._latest(connection, of):
                    if self._can_resume(each, of):
                        self._append(connection, of, each, RESUMED)
            return self._told(of, self._latest(connection, of))

    def _sent(self, connection: sa.Connection, token: str) -> Sent:
        numbers = self._signatures.read(Purpose.UNSUBSCRIBE, token)
        found = stored.sent(connection, self._organisation_id, numbers[0]) if len(numbers) == 1 else None
        if found is None:
            raise NotFound("this address is not valid any more")
        return found

    def _latest(self, connection: sa.Connection, of: Sent) -> Sequence[Latest]:
        return stored.latest(connection, of.customer_number) if of.is_known else ()

    def _append(self, connection: sa.Connection, of: Sent, before: Latest, place: str) -> None:
        given = not before.given
        words = before.given_under if given else None
        now = self._clock().replace(microsecond=0)
        append_newest(
            connection, Entry(of.customer_number, before.permission, before.channel, given, now, place, words)
        )

    def _told(self, of: Sent, found: Sequence[Latest]) -> Unsubscription:
        return Unsubscription(
            self._name,
            of.permission,
            of.channel,
            of.language,
            any(_is_meant(each, of, everything=False) for each in found),
            any(each.given and not _is_meant(each, of, everything=False) for each in found),
            any(self._can_resume(each, of) for each in found),
        )

    def _can_resume(self, each: Latest, of: Sent) -> bool:
        is_own = each.permission == of.permission and each.channel is of.channel
        is_new = self._clock() - each.at <= RESUME_WITHIN
        return is_own and is_new and not each.given and each.place == UNSUBSCRIBED


def _is_meant(each: Latest, of: Sent, everything: bool) -> bool:
    """Whether a consent stands that is taken back."""
    is_own = each.channel is of.channel and of.permission in (None, each.permission)
    return each.given and (everything or is_own)

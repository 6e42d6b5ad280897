"""Sends newsletters under leases in this process's name: chooses recipients once, then sends to all of them."""

import logging
import secrets
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

from hub.core.contracts.errors import HubError, InUse, TryAgain
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.newsletters.checks import NewsletterChecks
from hub.core.messaging.newsletters.recipients import FindRecipients
from hub.core.messaging.newsletters.task import LEASE, NewsletterTask
from hub.core.messaging.newsletters.words import Words, campaign_url
from hub.core.messaging.sending.sender import Ended
from hub.core.messaging.sending.world import MessagingWorld
from hub.core.messaging.templates.contents import Contents
from hub.core.store import newsletters as stored
from hub.core.store import outbox
from hub.core.store.tables import Newsletter, NewsletterStatus

_KEY_BYTES = 16
_STORED_AT_ONCE = 50_000
"""Messages put into the outbox in one transaction: others wait for the store no longer than that takes."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BegunSending:
    """A newsletter that this process has to itself, but has not gone on with yet."""

    newsletter_id: int
    lease: str


class NewsletterRunner:
    """Sends newsletters.

    Args:
        world: the hub around them.
        recipients: finds who gets them.
        checks: sees whether one can go out at all.
        owner: a name no other process uses.
    """

    def __init__(
        self, world: MessagingWorld, recipients: FindRecipients, checks: NewsletterChecks, owner: str
    ) -> None:
        self._world = world
        self._recipients = recipients
        self._checks = checks
        self._owner = owner
        self._under_way: set[BegunSending] = set()
        self._is_ending = False

    def begin(self, newsletter: Newsletter) -> BegunSending:
        """Become the one to send a newsletter.

        Raises:
            InUse: another process, or another thread of this one, sends it, or this process is about to end.
        """
        assert newsletter.id is not None
        if self._is_ending:
            raise InUse("this process is about to end; another one goes on with newsletters")
        lease = f"{self._owner} {uuid.uuid4().hex}"
        if not stored.take_lease(self._world.database, newsletter.id, lease, self._world.clock(), LEASE):
            raise InUse(f"the newsletter {newsletter.name!r} is being sent already")
        return BegunSending(newsletter.id, lease)

    def let_go(self, begun: BegunSending) -> None:
        """Stop sending a newsletter after the messages that are under way; it stays as being sent, and whoever
        begins it next goes on.
        """
        with self._world.database.writing() as connection:
            stored.release_lease(connection, begun.newsletter_id, begun.lease)

    def let_all_go(self) -> None:
        """As ``let_go``, for every newsletter that this process sends; from now on it begins with no other."""
        self._is_ending = True
        for begun in list(self._under_way):
            self.let_go(begun)

    def finish(self, begun: BegunSending) -> Newsletter:
        """Send a newsletter as far as it can be sent now, and record how it stands then.

        A scheduled one is checked and its recipients are chosen first. One that is neither scheduled nor being
        sent stays as it is.
        """
        self._under_way.add(begun)
        try:
            newsletter = self._now(begun)
            if newsletter.status == NewsletterStatus.SCHEDULED:
                self._choose(newsletter, begun)
                newsletter = self._now(begun)
            if newsletter.status == NewsletterStatus.SENDING:
                self._conclude(begun, self._send(newsletter, begun))
        except TryAgain as error:
            self._note(begun, None, f"{error}; it goes on by itself")
        except HubError as error:
            self._note(begun, NewsletterStatus.FAILED, str(error))
        except BaseException as error:
            if isinstance(error, Exception):
                self._note(
                    begun,
                    NewsletterStatus.FAILED,
                    f"an unexpected {type(error).__name__}; this is a bug in the hub",
                )
            raise
        finally:
            self._under_way.discard(begun)
            self.let_go(begun)
        return self._now(begun)

    def _choose(self, newsletter: Newsletter, begun: BegunSending) -> None:
        """Put a message for each recipient into the outbox, and freeze what it says."""
        contents = self._checks.check(newsletter)
        key = secrets.token_hex(_KEY_BYTES)
        found = self._recipients.find(newsletter, key)
        now = self._world.clock()
        with self._world.database.writing() as connection:
            outbox.clear(connection, begun.newsletter_id)
        for reach in found.reaches:
            connection_id = newsletter.connections[reach.channel.value]
            for start in range(0, len(reach.numbers), _STORED_AT_ONCE):
                numbers = reach.numbers[start : start + _STORED_AT_ONCE].tolist()
                digests = reach.digests[start : start + _STORED_AT_ONCE].astype(str).tolist()
                rows = list(zip(numbers, digests, strict=True))
                self._renew(begun)
                with self._world.database.writing() as connection:
                    outbox.put(connection, begun.newsletter_id, connection_id, reach.channel.value, rows, now)
        with self._world.database.session(write=True) as session:
            current = session.get_one(Newsletter, begun.newsletter_id, with_for_update=True)
            if current.lease_owner != begun.lease:
                return  # somebody took it over, and chooses anew
            if current.status != NewsletterStatus.SCHEDULED:
                outbox.clear(session.connection(), begun.newsletter_id)  # somebody took it back meanwhile
                return
            current.status = NewsletterStatus.SENDING.value
            current.contents, current.address_key = contents.to_json(), key
            current.chosen, current.recipients = found.chosen, found.size
            current.left_out = {reason.value: count for reason, count in found.left_out.items()}
            current.started_at, current.message = now, ""

    def _send(self, newsletter: Newsletter, begun: BegunSending) -> Sequence[Ended]:
        with self._world.database.reading() as connection:
            over = outbox.open_connections(connection, begun.newsletter_id)
        words = Words(
            newsletter, Contents.from_json(newsletter.contents or []), campaign_url(self._world, newsletter)
        )

        def send(place: tuple[int, str]) -> Ended:
            connection_id, channel = place
            return self._send_over(newsletter, begun, words, connection_id, ConsentChannel(channel))

        with ThreadPoolExecutor(max(1, len(over)), "newsletter") as threads:
            return list(threads.map(send, over))

    def _send_over(
        self,
        newsletter: Newsletter,
        begun: BegunSending,
        words: Words,
        connection_id: int,
        channel: ConsentChannel,
    ) -> Ended:
        world = self._world
        try:
            opened = world.channels.open(connection_id)
        except HubError as error:
            return Ended(error=error)
        with closing(opened), world.open_renderer() as renderer:
            with world.database.writing() as connection:
                # The newsletter is ours alone: whatever is still being handed over, nobody waits for any more.
                outbox.strand(connection, begun.newsletter_id, connection_id, None, repeatable=opened.keeps_ids)
            task = NewsletterTask(world, newsletter, begun.lease, channel, words, renderer)
            return world.send(task, connection_id, opened)

    def _conclude(self, begun: BegunSending, ended: Sequence[Ended]) -> None:
        errors = [one.error for one in ended if one.error is not None]
        if errors:
            self._note(begun, NewsletterStatus.FAILED, str(errors[0]))
            return
        with self._world.database.reading() as connection:
            left, due = outbox.next_due(connection, begun.newsletter_id)
        if not left:
            self._note(begun, NewsletterStatus.SENT, "")
            return
        waits = [one for one in ended if one.until is not None]
        why = waits[0].why if waits else "the provider could not take them yet"
        until = min([one.until for one in waits if one.until is not None], default=due)
        when = f" until {until:%Y-%m-%d %H:%M} UTC" if until is not None else ""
        self._note(begun, None, f"{left:,} messages wait{when}: {why}")

    def _note(self, begun: BegunSending, status: NewsletterStatus | None, message: str) -> None:
        """Record how a newsletter stands, unless somebody paused or cancelled it, or took it over."""
        going = (NewsletterStatus.SCHEDULED, NewsletterStatus.SENDING)
        with self._world.database.session(write=True) as session:
            current = session.get_one(Newsletter, begun.newsletter_id, with_for_update=True)
            if current.lease_owner != begun.lease or current.status not in going:
                return
            current.message = message
            if status is not None:
                current.status = status.value
                current.ended_at = self._world.clock() if status is NewsletterStatus.SENT else None
        _log.info("newsletter %s: %s %s", begun.newsletter_id, current.status, message)

    def _renew(self, begun: BegunSending) -> None:
        with self._world.database.writing() as connection:
            until = self._world.clock() + LEASE
            if not stored.renew_lease(connection, begun.newsletter_id, begun.lease, until):
                raise InUse("another process took this newsletter over")

    def _now(self, begun: BegunSending) -> Newsletter:
        with self._world.database.session() as session:
            return session.get_one(Newsletter, begun.newsletter_id)

"""What can be done with newsletters: make, change, schedule, send, watch, pause, resume and cancel them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.core.contracts.errors import InUse
from hub.core.messaging.channels import Channels
from hub.core.messaging.newsletters.checks import NewsletterChecks
from hub.core.messaging.newsletters.drafts import Draft, apply
from hub.core.messaging.newsletters.recipients import FindRecipients, Recipients
from hub.core.messaging.newsletters.runner import BegunSending, NewsletterRunner
from hub.core.store import newsletters as stored
from hub.core.store import outbox
from hub.core.store.database import Database
from hub.core.store.tables import (
    MessageStatus,
    Newsletter,
    NewsletterStatus,
    Organisation,
    OutboxMessage,
)

_CHANGEABLE = (NewsletterStatus.DRAFT, NewsletterStatus.SCHEDULED, NewsletterStatus.FAILED)


@dataclass(frozen=True)
class NewsletterState:
    """A newsletter with what else is told of it."""

    newsletter: Newsletter
    template: str
    """The template's name."""
    campaign_link: str | None
    """The campaign link's name."""
    connections: dict[str, str]
    """The name of each channel's connection."""
    segments: Sequence[str]
    companies: Sequence[str]
    counts: dict[str, int]
    """How many of its messages stand how, by ``MessageStatus``; only those there are."""


class Newsletters:
    """The newsletters of one organisation.

    Args:
        database: the store's.
        organisation: whose.
        channels: the connections that carry messages.
        checks: sees whether one can go out at all.
        recipients: finds who gets one.
        runner: sends them in this process's name.
        clock: the time now, in UTC.
    """

    def __init__(
        self,
        database: Database,
        organisation: Organisation,
        channels: Channels,
        checks: NewsletterChecks,
        recipients: FindRecipients,
        runner: NewsletterRunner,
        clock: Callable[[], datetime],
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._channels = channels
        self._checks = checks
        self._recipients = recipients
        self._runner = runner
        self._clock = clock

    def create(self, draft: Draft) -> Newsletter:
        """Make a newsletter, which nobody gets yet.

        Raises:
            NotFound: its template, a segment, a company, a connection or the campaign link does not exist.
            NameTaken: a newsletter has that name.
            SettingsError: nothing is connected that could send on one of its channels.
            UserError: a value makes no sense.
        """
        now = self._clock()
        newsletter = Newsletter(
            organisation_id=self._organisation_id,
            name="",
            folded_name="",
            permission="",
            channels="",
            connections={},
            template_id=0,
            created_at=now,
            changed_at=now,
        )
        with self._database.session(write=True) as session:
            apply(session, newsletter, draft, self._connections(draft))
        return newsletter

    def change(self, newsletter: Newsletter, draft: Draft) -> Newsletter:
        """Change what a newsletter is, before it goes out; one that is scheduled stays so.

        Raises:
            InUse: it goes out already, or has ended.
            NotFound, NameTaken, SettingsError, UserError: as for ``create``.
        """
        connections = self._connections(draft)
        with self._database.session(write=True) as session:
            current = self._unsent(session, newsletter)
            current.changed_at = self._clock()
            apply(session, current, draft, connections)
        return current

    def remove(self, newsletter: Newsletter) -> None:
        """Forget a newsletter that did not go out.

        Raises:
            InUse: it went out, or does just now; it stays, with what became of its messages.
        """
        with self._database.session(write=True) as session:
            session.delete(self._unsent(session, newsletter))

    def named(self, name: str) -> Newsletter:
        """The newsletter of that name.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            return stored.newsletter_named(session, self._organisation_id, name)

    def of_id(self, newsletter_id: int) -> Newsletter:
        """The newsletter of that id.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            return stored.newsletter_of(session, self._organisation_id, newsletter_id)

    def all(self, *, before: int | None = None, limit: int | None = None) -> Sequence[Newsletter]:
        """Newsletters, newest first; for paging from before an id."""
        with self._database.session() as session:
            return stored.newsletters(session, self._organisation_id, before=before, limit=limit)

    def states(self, newsletters: Sequence[Newsletter]) -> Sequence[NewsletterState]:
        """Newsletters with what else is told of them."""
        ids = [one.id for one in newsletters if one.id is not None]
        with self._database.session() as session:
            counts = outbox.counts(session.connection(), ids)
            surroundings = stored.surroundings(session, newsletters)
        return [
            NewsletterState(one, *surroundings[one.id or 0], dict(counts.get(one.id or 0, {})))
            for one in newsletters
        ]

    def estimate(self, newsletter: Newsletter) -> Recipients:
        """Who would get a newsletter if it went out now, with nothing stored or sent.

        Raises:
            NotFound: one of its segments was removed.
            DefinitionError: one of them can't be answered.
        """
        return self._recipients.find(newsletter, "an estimate")

    def messages(
        self,
        newsletter: Newsletter,
        *,
        status: MessageStatus | None = None,
        after: int | None = None,
        limit: int = 100,
    ) -> Sequence[OutboxMessage]:
        """A newsletter's messages with what became of them; for paging from after an id."""
        with self._database.session() as session:
            return outbox.page(session, newsletter.id or 0, status, after, limit)

    def schedule(self, newsletter: Newsletter, at: datetime | None = None) -> Newsletter:
        """Let a newsletter go out by itself.

        Args:
            newsletter: which one.
            at: when, in UTC; None: at once.

        Raises:
            InUse: it goes out already, or has ended.
            UserError: it can't go out as it is, and why: a template with an error, a refused key …
            TryAgain: a provider can't be reached just now.
        """
        self._checks.check(newsletter)
        with self._database.session(write=True) as session:
            current = self._unsent(session, newsletter)
            current.status, current.send_at = NewsletterStatus.SCHEDULED.value, at
            current.message, current.changed_at = "", self._clock()
        return current

    def unschedule(self, newsletter: Newsletter) -> Newsletter:
        """Let a scheduled newsletter wait until somebody schedules it again.

        Raises:
            InUse: it is not scheduled.
        """
        return self._turn(newsletter, (NewsletterStatus.SCHEDULED,), NewsletterStatus.DRAFT, "scheduled")

    def pause(self, newsletter: Newsletter) -> Newsletter:
        """Stop sending a newsletter after the messages that are under way.

        Raises:
            InUse: it is not being sent.
        """
        return self._turn(newsletter, (NewsletterStatus.SENDING,), NewsletterStatus.PAUSED, "being sent")

    def resume(self, newsletter: Newsletter) -> Newsletter:
        """Go on with a newsletter that was paused, or that failed and is mended.

        Raises:
            InUse: it is neither.
        """
        to = NewsletterStatus.SCHEDULED if newsletter.started_at is None else NewsletterStatus.SENDING
        return self._turn(newsletter, (NewsletterStatus.PAUSED, NewsletterStatus.FAILED), to, "paused")

    def cancel(self, newsletter: Newsletter) -> Newsletter:
        """End a newsletter for good: whoever has not been sent it does not get it.

        Raises:
            InUse: it has ended, or was not begun; then it can be removed.
        """
        begun = (NewsletterStatus.SENDING, NewsletterStatus.PAUSED, NewsletterStatus.FAILED)
        with self._database.session(write=True) as session:
            current = self._current(session, newsletter)
            if current.status not in begun or current.started_at is None:
                raise InUse(f"the newsletter {current.name!r} is {current.status}; there is nothing to cancel")
            current.status, current.ended_at = NewsletterStatus.CANCELLED.value, self._clock()
            left = outbox.cancel(session.connection(), current.id or 0)
            current.message = f"cancelled before {left:,} messages were sent"
        return current

    def due(self) -> Sequence[Newsletter]:
        """The newsletters that are to go out or go on now."""
        with self._database.session() as session:
            return stored.due(session, self._organisation_id, self._clock())

    def begin(self, newsletter: Newsletter) -> BegunSending:
        """Become the one to send a newsletter; see ``NewsletterRunner.begin``.

        Raises:
            InUse: it is being sent already.
        """
        return self._runner.begin(newsletter)

    def finish(self, begun: BegunSending) -> Newsletter:
        """Send it as far as it can be sent now; see ``NewsletterRunner.finish``."""
        return self._runner.finish(begun)

    def let_go(self, begun: BegunSending) -> None:
        """Stop sending after the messages that are under way; see ``NewsletterRunner.let_go``."""
        self._runner.let_go(begun)

    def let_all_go(self) -> None:
        """As ``let_go``, for every newsletter that this process sends: before it ends."""
        self._runner.let_all_go()

    def run(self, newsletter: Newsletter) -> Newsletter:
        """Send a newsletter that is scheduled or being sent, as far as it can be sent now.

        Raises:
            InUse: it is being sent already.
        """
        return self.finish(self.begin(newsletter))

    def _connections(self, draft: Draft) -> dict[str, int]:
        found = {channel: self._channels.connection(channel, name) for channel, name in draft.channels.items()}
        return {channel.value: connection.id or 0 for channel, connection in found.items()}

    def _current(self, session: Session, newsletter: Newsletter) -> Newsletter:
        return stored.newsletter_of(session, self._organisation_id, newsletter.id or 0)

    def _unsent(self, session: Session, newsletter: Newsletter) -> Newsletter:
        current = self._current(session, newsletter)
        if current.status not in _CHANGEABLE or current.started_at is not None:
            raise InUse(f"the newsletter {current.name!r} is {current.status}; make another one")
        return current

    def _turn(
        self,
        newsletter: Newsletter,
        before: Sequence[NewsletterStatus],
        after: NewsletterStatus,
        described: str,
    ) -> Newsletter:
        with self._database.session(write=True) as session:
            current = self._current(session, newsletter)
            if current.status not in before:
                raise InUse(f"the newsletter {current.name!r} is {current.status}, and not {described}")
            current.status, current.message, current.changed_at = after.value, "", self._clock()
        return current

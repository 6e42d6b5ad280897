"""Answers who follows a link or looks at a message, and keeps that they did."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.core.access.signatures import Purpose, Signatures
from hub.core.contracts.channel_abilities import Fate
from hub.core.contracts.errors import NotFound, UserError
from hub.core.messaging.fates.progress import raise_status
from hub.core.messaging.links.addresses import TRAP
from hub.core.messaging.links.recording import Recorder
from hub.core.messaging.links.robots import Robots, Visitor
from hub.core.store import clicks as stored
from hub.core.store import links as stored_links
from hub.core.store.clicks import Click, Sending
from hub.core.store.database import Database
from hub.core.store.links import Target
from hub.core.store.tables import MessageStatus, Organisation

TOO_SOON_SECONDS = 2
"""Whoever follows a link, or looks, less than so long after the provider was handed the message is a program."""

_UNSENT = (MessageStatus.QUEUED, MessageStatus.SENDING)


class OfferEnded(UserError):
    """The link led to an offer that has ended."""

    def __init__(self) -> None:
        super().__init__("this offer has ended")


@dataclass(frozen=True, slots=True)
class _Visit:
    """One request for one of the public addresses."""

    at: datetime
    agent: str
    is_robot: bool
    link_id: int | None = None
    campaign_link_id: int | None = None
    message_id: int | None = None
    is_open: bool = False


class Following:
    """Where links lead, and who followed them.

    What happened is written down beside, so that nobody waits for a locked store; see ``Recorder``.

    Args:
        database: the store's.
        organisation: whose links.
        signatures: sign what the addresses carry.
        clock: the time now, in UTC.
    """

    def __init__(
        self, database: Database, organisation: Organisation, signatures: Signatures, clock: Callable[[], datetime]
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._signatures = signatures
        self._clock = clock
        self._robots = Robots()
        self._recorder: Recorder[_Visit] = Recorder(self._keep, "visits of links")

    def click(self, token: str, visitor: Visitor, *, counts: bool = True) -> str:
        """Where a link of a message leads.

        Args:
            token: from the address.
            visitor: who follows it.
            counts: whether it is kept that they did.

        Raises:
            NotFound: it leads nowhere, or does no longer.
            OfferEnded: it led to an offer that has ended.
            StoreError, TryAgain: the store can't be read.
        """
        link_id, message_id = self._numbers(Purpose.CLICK, token, 2)
        target = None
        if link_id != TRAP:
            with self._database.reading() as connection:
                target = stored_links.target_of_link(connection, self._organisation_id, link_id)
        if counts and (target or link_id == TRAP):
            is_robot = link_id == TRAP or self._robots.follows(visitor)
            self._note(_Visit(self._clock(), visitor.shown_agent, is_robot, link_id or None, None, message_id))
        return self._led(target)

    def campaign(self, code: str, visitor: Visitor, *, counts: bool = True) -> str:
        """Where a campaign link's public address leads.

        Args:
            code: from the address.
            visitor: who follows it.
            counts: whether it is kept that they did.

        Raises:
            NotFound: it leads nowhere, or does no longer.
            OfferEnded: it led to an offer that has ended.
            StoreError, TryAgain: the store can't be read.
        """
        target = None
        if code.isascii() and code.isalnum():
            with self._database.reading() as connection:
                target = stored_links.target_of_code(connection, self._organisation_id, code)
        if counts and target is not None:
            is_robot = self._robots.follows(visitor)
            campaign = target.campaign_link_id
            self._note(_Visit(self._clock(), visitor.shown_agent, is_robot, campaign_link_id=campaign))
        return self._led(target)

    def open(self, token: str, visitor: Visitor) -> None:
        """Somebody looks at a message.

        Raises:
            NotFound: it is none of ours.
        """
        (message_id,) = self._numbers(Purpose.OPEN, token, 1)
        is_robot = self._robots.looks(visitor)
        self._note(_Visit(self._clock(), visitor.shown_agent, is_robot, message_id=message_id, is_open=True))

    def flush(self) -> None:
        """Wait until all visits so far are written down or given up."""
        self._recorder.flush()

    def close(self) -> None:
        """Write down what waits."""
        self._recorder.close()

    def _numbers(self, purpose: Purpose, token: str, count: int) -> Sequence[int]:
        numbers = self._signatures.read(purpose, token)
        if len(numbers) != count:
            raise NotFound("this address is not complete, or is not valid any more")
        return numbers

    def _led(self, target: Target | None) -> str:
        if target is None:
            raise NotFound("this address leads nowhere any more")
        if target.valid_until is not None and target.valid_until < self._clock():
            raise OfferEnded
        return target.url

    def _note(self, visit: _Visit) -> None:
        self._recorder.note(visit)

    def _keep(self, visits: Sequence[_Visit]) -> None:
        """Write visits down, and what follows from them for their messages."""
        with self._database.writing() as connection:
            sendings = stored.sendings(connection, {each.message_id for each in visits if each.message_id})
            links = stored.campaigns_of_links(connection, {each.link_id for each in visits if each.link_id})
            offers = {each.campaign_link_id for each in visits if each.campaign_link_id}
            campaigns = stored.campaigns_there(connection, offers)
            clicks, opens = [], []
            for visit in visits:
                sending = sendings.get(visit.message_id or 0)
                is_gone = (visit.message_id and sending is None) or (visit.link_id and visit.link_id not in links)
                if is_gone or (visit.campaign_link_id and visit.campaign_link_id not in campaigns):
                    continue
                is_robot = visit.is_robot or (sending is not None and _is_too_soon(sending, visit.at))
                if visit.is_open:
                    opens.append((visit.message_id or 0, visit.at, is_robot))
                    continue
                campaign = links[visit.link_id] if visit.link_id else visit.campaign_link_id
                number = sending.customer_number if sending else None
                clicks.append(
                    Click(visit.link_id, campaign, visit.message_id, number, visit.at, is_robot, visit.agent)
                )
            if clicks:
                stored.keep_clicks(connection, clicks)
            stored.tell_opens(connection, opens)
            concerned = sorted(sendings)
            if concerned:
                stored.mark_robots(connection, concerned)
                stored.tell_clicks(connection, concerned, min(visit.at for visit in visits))
                stored.take_back(connection, concerned)
            for fate, status in ((Fate.OPENED, MessageStatus.OPENED), (Fate.CLICKED, MessageStatus.CLICKED)):
                raise_status(connection, stored.known_by_people(connection, concerned, fate), status)


def _is_too_soon(sending: Sending, at: datetime) -> bool:
    if sending.sent_at is None:
        return sending.status in _UNSENT
    return (at - sending.sent_at).total_seconds() < TOO_SOON_SECONDS

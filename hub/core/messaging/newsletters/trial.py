"""Shows what a newsletter says to a customer, and sends a test of it to oneself."""

import uuid
from contextlib import closing
from dataclasses import dataclass

from hub.core.contracts.channel import Receipt
from hub.core.contracts.channel_abilities import TextMeasure
from hub.core.contracts.errors import InputError, Rejected, UserError
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.addresses import address_on
from hub.core.messaging.newsletters.checks import NewsletterChecks
from hub.core.messaging.newsletters.recipients import channels_of
from hub.core.messaging.newsletters.words import Words, campaign_url, message_of
from hub.core.messaging.sending.letters import Candidate
from hub.core.messaging.sending.world import MessagingWorld
from hub.core.messaging.suppressions import suppression_digest
from hub.core.messaging.templates.rendering import Rendered, RenderFault
from hub.core.messaging.templates.service import Templates
from hub.core.store.outbox import OpenMessage
from hub.core.store.tables import Newsletter

_SAMPLE = 0
"""Instead of a message's id: of none that was ever sent."""
_MARK = "[Test] "


@dataclass(frozen=True)
class NewsletterPreview:
    """What a newsletter says to a customer."""

    channel: ConsentChannel
    rendered: Rendered
    measure: TextMeasure | None
    """How long the text is in parts; None where the channel counts none."""
    withheld: str
    """Why this customer would not get it; empty if they would, or if they are invented."""


class NewsletterTrial:
    """Tries newsletters out.

    Args:
        world: the hub around them.
        templates: know what can be said of a customer.
        checks: knows what newsletters say.
    """

    def __init__(self, world: MessagingWorld, templates: Templates, checks: NewsletterChecks) -> None:
        self._world = world
        self._templates = templates
        self._checks = checks

    def preview(
        self,
        newsletter: Newsletter,
        customer_number: int | None = None,
        channel: ConsentChannel | None = None,
    ) -> NewsletterPreview:
        """What a newsletter says, with its links as they are without being counted.

        Args:
            newsletter: which one.
            customer_number: to whom; an invented customer if None.
            channel: on which of its channels; its first one if None.

        Raises:
            NotFound: there is no such customer.
            UserError: it can't be said to this customer, or does not go to that channel.
        """
        channel = self._channel(newsletter, channel)
        rendered = self._rendered(newsletter, channel, customer_number)
        with closing(self._world.channels.open(newsletter.connections[channel.value])) as opened:
            measure = opened.measure(rendered.text)
        withheld = "" if customer_number is None else self._withheld(newsletter, channel, customer_number)
        return NewsletterPreview(channel, rendered, measure, withheld)

    def test(
        self,
        newsletter: Newsletter,
        address: str,
        customer_number: int | None = None,
        channel: ConsentChannel | None = None,
    ) -> Receipt:
        """Send a newsletter to an address of one's own, with a customer's data. It is counted nowhere.

        Args:
            newsletter: which one.
            address: where to; nobody's consent is asked for it.
            customer_number: whose data it shows; an invented customer's if None.
            channel: on which of its channels; its first one if None.

        Raises:
            InputError: it is no address on the channel.
            NotFound: there is no such customer.
            UserError: it can't be said to this customer, does not go to that channel, or the provider refuses it.
            TryAgain: the provider can't take it just now.
        """
        channel = self._channel(newsletter, channel)
        try:
            to = address_on(channel, address, self._world.organisation.country)
        except Rejected as error:
            raise InputError(str(error)) from None
        rendered = self._rendered(newsletter, channel, customer_number)
        if channel is ConsentChannel.EMAIL:
            rendered = Rendered(_MARK + rendered.subject, rendered.text, rendered.html)
        unsubscribe_url = self._unsubscribe_url() if channel is ConsentChannel.EMAIL else None
        message = message_of(f"test-{uuid.uuid4().hex}", to, rendered, unsubscribe_url)
        with closing(self._world.channels.open(newsletter.connections[channel.value])) as opened:
            try:
                return opened.send(message)
            except Rejected as error:
                raise UserError(f"the test was refused: {error}") from None

    def _channel(self, newsletter: Newsletter, channel: ConsentChannel | None) -> ConsentChannel:
        there = channels_of(newsletter)
        if channel is not None and channel not in there:
            raise UserError(f"the newsletter {newsletter.name!r} does not go out on {channel.value}")
        return channel or there[0]

    def _rendered(self, newsletter: Newsletter, channel: ConsentChannel, customer_number: int | None) -> Rendered:
        words = Words(newsletter, self._checks.contents(newsletter), campaign_url(self._world, newsletter))
        request = words.request(channel, self._templates.data(customer_number), self._unsubscribe_url())
        with self._world.open_renderer() as renderer:
            (found,) = renderer.render([request])
        if isinstance(found, RenderFault):
            raise UserError(f"the newsletter {newsletter.name!r} can't be shown: {found.reason}")
        return found

    def _unsubscribe_url(self) -> str:
        return self._world.tracking.unsubscribe_url(_SAMPLE)

    def _withheld(self, newsletter: Newsletter, channel: ConsentChannel, customer_number: int) -> str:
        gate = self._world.gate(channel)
        with self._world.database.reading() as connection:
            address = gate.addresses(connection, [customer_number]).get(customer_number)
            if address is None:
                return f"the customer has no address on {channel.value}"
            row = OpenMessage(_SAMPLE, customer_number, None, 0)
            one = Candidate(row, address, newsletter.permission, suppression_digest(channel, address))
            return gate.unwanted(connection, [one]).get(_SAMPLE, "")

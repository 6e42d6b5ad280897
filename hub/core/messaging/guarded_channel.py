"""A channel that can be trusted: a plugin's bug is named as one, and its answers are checked."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hub.core.contracts.channel import Carries, Message, MessageChannel, Receipt
from hub.core.contracts.channel_abilities import (
    BatchChannel,
    ChannelEvent,
    CollectingChannel,
    ConversationChannel,
    FateReport,
    Heard,
    MeasuringChannel,
    PollingChannel,
    StopRequest,
    TextMeasure,
    WebhookAnswer,
    WebhookChannel,
    WebhookRequest,
)
from hub.core.contracts.errors import HubError, IntegratorError, NotFound
from hub.core.contracts.records import ConsentChannel
from hub.core.registry.guarding import guard, guarded


class GuardedChannel:
    """Stands before a plugin's message channel.

    Args:
        component: the plugin's.
        plugin: its name, for errors.
    """

    def __init__(self, component: MessageChannel[Any], plugin: str) -> None:
        self.component = component
        self.plugin = plugin

    @property
    def label(self) -> str:
        """What people call it."""
        return self.component.label

    @property
    def channel(self) -> ConsentChannel:
        """Which consent it needs."""
        return self.component.channel

    @property
    def carries(self) -> Carries:
        """What it can carry."""
        return self.component.carries

    @property
    def keeps_ids(self) -> bool:
        """Whether a message of unknown fate may be sent again."""
        return self.component.keeps_ids

    @property
    def rate(self) -> float | None:
        """See ``MessageChannel.rate``."""
        with guard(self.plugin):
            return self.component.rate

    @property
    def most_at_once(self) -> int:
        """See ``MessageChannel.most_at_once``."""
        with guard(self.plugin):
            return max(1, self.component.most_at_once)

    @property
    def largest_batch(self) -> int:
        """The most messages one call may carry."""
        if not isinstance(self.component, BatchChannel):
            return 1
        with guard(self.plugin):
            return max(1, self.component.largest_batch)

    @property
    def polls(self) -> bool:
        """Whether ``reports`` works."""
        return isinstance(self.component, PollingChannel)

    @property
    def collects(self) -> bool:
        """Whether ``collect`` works."""
        return isinstance(self.component, CollectingChannel)

    @property
    def has_webhook(self) -> bool:
        """Whether ``receive`` works."""
        return isinstance(self.component, WebhookChannel)

    def check(self) -> None:
        """See ``Component.check``."""
        with guard(self.plugin):
            self.component.check()

    def send(self, message: Message) -> Receipt:
        """See ``MessageChannel.send``."""
        with guard(self.plugin):
            receipt = self.component.send(message)
        if not isinstance(receipt, Receipt):
            raise IntegratorError(self.plugin, "returned something else than a receipt")
        return receipt

    def send_all(self, messages: Sequence[Message]) -> Sequence[Receipt | HubError]:
        """Send several with one call, or one by one where the channel knows no other way.

        Errors stand in the place of receipts, those that concern every message, too.
        """
        if not isinstance(self.component, BatchChannel) or len(messages) == 1:
            return [self._outcome(message) for message in messages]
        try:
            with guard(self.plugin):
                outcomes = self.component.send_all(messages)
        except HubError as error:
            return [error] * len(messages)
        if len(outcomes) != len(messages) or not all(isinstance(one, (Receipt, HubError)) for one in outcomes):
            wrong = IntegratorError(self.plugin, f"answered {len(messages)} messages with something else")
            return [wrong] * len(messages)
        return outcomes

    def receive(self, request: WebhookRequest) -> WebhookAnswer:
        """See ``WebhookChannel.receive``.

        Raises:
            NotFound: the channel has no webhook.
        """
        if not isinstance(self.component, WebhookChannel):
            raise NotFound("this channel has no webhook")
        with guard(self.plugin):
            return self.component.receive(request)

    def reports(self, references: Sequence[str]) -> Iterator[FateReport]:
        """See ``PollingChannel.reports``; nothing where the channel can't be asked."""
        if isinstance(self.component, PollingChannel):
            with guard(self.plugin):
                found = self.component.reports(references)
            yield from guarded(self.plugin, found)

    def collect(self, take: Callable[[Sequence[ChannelEvent]], None]) -> None:
        """See ``CollectingChannel.collect``; nothing where there is nothing to collect from.

        What ``take`` raises comes out as it is: it is no bug of the plugin.
        """
        if not isinstance(self.component, CollectingChannel):
            return
        taking = _Taking(take, self.plugin)
        try:
            with guard(self.plugin):
                self.component.collect(taking)
        except HubError:
            if taking.failure is None:
                raise
        if taking.failure is not None:
            raise taking.failure

    def measure(self, text: str) -> TextMeasure | None:
        """How long a text is in parts; None where the channel counts none."""
        if not isinstance(self.component, MeasuringChannel):
            return None
        with guard(self.plugin):
            return self.component.measure(text)

    def conversation_url(self, token: str) -> str:
        """See ``ConversationChannel.conversation_url``.

        Raises:
            NotFound: no link leads into a conversation on the channel.
        """
        if not isinstance(self.component, ConversationChannel):
            raise NotFound("no link leads into a conversation on this channel")
        with guard(self.plugin):
            url = self.component.conversation_url(token)
        if not isinstance(url, str) or token not in url:
            raise IntegratorError(self.plugin, "made a link into a conversation without its token")
        return url

    def close(self) -> None:
        """Let go of what the channel holds, such as a connection."""
        close = getattr(self.component, "close", None)
        if close is not None:
            with guard(self.plugin):
                close()

    def _outcome(self, message: Message) -> Receipt | HubError:
        try:
            return self.send(message)
        except HubError as error:
            return error


class _Taking:
    """Passes on what a plugin hands over, looks whether it is what it should be, and keeps what went wrong."""

    def __init__(self, take: Callable[[Sequence[ChannelEvent]], None], plugin: str) -> None:
        self._take = take
        self._plugin = plugin
        self.failure: Exception | None = None

    def __call__(self, events: Sequence[ChannelEvent]) -> None:
        try:
            if not all(isinstance(one, (FateReport, StopRequest, Heard)) and one.at.tzinfo for one in events):
                raise IntegratorError(self._plugin, "handed over something else than events with a time in UTC")
            self._take(events)
        except Exception as error:
            self.failure = error
            raise

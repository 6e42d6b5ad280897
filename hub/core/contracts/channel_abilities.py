"""What a message channel may offer besides sending: many at once, fates of messages, what customers answer."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from hub.core.contracts.channel import Message, Receipt
from hub.core.contracts.errors import HubError


class Fate(StrEnum):
    """What became of a message that a provider took."""

    QUEUED = "queued"
    """The provider has it and will try."""
    SENT = "sent"
    """The provider handed it on."""
    DELIVERED = "delivered"
    """It reached the customer's device or mailbox."""
    OPENED = "opened"
    """The customer, or a program of theirs, looked at it."""
    CLICKED = "clicked"
    """The customer followed a link in it."""
    BOUNCED = "bounced"
    """The address does not exist or takes nothing."""
    FAILED = "failed"
    """It did not arrive for another reason."""
    COMPLAINED = "complained"
    """The customer reported it as unwanted."""


@dataclass(frozen=True, slots=True)
class FateReport:
    """The provider's word on one message."""

    reference: str
    """Of the ``Receipt``."""
    fate: Fate
    at: datetime
    """When, in UTC."""
    reason: str = ""
    """Why it did not arrive, in plain words, without the address."""
    for_good: bool = False
    """Whether nothing more must be sent to the address."""


@dataclass(frozen=True, slots=True)
class StopRequest:
    """A customer who wants no more messages on this channel."""

    address: str
    """As in ``Message.to``."""
    at: datetime
    """When, in UTC."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A customer who wrote to the organisation, or began a conversation."""

    address: str
    """As in ``Message.to``."""
    at: datetime
    """When, in UTC."""
    token: str = ""
    """What a link into the conversation carried, by which the hub knows the customer; empty if nothing."""


ChannelEvent: TypeAlias = FateReport | StopRequest | Heard


@dataclass(frozen=True)
class WebhookRequest:
    """A request that a provider sent to the hub."""

    method: str
    url: str
    """As the provider called it: some sign it."""
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes = b""


@dataclass(frozen=True)
class WebhookAnswer:
    """What the provider is answered, and what its request told."""

    events: Sequence[ChannelEvent] = ()
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class WebhookChannel(ABC):
    """A channel whose provider calls the hub."""

    @abstractmethod
    def receive(self, request: WebhookRequest) -> WebhookAnswer:
        """Understand a provider's request.

        A request may tell something twice, or something old; what can't be understood is left out and logged.

        Raises:
            Rejected: its signature is missing or wrong; nobody knows who sent it.
        """


class PollingChannel(ABC):
    """A channel whose provider can be asked what became of messages."""

    @abstractmethod
    def reports(self, references: Sequence[str]) -> Iterator[FateReport]:
        """Yield what is known of these messages; one of which nothing is known is left out.

        Raises:
            TryAgain, NotAuthorised: as ``MessageChannel.send``.
        """


class CollectingChannel(ABC):
    """A channel whose provider keeps what it has to tell until it is fetched, as a mailbox does."""

    @abstractmethod
    def collect(self, take: Callable[[Sequence[ChannelEvent]], None]) -> None:
        """Hand over what was not collected before; nothing where the settings name no place to fetch from.

        What was handed over is put away only once ``take`` has returned: after a crash it is handed over again,
        which does no harm. What can't be understood is left where it is.

        Args:
            take: is given some events at a time, each with the same time whenever it is told. What it raises
                is passed on, and nothing of that call is put away.

        Raises:
            TryAgain, NotAuthorised, SettingsError: the place can't be reached or used.
        """


class BatchChannel(ABC):
    """A channel that takes many messages with one request."""

    @property
    @abstractmethod
    def largest_batch(self) -> int:
        """The most messages one call may carry."""

    @abstractmethod
    def send_all(self, messages: Sequence[Message]) -> Sequence[Receipt | HubError]:
        """Hand several messages over; return what came of each, in their order.

        An error in the place of a receipt means the same as if ``send`` had raised it for that message.

        Raises:
            NotAuthorised, SettingsError: no message was sent.
        """


class ConversationChannel(ABC):
    """A channel on which a customer is known once they begin a conversation, to which a link can lead them."""

    @abstractmethod
    def conversation_url(self, token: str) -> str:
        """Where a customer begins a conversation, such that ``Heard`` carries the token; nothing is asked.

        Args:
            token: letters, digits, ``-``, ``_`` and a dot; at most 200 characters.

        Raises:
            SettingsError: a setting that the address needs is empty.
        """


@dataclass(frozen=True, slots=True)
class TextMeasure:
    """How long a text is for a channel that counts in parts."""

    alphabet: str
    """The name of the alphabet it needs, such as GSM-7 or UCS-2."""
    units: int
    """How many of that alphabet's units it takes."""
    parts: int
    """In how many parts it goes."""
    left: int
    """How many more units fit into the last part."""


class MeasuringChannel(ABC):
    """A channel that counts a text in parts, each of which costs."""

    @abstractmethod
    def measure(self, text: str) -> TextMeasure:
        """How long a text is; nothing is sent."""

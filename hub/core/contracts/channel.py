"""The contract of a message channel: a way to write to one customer."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hub.core.contracts.component import Component, SettingsT
from hub.core.contracts.records import ConsentChannel


class Delivery(StrEnum):
    """How far a message got when ``send`` returned."""

    QUEUED = "queued"
    """The provider took it and will try."""
    SENT = "sent"
    """The provider handed it on."""


class Message(BaseModel):
    """One message to one customer, ready to send."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1, max_length=100, description="idempotency key: the same id is the same message")
    to: str = Field(min_length=1, max_length=320, description="address on this channel, normalised")
    subject: str = Field("", description="subject, where the channel has one")
    text: str = Field(min_length=1, description="plain text")
    html: str | None = Field(None, description="the same as HTML, where the channel can carry it")
    unsubscribe_url: str | None = Field(None, description="one-click unsubscribe address (RFC 8058)")
    is_marketing: bool = Field(
        True, description="whether it promotes something; some platforms carry that only at certain times"
    )
    is_personal: bool = Field(
        False,
        description="whether a person wrote it to this customer; some platforms give people more time to answer",
    )
    heard_at: AwareDatetime | None = Field(
        None, description="when the customer last wrote to the organisation on this channel, as far as is known"
    )


@dataclass(frozen=True)
class Receipt:
    """The provider's word that it has a message."""

    delivery: Delivery
    reference: str
    """The provider's own id of the message, under which reports come back."""
    parts: int = 1
    """As how many messages the provider counts it: a long text message goes in several."""


@dataclass(frozen=True)
class Carries:
    """What a channel can carry."""

    subject: bool
    html: bool
    longest_text: int | None
    """In characters; None when there is no limit worth checking."""


class MessageChannel(Component[SettingsT], ABC):
    """Sends messages one at a time; the hub sees to consent, order, pace and repetition."""

    channel: ClassVar[ConsentChannel]
    """Which consent a customer must have given; it also says which address is used."""
    carries: ClassVar[Carries]
    keeps_ids: ClassVar[bool]
    """Whether the provider drops a second message with the same id. If not, one of unknown fate is not resent."""

    @property
    def rate(self) -> float | None:
        """The most messages a second the provider takes with these settings; None: it names no limit."""
        return None

    @property
    def most_at_once(self) -> int:
        """How many calls of ``send`` or ``send_all`` may be under way side by side, in threads."""
        return 1

    @abstractmethod
    def check(self) -> None:
        """See ``Component.check``."""

    @abstractmethod
    def send(self, message: Message) -> Receipt:
        """Hand one message to the provider.

        Raises:
            Rejected: this message or address is refused for good.
            TryAgain: certainly not taken; it may be sent again.
            FateUnknown: handed over whole, but the connection broke before the provider's answer. It is sent
                again only if the channel ``keeps_ids``.
            NotAuthorised, SettingsError: no message can be sent.
        """

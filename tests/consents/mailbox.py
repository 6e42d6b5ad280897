"""A plugin whose channels keep what they are given, and fail as they are told."""

from collections.abc import Sequence
from typing import Any, ClassVar

import hub
from hub import Carries, ConsentChannel, Delivery, Message, MessageChannel, Receipt


class Nothing(hub.Settings):
    """No settings."""


class MailChannel(MessageChannel[Nothing]):
    """Keeps email."""

    name = "mailbox"
    label = "Mailbox"
    help = "Keeps email."
    settings_model = Nothing
    channel = ConsentChannel.EMAIL
    carries = Carries(subject=True, html=False, longest_text=None)
    keeps_ids = False

    arrived: ClassVar[list[Message]] = []
    faults: ClassVar[dict[str, Exception]] = {}
    """What is raised for an address; for an empty one: for any."""

    def check(self) -> None: ...

    def send(self, message: Message) -> Receipt:
        fault = self.faults.get(message.to) or self.faults.get("")
        if fault is not None:
            raise fault
        self.arrived.append(message)
        return Receipt(Delivery.SENT, f"r{len(self.arrived)}")


class ShortChannel(MailChannel):
    """Keeps text messages."""

    name = "pager"
    label = "Pager"
    help = "Keeps text messages."
    channel = ConsentChannel.SMS
    carries = Carries(subject=False, html=False, longest_text=1_000)


@hub.hookimpl
def hub_message_channels() -> Sequence[type[MessageChannel[Any]]]:
    """Bring both."""
    return [MailChannel, ShortChannel]

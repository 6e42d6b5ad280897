"""What sending needs of the hub."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.channels import Channels
from hub.core.messaging.conversations import Conversations
from hub.core.messaging.guarded_channel import GuardedChannel
from hub.core.messaging.links.tracking import LinkTracking
from hub.core.messaging.rules import MessageRuling
from hub.core.messaging.sending.gate import Gate
from hub.core.messaging.sending.pace import Pace
from hub.core.messaging.sending.refusals import Refusals
from hub.core.messaging.sending.sender import Ended, Sender, Task
from hub.core.messaging.suppressions import Suppressions
from hub.core.messaging.templates.facts import CustomerFacts
from hub.core.messaging.templates.rendering import Renderer
from hub.core.store.database import Database
from hub.core.store.tables import Organisation


@dataclass(frozen=True)
class MessagingWorld:
    """The hub around newsletters and single messages."""

    database: Database
    organisation: Organisation
    channels: Channels
    facts: CustomerFacts
    tracking: LinkTracking
    suppressions: Suppressions
    conversations: Conversations
    ruling: MessageRuling
    open_renderer: Callable[[], Renderer]
    paces: Path
    """The folder where the processes of a home agree on how fast they send."""
    clock: Callable[[], datetime]
    """The time now, in UTC."""
    store: str
    """The store's name, see ``Revision``."""
    sleep: Callable[[float], None] = time.sleep

    def identity(self, message_id: int) -> str:
        """What tells a message of the outbox from all others, of other stores, too."""
        return f"{self.store}-{message_id}"

    def gate(self, channel: ConsentChannel) -> Gate:
        """Lets messages on a channel pass, or not."""
        return Gate(self.organisation, channel, self.suppressions)

    def send(self, task: Task, connection_id: int, channel: GuardedChannel, *, at_any_hour: bool = False) -> Ended:
        """Send what waits over a connection.

        Args:
            task: where the messages come from.
            connection_id: over which connection.
            channel: what is behind it.
            at_any_hour: whether quiet hours do not matter.
        """
        rate = channel.rate
        sender = Sender(
            self.database,
            connection_id,
            channel,
            task,
            self.gate(channel.channel),
            self.ruling.current,
            (lambda: None) if at_any_hour else (lambda: self.ruling.quiet_until(channel.channel)),
            Refusals(self.suppressions),
            None if rate is None else Pace(self.paces / f"connection-{connection_id}", rate),
            self.clock,
            self.sleep,
        )
        return sender.run()

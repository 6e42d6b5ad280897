"""What the sender works with: a message that is ready to go, or the reason why it does not."""

from dataclasses import dataclass, field

from hub.core.contracts.channel import Message
from hub.core.store.outbox import OpenMessage, Outcome


@dataclass(frozen=True, slots=True)
class Candidate:
    """A message of the outbox with the address it would go to."""

    waiting: OpenMessage
    address: str
    permission: str | None
    """What its customer must have agreed to at the moment it goes; None: it needs no consent."""
    suppression: str
    """The digest under which its address would be suppressed."""
    counts: bool = True
    """Whether it counts towards the cap of messages per customer, and is held up by it."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that is ready to go."""

    candidate: Candidate
    message: Message

    @property
    def id(self) -> int:
        """The message's id in the outbox."""
        return self.candidate.waiting.id

    @property
    def customer(self) -> int:
        """The customer's number."""
        return self.candidate.waiting.customer_number


@dataclass(frozen=True)
class Prepared:
    """Messages of the outbox that were made ready together."""

    letters: list[Letter] = field(default_factory=list)
    """Those that may go."""
    turned: list[Outcome] = field(default_factory=list)
    """What became of those that may not."""

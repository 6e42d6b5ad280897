"""A message channel that keeps what it is given, for trying out what sends over channels."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hub import (
    BatchChannel,
    Carries,
    ConsentChannel,
    Context,
    Delivery,
    FateUnknown,
    HubError,
    Message,
    MessageChannel,
    Receipt,
    Settings,
)


class MemorySettings(Settings):
    """It has none."""


@dataclass
class Postbox:
    """The other side of channels in memory: it outlives them, as a provider outlives a process."""

    arrived: list[Message] = field(default_factory=list)
    """Every message it took, in order."""
    fault: Callable[[Message], Exception | None] = lambda message: None
    """Is asked before a message is taken; what it returns is raised. On ``FateUnknown`` it is taken, too."""
    side_by_side: int = 3
    """So many calls an email channel takes at once."""
    rate: float | None = None
    """So many messages a second it takes."""
    checked: Callable[[], Exception | None] = lambda: None
    """Is asked when the settings are checked."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, message: Message, *, keeps_ids: bool) -> Receipt:
        """Take a message, or raise what ``fault`` says."""
        error = self.fault(message)
        with self.lock:
            if error is None or isinstance(error, FateUnknown):
                known = keeps_ids and any(one.id == message.id for one in self.arrived)
                if not known:
                    self.arrived.append(message)
        if error is not None:
            raise error
        return Receipt(Delivery.QUEUED, f"reference-{message.id}")


class MemoryEmail(MessageChannel[MemorySettings]):
    """Email in memory: several calls side by side."""

    name = "memory_email"
    label = "Email in memory"
    help = "Keeps what it is given."
    settings_model = MemorySettings
    channel = ConsentChannel.EMAIL
    carries = Carries(subject=True, html=True, longest_text=None)
    keeps_ids = False

    def __init__(self, settings: MemorySettings, context: Context, postbox: Postbox) -> None:
        super().__init__(settings, context)
        self._postbox = postbox

    @property
    def most_at_once(self) -> int:
        """What the postbox takes."""
        return self._postbox.side_by_side

    @property
    def rate(self) -> float | None:
        """What the postbox takes."""
        return self._postbox.rate

    def check(self) -> None:
        """Ask the postbox."""
        error = self._postbox.checked()
        if error is not None:
            raise error

    def send(self, message: Message) -> Receipt:
        """See ``MessageChannel.send``."""
        return self._postbox.take(message, keeps_ids=self.keeps_ids)


class MemoryText(MemoryEmail, BatchChannel):
    """Text messages in memory: several with one call, and the same id is the same message."""

    name = "memory_text"
    label = "Text messages in memory"
    channel = ConsentChannel.SMS
    carries = Carries(subject=False, html=False, longest_text=1600)
    keeps_ids = True

    @property
    def largest_batch(self) -> int:
        """See ``BatchChannel.largest_batch``."""
        return 4

    def send_all(self, messages: Sequence[Message]) -> Sequence[Receipt | HubError]:
        """See ``BatchChannel.send_all``."""
        answers: list[Receipt | HubError] = []
        for message in messages:
            try:
                answers.append(self.send(message))
            except HubError as error:
                answers.append(error)
        return answers

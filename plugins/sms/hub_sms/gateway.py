"""What each provider is to the channel."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from hub import (
    Context,
    FateReport,
    HubError,
    NotAuthorised,
    Receipt,
    Refusal,
    Rejected,
    SettingsError,
    TextMeasure,
    WebhookAnswer,
    WebhookRequest,
)
from hub_sms.settings import SmsSettings

_CODE = re.compile(r"[0-9A-Fa-fx]{1,6}")
"""What every code looks like, and no phone number does."""
UNSUBSCRIBED = "the recipient has unsubscribed by answering STOP"
"""Said of whoever the provider itself no longer writes to for that reason."""


@dataclass(frozen=True)
class Outgoing:
    """A message that passed every check that needs no provider."""

    id: str
    digits: str
    """The recipient's number without the ``+``."""
    text: str
    measure: TextMeasure


@dataclass(frozen=True)
class Verdict:
    """What a provider's code means: which error it is, and in which words."""

    error: type[HubError]
    text: str
    refusal: Refusal = Refusal.MESSAGE
    """Of what is rejected: the message alone, or whatever goes to the number."""


class Gateway(ABC):
    """One provider. What it raises is as in ``MessageChannel.send``."""

    label: ClassVar[str]
    """The provider's name, for people."""
    usual_rate: ClassVar[float | None] = None
    """Messages a second it takes of a new account; None if it names no limit."""
    largest_batch: ClassVar[int] = 1
    """How many messages one request carries."""

    def __init__(self, settings: SmsSettings, context: Context) -> None:
        self.settings = settings
        self.context = context

    @abstractmethod
    def check(self) -> None:
        """See ``Component.check``."""

    @abstractmethod
    def send(self, message: Outgoing) -> Receipt:
        """Hand over one message."""

    def send_all(self, messages: Sequence[Outgoing]) -> Sequence[Receipt | HubError]:
        """Hand over several; see ``BatchChannel.send_all``. Here: one by one, until none can be sent."""
        results: list[Receipt | HubError] = []
        for message in messages:
            try:
                results.append(self.send(message))
            except (NotAuthorised, SettingsError) as error:
                if not results:
                    raise
                return [*results, *[error] * (len(messages) - len(results))]
            except HubError as error:
                results.append(error)
        return results

    @abstractmethod
    def receive(self, request: WebhookRequest) -> WebhookAnswer:
        """See ``WebhookChannel.receive``."""

    def reports(self, references: Sequence[str]) -> Iterator[FateReport]:
        """See ``PollingChannel.reports``. Here: the provider tells nothing unless it calls."""
        return iter(())

    def callback(self, *, is_signed: bool) -> str | None:
        """Where the provider shall report a message's fate. Calls that nobody signs carry the secret word."""
        token = self.settings.webhook_token
        if self.settings.webhook_url is None or is_signed or token is None:
            return self.settings.webhook_url
        return f"{self.settings.webhook_url}?token={quote(token.get_secret_value(), safe='')}"

    def refusal(self, code: object, verdicts: Mapping[str, Verdict]) -> HubError:
        """The error for a provider's code. One that nobody knows is about the message."""
        verdict = verdicts.get(str(code), Verdict(Rejected, "refuses the message"))
        shown = str(code) if _CODE.fullmatch(str(code)) else "unknown"
        sentence = f"{self.label} {verdict.text} (code {shown})"
        return Rejected(sentence, verdict.refusal) if verdict.error is Rejected else verdict.error(sentence)

    def not_understood(self) -> WebhookAnswer:
        """Log that a call could not be read, and thank for it: the provider would only repeat it."""
        self.context.log.warning("%s called with something that can't be read; it is left out", self.label)
        return WebhookAnswer()

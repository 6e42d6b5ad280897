"""The channel itself: what can be refused without asking anybody is refused here, the rest is the provider's."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType

from hub import (
    BatchChannel,
    Carries,
    ConsentChannel,
    Context,
    FateReport,
    FateUnknown,
    HubError,
    MeasuringChannel,
    Message,
    MessageChannel,
    PollingChannel,
    Receipt,
    Rejected,
    TextMeasure,
    TryAgain,
    WebhookAnswer,
    WebhookChannel,
    WebhookRequest,
)
from hub_sms.alphabets import measure
from hub_sms.gateway import Gateway, Outgoing
from hub_sms.gatewayapi import GatewayApi
from hub_sms.numbers import digits
from hub_sms.settings import LONGEST_TEXT, Provider, SmsSettings
from hub_sms.seven import Seven
from hub_sms.twilio import Twilio
from hub_sms.vonage import Vonage

_GATEWAYS: Mapping[Provider, type[Gateway]] = MappingProxyType(
    {
        Provider.TWILIO: Twilio,
        Provider.GATEWAYAPI: GatewayApi,
        Provider.SEVEN: Seven,
        Provider.VONAGE: Vonage,
    }
)


class SmsChannel(MessageChannel[SmsSettings], BatchChannel, WebhookChannel, PollingChannel, MeasuringChannel):
    """Sends text messages through one of four providers. None of them drops a second message with the same id."""

    name = "sms"
    label = "Text messages (SMS)"
    help = "Sends text messages through Twilio, GatewayAPI, seven or Vonage."
    settings_model = SmsSettings
    channel = ConsentChannel.SMS
    carries = Carries(subject=False, html=False, longest_text=LONGEST_TEXT)
    keeps_ids = False

    def __init__(self, settings: SmsSettings, context: Context) -> None:
        super().__init__(settings, context)
        self._gateway = _GATEWAYS[settings.provider](settings, context)

    @property
    def rate(self) -> float | None:
        """What is set; otherwise what the provider allows a new account."""
        return self.settings.rate or self._gateway.usual_rate

    @property
    def largest_batch(self) -> int:
        """The most messages one call may carry: 1, where the provider takes no more with one request."""
        return self._gateway.largest_batch

    def check(self) -> None:
        """Ask the provider for the account; nothing is sent."""
        with _asking():
            self._gateway.check()

    def send(self, message: Message) -> Receipt:
        """Hand one message to the provider; see ``MessageChannel.send``."""
        return self._gateway.send(self._prepared(message))

    def send_all(self, messages: Sequence[Message]) -> Sequence[Receipt | HubError]:
        """Hand several over; see ``BatchChannel.send_all``."""
        results: dict[int, Receipt | HubError] = {}
        prepared: dict[int, Outgoing] = {}
        for number, message in enumerate(messages):
            try:
                prepared[number] = self._prepared(message)
            except Rejected as error:
                results[number] = error
        sent = self._gateway.send_all(list(prepared.values()))
        results.update(zip(prepared, sent, strict=True))
        return [results[number] for number in range(len(messages))]

    def receive(self, request: WebhookRequest) -> WebhookAnswer:
        """Understand what the provider sent; see ``WebhookChannel.receive``."""
        return self._gateway.receive(request)

    def reports(self, references: Sequence[str]) -> Iterator[FateReport]:
        """Ask the provider; Vonage can't be asked. See ``PollingChannel.reports``."""
        with _asking():
            yield from self._gateway.reports(references)

    def measure(self, text: str) -> TextMeasure:
        """How long a text is, in parts; the same with every provider."""
        return measure(text)

    def _prepared(self, message: Message) -> Outgoing:
        number = digits(message.to)
        if len(message.text) > LONGEST_TEXT:
            raise Rejected(f"the text has {len(message.text):,} characters; {LONGEST_TEXT:,} can be sent")
        measured = measure(message.text)
        if measured.parts > self.settings.most_parts:
            raise Rejected(
                f"the text needs {measured.parts} parts in {measured.alphabet}, and {self.settings.most_parts} "
                "are allowed; shorten it, or raise most_parts"
            )
        return Outgoing(message.id, number, message.text, measured)


@contextmanager
def _asking() -> Iterator[None]:
    """While no message is under way, an answer that nobody can place is a passing fault."""
    try:
        yield
    except (Rejected, FateUnknown) as error:
        raise TryAgain(str(error)) from None

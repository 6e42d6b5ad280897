"""The channel itself."""

from collections.abc import Sequence
from urllib.parse import urlencode

from hub import (
    BatchChannel,
    Carries,
    ConsentChannel,
    Context,
    ConversationChannel,
    Delivery,
    HubError,
    Message,
    MessageChannel,
    Receipt,
    SettingsError,
    WebhookAnswer,
    WebhookChannel,
    WebhookRequest,
)
from hub_viber.broadcasting import Dispatch
from hub_viber.composing import LARGEST_BROADCAST, LONGEST_TEXT, Composer, reference
from hub_viber.hearing import Listener
from hub_viber.judging import error_of
from hub_viber.settings import ViberSettings
from hub_viber.wire import Wire


class ViberChannel(MessageChannel[ViberSettings], BatchChannel, WebhookChannel, ConversationChannel):
    """Writes to customers who follow a bot on Viber; an address is their ID with that bot.

    Viber knows no idempotency: a message of unknown fate is not sent again. It carries the message's id as its
    tracking data, which comes back with the customer's next answer.
    """

    name = "viber"
    label = "Viber"
    help = "Writes to customers who follow your bot on Viber, and learns what became of it and who stopped."
    settings_model = ViberSettings
    channel = ConsentChannel.VIBER
    carries = Carries(subject=False, html=False, longest_text=LONGEST_TEXT)
    keeps_ids = False

    def __init__(self, settings: ViberSettings, context: Context) -> None:
        super().__init__(settings, context)
        self._wire = Wire(context, settings)
        self._composer = Composer(settings)
        self._listener = Listener(settings.auth_token, context.log, context.clock)

    @property
    def largest_batch(self) -> int:
        """The most receivers of one broadcast."""
        return LARGEST_BROADCAST

    def check(self) -> None:
        """Ask Viber about the bot; warn if it would not tell what becomes of messages.

        Raises:
            SettingsError: ``bot_uri`` is another bot's.
            NotAuthorised, TryAgain: as ``MessageChannel.check``.
        """
        account = self._wire.ask("get_account_info")
        error = error_of(account)
        if error is not None:
            raise error
        uri, own = account.get("uri"), self.settings.bot_uri
        if own and uri and uri != own:
            raise SettingsError(
                f"bot_uri: the token is another bot's, whose URI is {str(uri)[:100]!r}. Enter that."
            )
        if not account.get("webhook"):
            self.context.log.warning(
                "Viber knows no webhook of the bot and sends nothing without one: register the hub's address"
            )

    def send(self, message: Message) -> Receipt:
        """Hand one message to Viber; see ``MessageChannel.send``."""
        answer = self._wire.send("send_message", self._composer.single(message))
        error = error_of(answer)
        if error is not None:
            raise error
        return Receipt(Delivery.QUEUED, reference(answer.get("message_token", "unnamed"), message.to))

    def send_all(self, messages: Sequence[Message]) -> Sequence[Receipt | HubError]:
        """Hand several over, equal texts with one request if broadcasts are on; see ``BatchChannel.send_all``."""
        dispatch = Dispatch(self._wire, self._composer, self.send)
        return dispatch.deliver(messages, together=self.settings.broadcast)

    def receive(self, request: WebhookRequest) -> WebhookAnswer:
        """Understand a call of Viber's; see ``WebhookChannel.receive``."""
        return self._listener.receive(request)

    def conversation_url(self, token: str) -> str:
        """The bot's own scheme; Viber hands ``context`` on when the conversation begins, known customer or not.

        Source: Viber's documents on deep links.

        Raises:
            SettingsError: the bot's URI is not set.
        """
        if not self.settings.bot_uri:
            raise SettingsError("links into conversations need the bot's URI; set bot_uri")
        return "viber://pa?" + urlencode({"chatURI": self.settings.bot_uri, "context": token})

"""The channel itself."""

import re

from hub import (
    Carries,
    ConsentChannel,
    Context,
    ConversationChannel,
    Delivery,
    FateUnknown,
    Message,
    MessageChannel,
    Receipt,
    Refusal,
    Rejected,
    SettingsError,
    WebhookAnswer,
    WebhookChannel,
    WebhookRequest,
)
from hub_messenger.hearing import Listener
from hub_messenger.settings import MessengerSettings
from hub_messenger.windows import kind_of
from hub_messenger.wire import Wire

_LONGEST_TEXT = 2000
_RATE = 40.0
"""Beyond that Meta stops showing a Page's messages in its inbox, and sending them."""
_ADDRESS = re.compile(r"[0-9]{1,25}")


class MessengerChannel(MessageChannel[MessengerSettings], WebhookChannel, ConversationChannel):
    """Writes to customers who wrote to a Facebook Page; an address is their ID with that Page.

    Messenger knows no idempotency: a message of unknown fate is not sent again.
    """

    name = "messenger"
    label = "Facebook Messenger"
    help = "Answers customers who wrote to your Facebook Page; advertising only within 24 hours of their message."
    settings_model = MessengerSettings
    channel = ConsentChannel.MESSENGER
    carries = Carries(subject=False, html=False, longest_text=_LONGEST_TEXT)
    keeps_ids = False

    def __init__(self, settings: MessengerSettings, context: Context) -> None:
        super().__init__(settings, context)
        self._wire = Wire(context, settings)
        self._listener = Listener(settings, context.log, context.clock)

    @property
    def rate(self) -> float | None:
        """See ``MessageChannel.rate``."""
        return _RATE

    def check(self) -> None:
        """Ask Meta whose the token is.

        Raises:
            SettingsError: it is not the Page's.
            NotAuthorised, TryAgain: as ``MessageChannel.check``.
        """
        try:
            owner = self._wire.ask("me", fields="id")
        except Rejected as error:
            raise SettingsError(f"Meta can't say whose the token is: {error}. Check access_token.") from None
        if str(owner.get("id")) != self.settings.page_id:
            raise SettingsError("page_id: the token is not this Page's. Enter the ID and the token of one Page.")

    def send(self, message: Message) -> Receipt:
        """Hand one message to Meta, if it may be sent now; see ``MessageChannel.send``."""
        if not _ADDRESS.fullmatch(message.to):
            raise Rejected("this is not a customer's ID with a Page", Refusal.ADDRESS)
        if len(message.text) > _LONGEST_TEXT:
            raise Rejected(f"the text has {len(message.text)} characters; Messenger carries {_LONGEST_TEXT}")
        kind = kind_of(message, self.context.clock(), self.settings.tag)
        answer = self._wire.send(
            f"{self.settings.page_id}/messages",
            {"recipient": {"id": message.to}, **kind, "message": {"text": message.text}},
        )
        reference = answer.get("message_id")
        if not isinstance(reference, str) or not reference:
            raise FateUnknown("Meta did not name the message; it may have been taken")
        return Receipt(Delivery.QUEUED, reference)

    def receive(self, request: WebhookRequest) -> WebhookAnswer:
        """Understand a call of Meta's; see ``WebhookChannel.receive``."""
        return self._listener.receive(request)

    def conversation_url(self, token: str) -> str:
        """A link of the Page's; Meta hands ``ref`` on when the conversation begins, or goes on.

        It takes at most 2,083 characters (Meta's documents on m.me links): letters, digits and ``+/=-.:_``.
        """
        return f"https://m.me/{self.settings.page_id}?ref={token}"

"""The channel itself: one message at a time over a connection that is kept as long as it holds."""

import threading
import weakref
from contextlib import suppress

from hub import Carries, ConsentChannel, Context, Delivery, Message, MessageChannel, Receipt, Rejected, TryAgain
from hub_email.compose import Composed, compose
from hub_email.connection import Connection, Gone
from hub_email.settings import EmailSettings


class EmailChannel(MessageChannel[EmailSettings]):
    """Sends email through any server that speaks SMTP.

    SMTP knows no idempotency: a message of unknown fate is not sent again. What it leaves behind is the
    Message-ID, the same for the same message, by which the server's log tells.
    """

    name = "email"
    label = "Email"
    help = "Sends email through your mail server or your provider's, by SMTP."
    settings_model = EmailSettings
    channel = ConsentChannel.EMAIL
    carries = Carries(subject=True, html=True, longest_text=None)
    keeps_ids = False

    def __init__(self, settings: EmailSettings, context: Context) -> None:
        super().__init__(settings, context)
        self._one_at_a_time = threading.Lock()
        self._connection: Connection | None = None
        self._hang_up: weakref.finalize[[], EmailChannel] | None = None

    def check(self) -> None:
        """Connect, log in and take leave; nothing is sent."""
        Connection(self.settings, self.context.folder).quit()

    def send(self, message: Message) -> Receipt:
        """Hand one message to the server; see ``MessageChannel.send``."""
        composed = compose(message, self.settings, self.context.clock())
        with self._one_at_a_time:
            self._deliver(composed)
        return Receipt(Delivery.QUEUED, composed.message_id)

    def close(self) -> None:
        """Take leave of the server. A later ``send`` connects again."""
        with self._one_at_a_time:
            if self._connection is not None:
                self._connection.quit()
            self._drop()

    def _deliver(self, composed: Composed) -> None:
        if self._connection is not None:
            # Servers close connections that were idle or carried enough: then a new one is made.
            with suppress(Gone):
                self._hand_over(self._connection, composed)
                return
        try:
            self._hand_over(self._connect(), composed)
        except Gone as error:
            raise TryAgain(f"the mail server {self.settings.host} ended the conversation: {error}") from None

    def _hand_over(self, connection: Connection, composed: Composed) -> None:
        try:
            connection.send(composed)
        except (Rejected, TryAgain):
            if not connection.reset():
                self._drop()
            raise
        except BaseException:
            self._drop()
            raise

    def _connect(self) -> Connection:
        self._connection = Connection(self.settings, self.context.folder)
        # Nobody tells a component when it is no longer needed; its connection must not outlive it.
        self._hang_up = weakref.finalize(self, self._connection.close)
        return self._connection

    def _drop(self) -> None:
        if self._hang_up is not None:
            self._hang_up()
        self._connection = self._hang_up = None

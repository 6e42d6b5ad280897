"""The channel itself: one message at a time over each of a few connections, and a mailbox for what comes back."""

import weakref
from collections.abc import Callable, Sequence

from hub import (
    Carries,
    ChannelEvent,
    CollectingChannel,
    ConsentChannel,
    Context,
    Delivery,
    Message,
    MessageChannel,
    Receipt,
    TryAgain,
)
from hub_email.bounce_mailbox import BounceMailbox
from hub_email.compose import compose
from hub_email.connection import Connection, Gone
from hub_email.pool import Pool
from hub_email.reading import read_report
from hub_email.settings import EmailSettings


class EmailChannel(MessageChannel[EmailSettings], CollectingChannel):
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
        folder = context.folder
        self._pool = Pool(lambda: Connection(settings, folder), settings.connections)
        # Nobody tells a component when it is no longer needed; its connections must not outlive it.
        weakref.finalize(self, self._pool.hang_up)

    @property
    def most_at_once(self) -> int:
        """As many messages as there may be connections."""
        return self.settings.connections

    def check(self) -> None:
        """Connect, log in and take leave, at the mailbox as well; nothing is sent, nothing read."""
        Connection(self.settings, self.context.folder).quit()
        if self.settings.mailbox_host:
            with self._mailbox() as mailbox:
                mailbox.check()

    def send(self, message: Message) -> Receipt:
        """Hand one message to the server; see ``MessageChannel.send``."""
        composed = compose(message, self.settings, self.context.clock())
        try:
            self._pool.deliver(composed)
        except Gone as error:
            raise TryAgain(f"the mail server {self.settings.host} ended the conversation: {error}") from None
        return Receipt(Delivery.QUEUED, composed.message_id)

    def collect(self, take: Callable[[Sequence[ChannelEvent]], None]) -> None:
        """Read bounces and complaints, if there is a mailbox; see ``CollectingChannel.collect``.

        What is none, or is about mail that the hub did not send, is left as it is.
        """
        if not self.settings.mailbox_host:
            return
        with self._mailbox() as mailbox:
            for mails in mailbox.reports():
                read = [(mail, read_report(mail.content, mail.at)) for mail in mails]
                events = [event for _, told in read for event in told or ()]
                if events:
                    take(events)
                mailbox.put_away([mail for mail, told in read if told is not None])

    def close(self) -> None:
        """Take leave of the server. A later ``send`` connects again."""
        self._pool.quit()

    def _mailbox(self) -> BounceMailbox:
        return BounceMailbox(self.settings, self.context.folder)

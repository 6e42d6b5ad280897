"""One connection to a mail server, and what each of its answers means (RFC 5321)."""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from hub import FateUnknown, NotAuthorised, Refusal, Rejected, SettingsError, TryAgain
from hub_email.addresses import mailbox
from hub_email.compose import Composed
from hub_email.servers import fault, quoted, trust
from hub_email.settings import EmailSettings, Security
from hub_email.status_codes import first_code, means_dead

_CLOSING = 421
_TOO_LARGE = 552
_AUTHENTICATION = frozenset({530, 534, 535, 538})
"""RFC 4954 section 6: the server wants another login, or any at all."""


class Gone(Exception):
    """The server ended the connection before it was given a message. Stays within the plugin."""


class Connection:
    """A connection that is logged in. Not for two threads at once."""

    def __init__(self, settings: EmailSettings, folder: Path) -> None:
        """Connect, protect the connection, and log in.

        Raises:
            SettingsError: the server can't do what the settings ask, or its certificate is not trusted.
            NotAuthorised: it refuses the user name or password.
            TryAgain: it can't be reached.
        """
        self._settings = settings
        self._place = f"the mail server {settings.host}:{settings.port}"
        with self._reaching():
            self._smtp = self._connect(trust(settings.ca_file, folder))
        try:
            with self._reaching():
                self._log_in()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Hang up without ceremony."""
        self._smtp.close()

    def reset(self) -> bool:
        """Forget a message the server refused; tell whether the connection can carry another."""
        try:
            return self._smtp.rset()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def quit(self) -> None:
        """Take leave and hang up."""
        with suppress(smtplib.SMTPException, OSError):
            self._smtp.quit()
        self.close()

    def send(self, message: Composed) -> None:
        """Hand over one message.

        Raises:
            Gone: the connection was lost before the message went out; it may be sent over another.
            Rejected: the server refuses the recipient or the message for good.
            TryAgain: it refuses for now, or the connection was lost before the end of the message.
            FateUnknown: the connection was lost after the end of the message and before the answer.
            NotAuthorised, SettingsError: it takes no message from this user or sender.
        """
        self._announce(message)
        self._transmit(message.content)

    def _connect(self, trusted: ssl.SSLContext) -> smtplib.SMTP:
        settings = self._settings
        # Our own name in the greeting: a look-up of this machine's would take seconds on some networks.
        own_name = mailbox(settings.sender).domain
        if settings.security is Security.TLS:
            return smtplib.SMTP_SSL(
                settings.host, settings.port, own_name, timeout=settings.timeout, context=trusted
            )
        smtp = smtplib.SMTP(settings.host, settings.port, own_name, timeout=settings.timeout)
        try:
            if settings.security is Security.STARTTLS:
                smtp.starttls(context=trusted)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _log_in(self) -> None:
        self._smtp.ehlo_or_helo_if_needed()
        if self._settings.username:
            self._smtp.login(self._settings.username, self._settings.password.get_secret_value())
        if self._smtp.sock is not None:
            # The end of a message is a packet of its own and must not wait for the one before to be confirmed.
            self._smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        """Say what it means when connecting or logging in fails."""
        try:
            yield
        except smtplib.SMTPAuthenticationError as error:
            reply = _quoted(error.smtp_code, error.smtp_error)
            if error.smtp_code < 500:
                raise TryAgain(f"{self._place} can't log anyone in just now: {reply}") from None
            raise NotAuthorised(f"{self._place} refuses the user name or password: {reply}") from None
        except smtplib.SMTPNotSupportedError:
            raise SettingsError(
                f"{self._place} offers no STARTTLS or no login; change the email's security, username or port"
            ) from None
        except UnicodeEncodeError:
            raise SettingsError("the email's username and password must be plain ASCII") from None
        except ssl.SSLCertVerificationError as error:
            raise SettingsError(
                f"{self._place} shows a certificate that is not trusted ({error.verify_message}); "
                "correct the host, or set ca_file to the authority that signed it"
            ) from None
        except ssl.SSLError:
            raise SettingsError(
                f"{self._place} does not speak TLS that way; change the email's security or port"
            ) from None
        except smtplib.SMTPResponseException as error:
            reply = _quoted(error.smtp_code, error.smtp_error)
            if error.smtp_code >= 500:
                raise SettingsError(f"{self._place} takes no mail from here: {reply}") from None
            raise TryAgain(f"{self._place} is not ready: {reply}") from None
        except (smtplib.SMTPException, OSError) as error:
            if type(error) is smtplib.SMTPException:  # the class itself: no way of logging in that both know
                raise SettingsError(f"{self._place} and the hub share no way of logging in") from None
            raise TryAgain(f"{self._place} can't be reached: {fault(error)}") from None

    def _announce(self, message: Composed) -> None:
        """Say whom the message is from and to: MAIL and RCPT. Nothing of the message itself goes out."""
        options = self._options(message)
        try:
            code, reply = self._smtp.mail(self._settings.envelope_sender, options)
            if code != 250:
                self._refuse_sender(code, reply)
            code, reply = self._smtp.rcpt(message.recipient.text)
            if code not in (250, 251):
                self._refuse("the recipient", code, reply)
            code, reply = self._smtp.docmd("DATA")
            if code != 354:
                self._refuse("the message", code, reply)
        except (smtplib.SMTPException, OSError) as error:
            raise Gone(fault(error)) from None

    def _options(self, message: Composed) -> list[str]:
        options = [f"SIZE={len(message.content)}"] if self._smtp.has_extn("size") else []
        if message.needs_smtputf8:
            if not self._smtp.has_extn("smtputf8"):
                raise Rejected(
                    f"{self._place} can't carry an address with letters beyond ASCII before the @ (no SMTPUTF8)"
                )
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        return options

    def _refuse_sender(self, code: int, reply: bytes) -> NoReturn:
        quoted = _quoted(code, reply)
        if 500 <= code < 600 and code not in _AUTHENTICATION:
            if code == _TOO_LARGE:
                raise Rejected(f"{self._place} finds the message too large: {quoted}")
            raise SettingsError(f"{self._place} takes no mail from {self._settings.envelope_sender}: {quoted}")
        if 400 <= code < 500:
            raise Gone(quoted)  # a server that has had enough of this connection says so here
        self._refuse("the sender", code, reply)

    def _refuse(self, what: str, code: int, reply: bytes) -> NoReturn:
        quoted = _quoted(code, reply)
        if code in _AUTHENTICATION:
            raise NotAuthorised(f"{self._place} wants a login: {quoted}")
        if 500 <= code < 600:
            raise Rejected(f"{self._place} refuses {what}: {quoted}", _refusal(reply))
        if 400 <= code < 500 and code != _CLOSING:
            raise TryAgain(f"{self._place} does not take {what} just now: {quoted}")
        raise Gone(quoted)

    def _transmit(self, content: bytes) -> None:
        try:
            # A line of a single dot would end the message (RFC 5321 section 4.5.2).
            self._smtp.send(re.sub(rb"(?m)^\.", b"..", content))
        except (smtplib.SMTPException, OSError) as error:
            raise TryAgain(f"{self._place} was lost before the end of a message: {fault(error)}") from None
        code, reply = self._finish()
        if 200 <= code < 300:
            return
        if code == _CLOSING or 400 <= code < 500:
            raise TryAgain(f"{self._place} does not take the message just now: {_quoted(code, reply)}")
        if 500 <= code < 600:
            raise Rejected(f"{self._place} refuses the message: {_quoted(code, reply)}", _refusal(reply))
        raise FateUnknown(f"{self._place} answered a whole message with nonsense: {_quoted(code, reply)}")

    def _finish(self) -> tuple[int, bytes]:
        """Send the final dot, from which on the message may be the server's, and read the answer."""
        try:
            if self._smtp.sock is not None:
                self._smtp.sock.settimeout(self._settings.final_timeout)
            self._smtp.send(b".\r\n")
            answer = self._smtp.getreply()
            if self._smtp.sock is not None:
                self._smtp.sock.settimeout(self._settings.timeout)
        except (smtplib.SMTPException, OSError) as error:
            raise FateUnknown(
                f"{self._place} was lost after the end of a message and before its answer ({fault(error)}); "
                "look into the server's log to learn whether it has it"
            ) from None
        return answer


def _refusal(reply: bytes) -> Refusal:
    """What a server refuses. Only its enhanced code tells: a bare 550 may be about the sender or the text."""
    code = first_code(reply.split(b" ", 1)[0].decode("ascii", "replace"))
    return Refusal.ADDRESS if means_dead(code) else Refusal.MESSAGE


def _quoted(code: int, reply: bytes | str) -> str:
    decoded = reply if isinstance(reply, str) else reply.decode("utf-8", "replace")
    return quoted(f"{code} {decoded}")

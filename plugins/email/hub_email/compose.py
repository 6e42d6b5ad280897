"""Writes a message as the bytes that travel (RFC 5322), so that nothing in it can pass for a header."""

import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from hub import Message, Rejected, SettingsError
from hub_email.addresses import Mailbox, has_control_characters, mailbox
from hub_email.settings import EmailSettings

_MESSAGE_ID = re.compile(r"<[0-9a-f]{40}@[^<>@\s]+>")
_HTTPS_URL = re.compile(r"https://[!-;=?-~]+")
_LINE_END = re.compile(r"\r\n?")
_LONGEST_URL = 900
"""In characters: with its header's name it stays within a line of 998 (RFC 5322 section 2.1.1)."""


@dataclass(frozen=True)
class Composed:
    """A message ready for the server."""

    recipient: Mailbox
    message_id: str
    content: bytes
    """Headers and body; every line ends in CR LF."""
    needs_smtputf8: bool


def compose(message: Message, settings: EmailSettings, now: datetime) -> Composed:
    """Write one message.

    Raises:
        Rejected: the address is none, or the subject or an address holds a line break.
        SettingsError: the unsubscribe address is not https.
    """
    recipient, sender = mailbox(message.to), mailbox(settings.sender)
    if has_control_characters(message.subject):
        raise Rejected("the subject holds a line break or another control character")
    envelope_sender = mailbox(settings.envelope_sender)
    needs_smtputf8 = any(one.needs_smtputf8 for one in (recipient, sender, envelope_sender))
    policy = (SMTPUTF8 if needs_smtputf8 else SMTP).clone(cte_type="7bit")
    mail = EmailMessage(policy=policy)
    mail["From"] = Address(settings.sender_name, sender.local, sender.domain)
    mail["To"] = Address("", recipient.local, recipient.domain)
    if settings.reply_to:
        answers = mailbox(settings.reply_to)
        mail["Reply-To"] = Address("", answers.local, answers.domain)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id(message.id, sender.domain)
    headers = mail.as_bytes().removesuffix(b"\r\n")
    content = _unsubscribe_lines(message.unsubscribe_url) + headers + _body(message)
    return Composed(recipient, mail["Message-ID"], content, needs_smtputf8)


def _body(message: Message) -> bytes:
    """What is said, with the headers that tell its form.

    Written by hand: the standard library would take ten times as long for the same, and most of that of sending.
    """
    version = b"MIME-Version: 1.0\r\n"
    if message.html is None:
        return version + _part(message.text, "plain")
    # Quoted-printable can't hold this boundary, since no digit follows its equals sign (RFC 2045, section 6.7).
    boundary = f"=_{hashlib.sha256(message.id.encode()).hexdigest()[:32]}".encode()
    between = b"--" + boundary
    return b"".join(
        (
            version,
            b'Content-Type: multipart/alternative; boundary="', boundary, b'"\r\n\r\n',
            between, b"\r\n", _part(message.text, "plain"),
            b"\r\n", between, b"\r\n", _part(message.html, "html"),
            b"\r\n", between, b"--\r\n",
        )
    )  # fmt: skip


def _part(text: str, subtype: str) -> bytes:
    """One form of the text. Quoted-printable also for plain ASCII: it keeps lines short and controls harmless."""
    lines = _LINE_END.sub("\n", text if text.endswith(("\n", "\r")) else f"{text}\n")
    encoded = binascii.b2a_qp(lines.encode(), istext=True).replace(b"\n", b"\r\n")
    kind = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return kind.encode() + encoded


def message_id(identity: str, domain: str) -> str:
    """The Message-ID of a message: the same for the same id, so that a repeated one can be told."""
    return f"<{hashlib.sha256(identity.encode()).hexdigest()[:40]}@{domain}>"


def is_message_id(text: str) -> bool:
    """Whether a text looks like a Message-ID that the hub gave."""
    return _MESSAGE_ID.fullmatch(text) is not None


def _unsubscribe_lines(url: str | None) -> bytes:
    """The two headers of one-click unsubscribing (RFC 8058).

    They are written by hand: the standard library would encode a long address as if it were words.
    """
    if url is None:
        return b""
    if not url.startswith("https://"):
        raise SettingsError(
            "one-click unsubscribing needs an address that begins with https:// (RFC 8058); "
            "set the hub's public address to one"
        )
    if not _HTTPS_URL.fullmatch(url) or len(url) > _LONGEST_URL:
        raise Rejected(f"the unsubscribe address is no https address of at most {_LONGEST_URL} characters")
    return (f"List-Unsubscribe: <{url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n").encode("ascii")

"""Reads bounces (RFC 3464) and complaints (RFC 5965), whatever state they come in."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from email import message_from_bytes, message_from_string
from email.message import Message

from hub import Fate, FateReport
from hub_email.compose import is_message_id
from hub_email.status_codes import first_code, in_words, means_dead

REPORT = "multipart/report"
"""The type of every such mail (RFC 6522)."""

_STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_COMPLAINT = "message/feedback-report"
_ORIGINAL = frozenset({"message/rfc822", "message/global"})
_ORIGINAL_HEADERS = frozenset({"text/rfc822-headers", "message/global-headers"})
_REFERENCE = re.compile(r"<[^<>\s]+>")
_ARRIVED = frozenset({"delivered", "relayed", "expanded"})


def is_report(header: bytes) -> bool:
    """Whether a mail with such a header may be a bounce or a complaint."""
    return message_from_bytes(header).get_content_type() == REPORT


def read_report(content: bytes, at: datetime) -> Sequence[FateReport] | None:
    """What a mail tells of a message of the hub; None if it is no report, or one on somebody else's mail.

    Nothing of what others wrote gets into a reason: it may hold the address.

    Args:
        content: the mail, or its beginning.
        at: when it came, in UTC.
    """
    try:
        return _read(content, at)
    except Exception:  # noqa: BLE001  # the standard library's parser has its limits, and strangers write the mail
        return None


def _read(content: bytes, at: datetime) -> Sequence[FateReport] | None:
    mail = message_from_bytes(content)
    if mail.get_content_type() != REPORT:
        return None
    parts = _parts(mail)
    reference = _reference(mail, parts)
    if reference is None:
        return None
    for part in parts:
        kind = part.get_content_type()
        if kind in _STATUS:
            return list(_of_bounce(list(_blocks(part)), reference, at))
        if kind == _COMPLAINT:
            return list(_of_complaint(_blocks(part), reference, at))
    return None


def _of_bounce(blocks: Sequence[Message], reference: str, at: datetime) -> Iterator[FateReport]:
    """One report at most. A message has one recipient; if that is a list, one who got it is enough."""
    actions = [(_field(block, "Action").lower(), _code(block)) for block in blocks if block["Action"] is not None]
    codes = [code for action, code in actions if action == "failed"]
    if any(action == "delivered" for action, _ in actions):
        yield FateReport(reference, Fate.DELIVERED, at)
    elif codes and not any(action in _ARRIVED for action, _ in actions):
        is_dead = all(means_dead(code) for code in codes)
        told = codes[0] if is_dead else next(code for code in codes if not means_dead(code))
        yield FateReport(reference, Fate.BOUNCED if is_dead else Fate.FAILED, at, in_words(told), is_dead)


def _of_complaint(blocks: Iterator[Message], reference: str, at: datetime) -> Iterator[FateReport]:
    if any(_field(block, "Feedback-Type").lower() == "abuse" for block in blocks):
        yield FateReport(reference, Fate.COMPLAINED, at)


def _code(block: Message) -> str | None:
    """A recipient's code. Some servers give a general one, and the one that tells more beside it."""
    status, diagnostic = first_code(_field(block, "Status")), first_code(_field(block, "Diagnostic-Code"))
    if status is None or (status.endswith(".0.0") and diagnostic is not None and diagnostic[0] == status[0]):
        return diagnostic
    return status


def _reference(mail: Message, parts: Sequence[Message]) -> str | None:
    """The Message-ID of what the report is about; None if it is none of those that the hub gives."""
    named = [_field(original, "Message-ID") for original in _originals(parts)]
    for text in [*named, _field(mail, "In-Reply-To"), _field(mail, "References")]:
        for reference in _REFERENCE.findall(text):
            if is_message_id(reference):
                return str(reference)
    return None


def _originals(parts: Sequence[Message]) -> Iterator[Message]:
    for part in parts:
        kind = part.get_content_type()
        if kind in _ORIGINAL:
            yield from _parts(part)
        elif kind in _ORIGINAL_HEADERS:
            yield from _blocks(part)


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields in a part, whether or not the parser knows that there are some."""
    inner = _parts(part)
    if not inner:
        content = part.get_payload(decode=True)
        texts = [content] if isinstance(content, bytes) else []
    else:
        yield from inner
        bodies = [one.get_payload() for one in inner if not one.is_multipart()]
        texts = [body.encode("utf-8", "surrogateescape") for body in bodies if isinstance(body, str)]
    for text in texts:
        for group in re.split(rb"\r?\n[ \t]*\r?\n", text.strip()):
            yield message_from_string(group.decode("utf-8", "replace"))


def _parts(mail: Message) -> list[Message]:
    payload = mail.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _field(block: Message, name: str) -> str:
    """A field as one line; empty if there is none."""
    return " ".join(str(block.get(name, "")).split())

"""What the codes of RFC 3463 say about an address, and how that is put in words."""

import re

_CODE = re.compile(r"(?<![0-9.])([245])\.([0-9]{1,3})\.([0-9]{1,3})(?![0-9]|\.[0-9])")
_DEAD = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10", "2.1"})
"""RFC 3463 sections 3.2 and 3.3, RFC 7505: no such mailbox or domain, it moved, takes no mail, or is disabled."""
_WORDS = {
    "1.1": "there is no such mailbox",
    "1.2": "the address's domain does not exist",
    "1.3": "the address is not valid",
    "1.6": "the mailbox has moved",
    "1.10": "the address's domain takes no mail",
    "2.1": "the mailbox is disabled",
    "2.2": "the mailbox is full",
    "2.3": "the message is too large for the mailbox",
    "3.4": "the message is too large for the customer's mail server",
    "4.1": "the customer's mail server does not answer",
    "4.7": "the message could not be delivered in time",
}
_BY_SUBJECT = {
    "1": "the customer's mail server refuses the address",
    "2": "the mailbox takes no messages",
    "3": "the customer's mail server takes no messages",
    "4": "the message found no way to the customer's mail server",
    "5": "the mail servers did not understand each other",
    "6": "the customer's mail server can't carry the message",
    "7": "the customer's mail server refuses the message by its rules",
}


def first_code(text: str) -> str | None:
    """The first code in a text, such as ``5.1.1``; None if it holds none."""
    found = _CODE.search(text)
    return found.group() if found else None


def means_dead(code: str | None) -> bool:
    """Whether a code says that nothing ever arrives at the address."""
    return code is not None and code[0] == "5" and code[2:] in _DEAD


def in_words(code: str | None) -> str:
    """Why a message did not arrive."""
    if code is None:
        return "the message came back"
    detail = code[2:]
    words = _WORDS.get(detail) or _BY_SUBJECT.get(detail.partition(".")[0], "the message came back")
    return f"{words} ({code})"

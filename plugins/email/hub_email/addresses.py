"""Reads email addresses, and finds what must never get into a header."""

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from hub import Refusal, Rejected

_FORBIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Categories of characters that end a line somewhere, or can't be encoded (lone surrogates)."""


@dataclass(frozen=True)
class Mailbox:
    """An address in the form in which it travels: the domain always in ASCII (IDNA)."""

    local: str
    domain: str

    @property
    def text(self) -> str:
        """The address as it stands in an envelope or header."""
        return f"{self.local}@{self.domain}"

    @property
    def needs_smtputf8(self) -> bool:
        """Whether only a server with SMTPUTF8 (RFC 6531) can carry it."""
        return not self.local.isascii()


def mailbox(text: str) -> Mailbox:
    """Read an address.

    The domain becomes ASCII, as every server takes that. Letters beyond ASCII before the @ have no such form.

    Raises:
        Rejected: it is no address, or holds a line break or another control character.
    """
    if has_control_characters(text):
        raise Rejected("the address holds a line break or another control character", Refusal.ADDRESS)
    try:
        found = validate_email(text, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise Rejected(f"not an email address: {error}", Refusal.ADDRESS) from None
    return Mailbox(found.local_part, found.ascii_domain)


def has_control_characters(text: str) -> bool:
    """Whether a text holds anything that could end a header's line."""
    return any(unicodedata.category(character) in _FORBIDDEN for character in text)

"""Phone numbers as they are written down (E.164)."""

import re

from hub import Refusal, Rejected

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_DIGITS = re.compile(r"[0-9]+")


def digits(address: str) -> str:
    """The digits of a number with its country's code.

    Raises:
        Rejected: it is none. The text does not repeat it.
    """
    if not _E164.fullmatch(address):
        if _DIGITS.fullmatch(address):
            raise Rejected(
                "the phone number has no country code; it must begin with + and the country's code",
                Refusal.ADDRESS,
            )
        raise Rejected("this is no phone number of the form +4915112345678", Refusal.ADDRESS)
    return address[1:]


def address_of(number: object) -> str | None:
    """The address of someone who wrote, from the form a provider tells it in; None for a name or a short code."""
    written = f"+{str(number).strip().removeprefix('+')}"
    return written if _E164.fullmatch(written) else None

"""Phone numbers in international form."""

import re

import phonenumbers

_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")
"""E.164; the shortest numbers, of some islands, have seven digits."""


def international(phone: str, country: str) -> str | None:
    """A phone number in E.164 form, or None when it can't be one.

    Args:
        phone: as it was entered.
        country: where it is from when it has no country code.
    """
    if _INTERNATIONAL.fullmatch(phone):
        return phone  # looking closer takes fifty times as long, and the platform does
    try:
        number = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return written if _INTERNATIONAL.fullmatch(written) else None  # few digits are an office line

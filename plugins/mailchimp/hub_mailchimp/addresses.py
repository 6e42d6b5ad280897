"""What is certainly no address to Mailchimp, without asking."""

import re

_FORM = re.compile(r"[^@\s,<>()]{1,64}@(?:[^@\s,.<>()]{1,63}\.)+[^@\s,.<>()]{2,63}")
_LONGEST = 254
"""Characters; RFC 5321 leaves no more to an address."""


def is_address(text: str) -> bool:
    """Whether a text has the form of an e-mail address. Mailchimp refuses more, such as fake ones."""
    local = text.partition("@")[0]
    is_dotted = not (local.startswith(".") or local.endswith(".") or ".." in local)
    return is_dotted and len(text) <= _LONGEST and _FORM.fullmatch(text) is not None

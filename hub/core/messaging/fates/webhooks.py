"""Where providers call the hub, and how that is kept out of logs."""

import re

PATH = "/webhooks/"
"""How the path of every webhook begins; the connection's id follows."""

_QUERY = re.compile(r"(?i)((?:/|%2f)webhooks(?:/|%2f)\d{1,20}\?)[^\s\"']+")
_OF_ANY = re.compile(r"""('query_string': b)('[^']*'|"[^"]*")""")


def webhook_address(connection_id: int, public_url: str) -> str:
    """The address to be entered at a provider.

    Args:
        connection_id: the connection's.
        public_url: where the server is reached; empty for the path alone.
    """
    return f"{public_url.rstrip('/')}{PATH}{connection_id}"


def without_parameters(text: str) -> str:
    """A text for a log, in which nothing is left of what stood behind a webhook's address.

    Some providers send a secret word there, others customers' numbers and what they wrote.
    """
    if "webhooks" not in text.lower():
        return text
    return _OF_ANY.sub(r"\1'***'", _QUERY.sub(r"\1***", text))

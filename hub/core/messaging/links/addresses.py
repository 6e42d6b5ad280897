"""The public addresses that customers are sent: of links, of unsubscribing, of offers."""

import re

from hub.core.access.signatures import Purpose, Signatures
from hub.core.contracts.errors import SettingsError

CLICK, OPEN, UNSUBSCRIBE, CAMPAIGN, CONFIRM = "/l/", "/o/", "/u/", "/c/", "/confirm/"
"""How the paths begin."""
TRAP = 0
"""Instead of a link's id: a link that no person sees, so that whatever follows it is a program."""

_CODE = re.compile(r"/c/([0-9a-z]+)", re.ASCII)
_ENDS = ("", "/", "?", "#")


class PublicAddresses:
    """Makes the addresses under which customers reach the hub.

    Args:
        public_url: the setting: where the server is reached; it may be empty.
        signatures: signs what the addresses carry.
    """

    def __init__(self, public_url: str, signatures: Signatures) -> None:
        self._public_url = public_url.rstrip("/")
        self._signatures = signatures

    @property
    def are_known(self) -> bool:
        """Whether it is known where customers reach the hub."""
        return bool(self._public_url)

    def click(self, link_id: int, message_id: int) -> str:
        """Of a link in a message, or of its ``TRAP``."""
        return self._at(CLICK, self._signatures.sign(Purpose.CLICK, link_id, message_id))

    def open(self, message_id: int) -> str:
        """Of the picture that tells that a message was looked at."""
        return self._at(OPEN, f"{self._signatures.sign(Purpose.OPEN, message_id)}.gif")

    def unsubscribe(self, message_id: int) -> str:
        """Where the consent is taken back under which a message was sent."""
        return self._at(UNSUBSCRIBE, self._signatures.sign(Purpose.UNSUBSCRIBE, message_id))

    def campaign(self, code: str) -> str:
        """Of an offer."""
        return self._at(CAMPAIGN, code)

    def is_own(self, url: str) -> bool:
        """Whether an address leads to this hub, wherever in it."""
        own = self._public_url
        return bool(own) and url[: len(own)].lower() == own.lower() and url[len(own) : len(own) + 1] in _ENDS

    def campaign_code(self, url: str) -> str | None:
        """The code in an offer's address; None for any other address."""
        found = _CODE.fullmatch(url[len(self._public_url) :]) if self.is_own(url) else None
        return found[1] if found else None

    def _at(self, path: str, rest: str) -> str:
        if not self._public_url:
            raise SettingsError(
                "messages need to know where their readers reach this hub; set public_url in hub.toml, such as "
                "https://hub.example.com"
            )
        return f"{self._public_url}{path}{rest}"

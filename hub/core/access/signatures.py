"""Signs numbers for addresses that customers are sent, such as that of unsubscribing: short, not to be guessed."""

from enum import StrEnum
from pathlib import Path

from itsdangerous import BadSignature, Signer

from hub.core.access.key_file import KeyFile
from hub.core.contracts.errors import NotFound

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LONGEST = 200
"""Characters; no token of ours is longer."""


class Purpose(StrEnum):
    """What a token is for; one made for another purpose is refused."""

    UNSUBSCRIBE = "unsubscribe"
    """Of a message: take back the consent under which it was sent."""
    CLICK = "click"
    """Of a link and a message: follow the link."""
    OPEN = "open"
    """Of a message: it was looked at."""
    CONFIRM = "confirm"
    """Of a request for consent: confirm it."""
    CONVERSATION = "conversation"
    """Of a customer: begin a conversation on a chat service."""


class Signatures:
    """Signs numbers and reads them back. The keys follow from those in ``secrets.key`` in the hub's home.

    A token stays good while the key it was made with is kept; see ``Secrets`` on how keys are changed.

    Args:
        home: the hub's.
    """

    def __init__(self, home: Path) -> None:
        self._keys = KeyFile(home)
        self._signers: dict[Purpose, Signer] = {}

    def sign(self, purpose: Purpose, *numbers: int) -> str:
        """A token that stands for numbers: letters, digits, ``-``, ``_`` and a dot.

        Raises:
            StoreError: the key file can't be read or written.
        """
        return self._signer(purpose).sign("-".join(map(_short, numbers))).decode()

    def read(self, purpose: Purpose, token: str) -> tuple[int, ...]:
        """The numbers a token stands for.

        Raises:
            NotFound: it was not made here, or for something else.
            StoreError: the key file can't be read or written.
        """
        if len(token) <= _LONGEST and token.isascii():
            try:
                signed = self._signer(purpose).unsign(token).decode()
            except BadSignature:
                pass
            else:
                return tuple(int(digits, len(_DIGITS)) for digits in signed.split("-"))
        raise NotFound("this address is not complete, or is not valid any more")

    def _signer(self, purpose: Purpose) -> Signer:
        if purpose not in self._signers:
            self._keys.make_sure()
            # The oldest first: the last one signs, and all are tried. They are derived here, once, and not by the
            # signer, which would do so for every token.
            keys = list(reversed(self._keys.derived(f"signatures: {purpose.value}".encode())))
            self._signers[purpose] = Signer(keys, key_derivation="none")
        return self._signers[purpose]


def _short(number: int) -> str:
    digits = ""
    while number or not digits:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits

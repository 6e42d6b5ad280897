"""What links into conversations carry, so that the hub knows which customer followed one."""

import re
from datetime import UTC, datetime, timedelta

from hub.core.access.signatures import Purpose, Signatures
from hub.core.contracts.errors import NotFound

GOOD_FOR = timedelta(days=90)
"""After so many whole days a link binds nobody any more."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_LOOKS_LIKE_ONE = re.compile(r"(?<![0-9a-z-])[0-9a-z]++-[0-9a-z]++\.[\w-]++", re.ASCII)


class ConversationTokens:
    """Makes and reads them. A customer's token is the same for a whole day, in UTC.

    Args:
        signatures: signs and reads numbers.
    """

    def __init__(self, signatures: Signatures) -> None:
        self._signatures = signatures

    def token(self, customer_number: int, now: datetime) -> str:
        """A token of a customer.

        Raises:
            StoreError: the key file can't be read or written.
        """
        return self._signatures.sign(Purpose.CONVERSATION, customer_number, _day(now))

    def good_until(self, now: datetime) -> datetime:
        """Until when a token made now is good, in UTC."""
        return _EPOCH + _day(now) * _DAY + GOOD_FOR + _DAY

    def customer_of(self, token: str, at: datetime) -> int | None:
        """Whose token was carried at that moment; None when it is too old, or none of ours."""
        try:
            number, day = self._signatures.read(Purpose.CONVERSATION, token)
        except (NotFound, ValueError):  # links of others, such as advertisements, carry words of their own
            return None
        return number if (_day(at) - day) * _DAY <= GOOD_FOR else None

    def is_in(self, url: str) -> bool:
        """Whether an address carries a token of ours, of whatever age."""
        return any(self._is_one(found[0]) for found in _LOOKS_LIKE_ONE.finditer(url))

    def _is_one(self, text: str) -> bool:
        try:
            self._signatures.read(Purpose.CONVERSATION, text)
        except NotFound:
            return False
        return True


def _day(moment: datetime) -> int:
    return (moment - _EPOCH) // _DAY

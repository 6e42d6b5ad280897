"""An amount of money that knows its currency, so that a template can't show it in the wrong one."""

from decimal import Decimal
from typing import Any, Self


class Money(Decimal):
    """An amount of a currency. Templates compare and add it like any number; what they work out has no currency.

    Attributes:
        currency: ISO 4217 code.
    """

    currency: str

    def __new__(cls, amount: Decimal, currency: str) -> Self:
        """Make one.

        Args:
            amount: in units of the currency, not minor ones.
            currency: ISO 4217 code.
        """
        made = super().__new__(cls, amount)
        made.currency = currency
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """How it crosses a process border."""
        return Money, (Decimal(self), self.currency)

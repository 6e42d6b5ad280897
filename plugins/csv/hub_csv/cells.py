"""How a member looks as cells of a CSV file that somebody may open in a spreadsheet."""

from collections.abc import Callable

from babel.numbers import get_currency_precision

from hub import IdentifierKind, Member

KEY = "customer"
"""The column that holds the customer's number: what a row is found by."""

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that could be gets a leading apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def row_maker(columns: tuple[str, ...], currency: str) -> Callable[[Member], list[str]]:
    """A function that makes a member's row: the customer's number, then the columns.

    Args:
        columns: names of traits.
        currency: ISO 4217 code, which says how many decimals the revenue has.
    """
    digits = get_currency_precision(currency)

    def make(member: Member) -> list[str]:
        return [member.identifiers[IdentifierKind.CUSTOMER], *(cell(member, name) for name in columns)]

    def cell(member: Member, name: str) -> str:
        value = member.traits.get(name)
        if value is None:
            return ""
        if isinstance(value, str):
            return safe_cell(value)
        return _amount(value, digits) if name == "revenue" else str(value)

    return make


def _amount(minor: int, digits: int) -> str:
    whole, rest = divmod(abs(minor), 10**digits)
    text = f"{whole}.{rest:0{digits}d}" if digits else str(whole)
    return f"-{text}" if minor < 0 else text

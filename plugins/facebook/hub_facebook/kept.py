"""Answers of a function kept by its argument: the same names and cities come again and again."""

from collections.abc import Callable

Value = str | int | None
"""A customer's column, as a member has it."""

_MOST = 65_536


class Kept(dict[Value, str]):
    """Looks like a mapping that knows the answer for every value; made when first asked for, and kept for a while.

    Args:
        make: the function; it gets a number as its text.
    """

    def __init__(self, make: Callable[[str | None], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, value: Value) -> str:
        if len(self) >= _MOST:
            self.clear()
        answer = self[value] = self._make(None if value is None else str(value))
        return answer

    def __repr__(self) -> str:
        # Not the values: they are personal data.
        return f"<{len(self)} answers>"

"""How a field of a criterion's parameters is introduced in the text language."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Keyword:
    """Words around a field in the text: ``Annotated[Channel | None, Keyword("on")]``.

    On a ``bool`` the words are the whole clause: it is true when they are said. Without a keyword
    a ``bool`` is said with its name, underscores read as spaces.
    """

    words: str = ""
    """Lower-case words before the value, separated by spaces."""
    unit: tuple[str, ...] = ()
    """What the value counts, as it may be said behind it: ``("days", "day")``. It is written as the first of
    these, behind a 1 as the last, and may be left out. Not for words and flags."""

"""How a field of a criterion's parameters is introduced in the text language."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Keyword:
    """Words that stand before a field in the text: ``Annotated[Channel | None, Keyword("on")]``.

    On a ``bool`` the words are the whole clause: it is true when they are said. Without a keyword
    a ``bool`` is said with its name, underscores read as spaces.
    """

    words: str
    """One or more lower-case words, separated by spaces."""

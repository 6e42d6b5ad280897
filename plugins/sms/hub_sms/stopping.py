"""Whether an answer asks for no more messages."""

_WORDS = frozenset(
    {
        "stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out",
        "stopp", "abmelden", "afmeld",
    }
)  # fmt: skip
"""English as carriers demand it, German and Danish."""


def asks_to_stop(text: str, keyword: str = "") -> bool:
    """Whether the whole text is one of the words, in capitals or not, with or without a full stop.

    Args:
        text: what the customer wrote.
        keyword: the first word of everything that is sent to a shared short code.
    """
    words = text.casefold().replace("-", " ").split()
    if keyword and words[:1] == [keyword.casefold()]:
        words = words[1:]
    return " ".join(words).strip(" .!\"'„“”") in _WORDS

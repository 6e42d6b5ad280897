"""Which texts a database can hold at all."""


def storable(text: str) -> bool:
    """Whether both databases take a text: no half characters, no character with code 0. Others name nothing."""
    return "\0" not in text and (text.isascii() or not any("\ud800" <= each <= "\udfff" for each in text))

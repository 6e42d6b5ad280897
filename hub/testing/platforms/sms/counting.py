"""What a phone network makes of a text: its letters in the default alphabet, and the parts it goes in."""

_PLAIN = (
    "\n\r !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
    "¡£¤¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùüΓΔΘΛΞΠΣΦΨΩ"
)
_ESCAPED = "^{}\\[~]|€\f"


def is_gsm(text: str) -> bool:
    """Whether every letter is in the default alphabet or its extension."""
    return all(letter in _PLAIN or letter in _ESCAPED for letter in text)


def as_gsm(text: str) -> str:
    """What is left of a text that is forced into the default alphabet: a question mark for every other letter."""
    return "".join(letter if is_gsm(letter) else "?" for letter in text)


def parts(text: str, *, unicode: bool) -> int:
    """In how many parts a text goes; letters of two units are not cut in two."""
    if unicode:
        letters = [letter.encode("utf-16-be") for letter in text]
        whole, room = 140, 134
    else:
        letters = [b"\x1bx" if letter in _ESCAPED else b"x" for letter in text]
        whole, room = 160, 153
    if sum(map(len, letters)) <= whole:
        return 1
    cut = [b""]
    for letter in letters:
        if len(cut[-1] + letter) > room:
            cut.append(b"")
        cut[-1] += letter
    return len(cut)

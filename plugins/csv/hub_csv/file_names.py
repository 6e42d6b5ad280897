"""Make a file name of an audience's name, in any script and on any system."""

import unicodedata
from collections.abc import Iterator

ENDING = ".csv"

_MOST_BYTES = 180  # most file systems allow 255; a number and the ending must fit too
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})


def safe_stem(name: str) -> str:
    """The name with everything but letters, digits, spaces, hyphens and underscores made an underscore."""
    kept = "".join(sign if _is_harmless(sign) else "_" for sign in unicodedata.normalize("NFC", name))
    stem = kept.strip(" ").encode()[:_MOST_BYTES].decode("utf-8", "ignore").rstrip(" ")
    if not stem.strip("_"):
        return "audience"
    return f"{stem}_" if stem.casefold() in _DEVICES else stem


def candidates(name: str) -> Iterator[str]:
    """File names to try one after the other until one is free."""
    stem = safe_stem(name)
    yield stem + ENDING
    number = 2
    while True:
        yield f"{stem}-{number}{ENDING}"
        number += 1


def is_file_name(text: str) -> bool:
    """Whether a text can be the name of one of our files, and not a path to somewhere else."""
    return text.endswith(ENDING) and safe_stem(text.removesuffix(ENDING)) == text.removesuffix(ENDING)


def _is_harmless(sign: str) -> bool:
    return sign in " -_" or unicodedata.category(sign)[0] in "LNM"

"""Names of folders for sources, whose own names may be any text."""

from collections.abc import Iterable

_LONGEST = 80
_ALSO = "-_"


def folder_names(sources: Iterable[str]) -> dict[str, str]:
    """A name for each source's folder, fit for every file system: like the source's, and no two alike.

    Args:
        sources: their names; in another order two that are nearly alike may swap folders.
    """
    named: dict[str, str] = {}
    taken: set[str] = set()
    for source in sources:
        plain = "".join(sign if sign.isalnum() or sign in _ALSO else "_" for sign in source)[:_LONGEST]
        folder, count = plain, 1
        while folder.casefold() in taken:
            count += 1
            folder = f"{plain}-{count}"
        taken.add(folder.casefold())
        named[source] = folder
    return named

"""Reads and writes entity tags, by which a client knows that nothing changed (RFC 9110, 8.8.3 and 13.1.2)."""

import re

_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


def written_tag(tag: str) -> str:
    """A tag as the header ETag has it: a weak one, for an answer may say when it was made."""
    return f'W/"{tag}"'


def tags_in(if_none_match: str) -> frozenset[str]:
    """The tags that If-None-Match names, be they weak or strong: it makes no difference there; perhaps ``*``."""
    if if_none_match.strip() == "*":
        return frozenset({"*"})
    return frozenset(_TAG.findall(if_none_match))

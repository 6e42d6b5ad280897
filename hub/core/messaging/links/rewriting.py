"""Finds the addresses that a message leads to, and puts others in their place; nothing else of it changes."""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html.entities import html5

# Attributes as browsers read them. Everything is possessive, so that no text takes long.
_VALUE = r"""(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>"'][^\s>]*+)"""
_NAME = r"[^\s/>][^\s/>=]*+"
_ANY = rf"{_NAME}(?:\s*+=\s*+{_VALUE}?+)?+"
_REST = rf"(?:[\s/]++|{_ANY})*+(?:>|\Z)"
_RAW = "script|style|title|textarea|xmp|iframe|noembed|noframes"
_PARTS = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    rf"|<(?P<raw>{_RAW})(?=[\s/>]){_REST}.*?(?:</(?P=raw)(?=[\s/>])|\Z)"
    rf"|<a(?:rea)?(?=[\s/>])(?P<link>(?:[\s/]++|{_ANY})*+)(?:>|\Z)"
    rf"|<[a-z]{_REST}",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTES = re.compile(rf"(?P<name>{_NAME})(?:\s*+=\s*+(?P<value>{_VALUE})?+)?+")
_REFERENCE = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[A-Za-z][A-Za-z0-9]*(?:;|(?![A-Za-z0-9=])))")
_IN_TEXT = re.compile(r"(?<![0-9A-Za-z])https?://[^\s<>\"]+", re.IGNORECASE)
_AROUND = "".join(map(chr, range(33)))
"""What browsers strip from an address: spaces and controls."""
_WITHIN = str.maketrans("", "", "\t\n\r")
"""What they leave out in the middle of one."""
_AFTER = ".,;:!?'*_~…»”’"
_BRACKETS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Split:
    """A text cut at the addresses that it leads to."""

    between: list[str]
    """What is before, between and after the addresses: one more than there are."""
    written: list[str]
    """The addresses as they are written."""
    urls: list[str]
    """The addresses as they are meant."""

    def joined(self, others: Mapping[str, str], write: Callable[[str], str] = str) -> str:
        """The text, with other addresses where there are others.

        Args:
            others: by the addresses that they replace.
            write: how an address is written.
        """
        parts = [self.between[0]]
        for url, written, after in zip(self.urls, self.written, self.between[1:], strict=True):
            other = others.get(url)
            parts += (written if other is None else write(other), after)
        return "".join(parts)


def split_html(text: str) -> Split:
    """Cut HTML at the values of the ``href`` of its links, such as lead to the web."""
    split, end = Split([], [], []), 0
    for part in _PARTS.finditer(text):
        if part["link"] is None:
            continue
        place = part.start("link")
        for attribute in _ATTRIBUTES.finditer(part["link"]):
            if attribute["name"].lower() == "href":  # the first one counts
                written = attribute["value"] or ""
                url = _meant(written)
                if _leads_to_the_web(url):
                    start = place + attribute.start("value")
                    _cut(split, text[end:start], written, url)
                    end = start + len(written)
                break
    split.between.append(text[end:])
    return split


def split_text(text: str) -> Split:
    """Cut plain text at its web addresses; punctuation after one is not part of it."""
    split, end = Split([], [], []), 0
    for found in _IN_TEXT.finditer(text):
        url = _trimmed(found[0])
        _cut(split, text[end : found.start()], url, url)
        end = found.start() + len(url)
    split.between.append(text[end:])
    return split


def as_attribute(url: str) -> str:
    """An address as the value of an attribute."""
    return f'"{html.escape(url)}"'


def inserted(text: str, addition: str) -> str:
    """HTML with something more at the end of what is shown."""
    end = text.lower().rfind("</body")
    return text + addition if end < 0 else text[:end] + addition + text[end:]


def _cut(split: Split, before: str, written: str, url: str) -> None:
    split.between.append(before)
    split.written.append(written)
    split.urls.append(url)


def _meant(written: str) -> str:
    """What the value of an attribute means."""
    if written[:1] in ("'", '"'):
        written = written[1:-1] if written[-1] == written[0] and len(written) > 1 else written[1:]
    return _REFERENCE.sub(_character, written).strip(_AROUND).translate(_WITHIN)


def _character(reference: re.Match[str]) -> str:
    name = reference[0][1:]
    known = name.startswith("#") or name in html5
    return html.unescape(reference[0]) if known else reference[0]


def _leads_to_the_web(url: str) -> bool:
    return url[:8].lower().startswith(("http://", "https://"))


def _trimmed(url: str) -> str:
    """An address in a text without the punctuation and brackets that belong to the sentence around it."""
    opened: list[str] = []
    for place, sign in enumerate(url):
        if sign in _BRACKETS.values():
            opened.append(sign)
        elif sign in _BRACKETS and (not opened or opened.pop() != _BRACKETS[sign]):
            url = url[:place]
            break
    return url.rstrip(_AFTER)

"""Makes the plain text of an email from its HTML: headings, lists, and links with their addresses."""

import re
from html.parser import HTMLParser

_SILENT = frozenset({"head", "style", "script", "title", "template"})
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "div",
        "dl",
        "dt",
        "dd",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    ]
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "table"})
"""What an empty line sets off."""
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_UNREAD = re.compile(r"<!--.*?-->|<head\b.*?</head\s*>|<style\b.*?</style\s*>", re.DOTALL | re.IGNORECASE)
"""Most of an email, in which nothing is to be read: it is left out first, since reading it takes long."""
_LAID_OUT = re.compile(r'<(table|tbody|tr|td|div)((?:\s+[\w-]+="[^"<>]*")+)\s*>')
"""The elements that an email's looks are made of, with their attributes, which are most of the rest."""
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "source", "track", "wbr"})


def text_of(html: str) -> str:
    """The text of an HTML document, as it is read without a mail program that shows HTML.

    What is hidden, such as a preview line, is left out.
    """
    reader = _Reader()
    reader.feed(_LAID_OUT.sub(_bare, _UNREAD.sub("", html)))
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.pieces).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _bare(found: re.Match[str]) -> str:
    """An element without its looks, unless they hide it."""
    return found[0] if "none" in found[2].lower() else f"<{found[1]}>"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent: list[str] = []
        """Open elements, from the first silent one on."""
        self._links: list[tuple[str, int]] = []
        self._lists: list[int | None] = []
        """The next number of each open list; None where it has none."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if self._silent or tag in _SILENT or _HIDDEN.search(found.get("style") or ""):
            if tag not in _VOID:
                self._silent.append(tag)
            return
        self._break(tag)
        match tag:
            case "br":
                self.pieces.append("\n")
            case "hr":
                self.pieces.append("\n---\n")
            case "img" if found.get("alt"):
                self.pieces.append(found["alt"] or "")
            case "a":
                self._links.append(((found.get("href") or "").strip(), len(self.pieces)))
            case "ul":
                self._lists.append(None)
            case "ol":
                self._lists.append(1)
            case "li":
                self._begin_item()
            case "td" | "th":
                self.pieces.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            if tag in self._silent:
                del self._silent[len(self._silent) - 1 - self._silent[::-1].index(tag) :]
            return
        if tag == "a" and self._links:
            self._end_link(*self._links.pop())
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        self._break(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            # Line ends of the HTML are spaces; the text's own come from elements.
            self.pieces.append(" ".join(re.split(r"[ \t\r\n\f]+", data)))

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n\n" if tag in _HEADINGS else "\n")

    def _begin_item(self) -> None:
        number = self._lists[-1] if self._lists else None
        if number is not None:
            self._lists[-1] = number + 1
        self.pieces.append("\n- " if number is None else f"\n{number}. ")

    def _end_link(self, address: str, since: int) -> None:
        said = "".join(self.pieces[since:]).strip()
        if address and not address.startswith(("#", "javascript:")) and address not in (said, f"mailto:{said}"):
            self.pieces.append(f" ({address})")

"""Finds where MJML is not well formed, since its compiler does not tell the line."""

from dataclasses import dataclass
from html.parser import HTMLParser

from hub.core.messaging.templates.mistakes import nearest

ELEMENTS = frozenset(
    [
        "mjml",
        "mj-head",
        "mj-body",
        "mj-attributes",
        "mj-all",
        "mj-class",
        "mj-breakpoint",
        "mj-font",
        "mj-html-attributes",
        "mj-selector",
        "mj-html-attribute",
        "mj-preview",
        "mj-style",
        "mj-title",
        "mj-accordion",
        "mj-accordion-element",
        "mj-accordion-title",
        "mj-accordion-text",
        "mj-button",
        "mj-carousel",
        "mj-carousel-image",
        "mj-column",
        "mj-divider",
        "mj-group",
        "mj-hero",
        "mj-image",
        "mj-include",
        "mj-navbar",
        "mj-navbar-link",
        "mj-raw",
        "mj-section",
        "mj-social",
        "mj-social-element",
        "mj-spacer",
        "mj-table",
        "mj-text",
        "mj-wrapper",
    ]
)
"""The elements of MJML 4."""
_ANY_BELOW = "mj-attributes"
"""Below this one, names of elements are not elements."""
_DEEPEST = 200


@dataclass(frozen=True)
class Fault:
    """Where MJML is not well formed."""

    line: int
    word: str
    reason: str


def first_fault(source: str) -> Fault | None:
    """The first element that is unknown, not closed, or closed though it is not open; None if all are well."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    if reader.fault is not None or not reader.open:
        return reader.fault
    line, tag = reader.open[-1]
    return Fault(line, tag, f"<{tag}> is not closed; write </{tag}> where it ends")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.fault: Fault | None = None
        self.open: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        if not tag.startswith("mj"):
            return
        if tag not in ELEMENTS and _ANY_BELOW not in [name for _, name in self.open]:
            self._found(Fault(line, tag, f"MJML has no <{tag}>{nearest(tag, ELEMENTS)}"))
        self.open.append((line, tag))
        if len(self.open) > _DEEPEST:
            self._found(Fault(line, tag, f"elements are nested more than {_DEEPEST} deep"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        before = len(self.open)
        self.handle_starttag(tag, attrs)
        del self.open[before:]

    def handle_endtag(self, tag: str) -> None:
        if not tag.startswith("mj"):
            return
        if not self.open or self.open[-1][1] != tag:
            where = f"<{self.open[-1][1]}> of line {self.open[-1][0]} is open" if self.open else "nothing is open"
            self._found(Fault(self.getpos()[0], tag, f"</{tag}> closes what is not open here: {where}"))
            return
        self.open.pop()

    def _found(self, fault: Fault) -> None:
        self.fault = self.fault or fault

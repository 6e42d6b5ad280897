"""Shows why a customer is in a segment, or is not: as an indented tree, and as data."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hub.core.segments.people.explaining import Explained
from hub.core.segments.people.figures import Figure


def as_data(part: Explained) -> dict[str, Any]:
    """A part of an explanation with all below, for programs."""
    return {
        "kind": part.kind.value,
        "matches": part.matches,
        "sentence": part.sentence,
        "text": part.text,
        "figures": {name: _plain(value) for name, value in part.figures.items()},
        "parts": [as_data(below) for below in part.parts],
    }


def as_lines(part: Explained, indent: int = 0) -> Iterable[str]:
    """A part of an explanation with all below, for people: yes or no, what is asked, the customer's figures."""
    figures = ", ".join(f"{name}: {_said(value)}" for name, value in part.figures.items())
    known = f"  ({figures})" if figures else ""
    yield f"{'  ' * indent}{'yes' if part.matches else 'no ':3}  {part.sentence}{known}"
    for below in part.parts:
        yield from as_lines(below, indent + 1)


def _plain(value: Figure) -> Figure:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _said(value: Figure) -> str:
    match value:
        case None:
            return "unknown"
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return f"{value:f}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
    return str(value)

"""What is told of segments' histories: results, reasons, and who entered and left."""

from collections.abc import Sequence
from typing import Any

from hub.core.app import Hub
from hub.core.engines.bitmap import Bitmap
from hub.core.segments.history.changes import ChangedCustomer
from hub.core.segments.history.recording import KeptChange
from hub.core.store.tables import ResultCause, SegmentReason, SegmentResult


def result_data(result: SegmentResult, reasons: Sequence[SegmentReason]) -> dict[str, Any]:
    """A result, for programs."""
    return {
        "id": result.id,
        "evaluated_at": result.evaluated_at,
        "day": result.day,
        "revision": result.revision,
        "cause": result.cause,
        "size": result.size,
        "entered": result.entered,
        "left": result.departed,
        "reasons": [
            {
                "text": reason.text,
                "is_new": reason.is_new,
                "entered_matching": reason.entered_matching,
                "entered_ceasing": reason.entered_ceasing,
                "left_matching": reason.departed_matching,
                "left_ceasing": reason.departed_ceasing,
            }
            for reason in reasons
        ],
    }


def result_row(result: SegmentResult, reasons: Sequence[SegmentReason]) -> tuple[object, ...]:
    """Size, who entered, who left and why, for people."""
    why = "; ".join(_said(reason) for reason in reasons)
    cause = _words(result.cause)
    return result.size, result.entered, result.departed, f"{cause}: {why}" if why else cause


def change_data(change: KeptChange) -> dict[str, Any]:
    """What an evaluation changed, for programs."""
    return {
        "name": change.segment.name,
        "cause": change.cause.value,
        "entered": change.entered,
        "left": change.departed,
    }


def change_row(change: KeptChange) -> tuple[object, ...]:
    """What an evaluation changed, for people."""
    return change.segment.name, change.entered, change.departed, _words(change.cause)


def changes_of(hub: Hub, names: Sequence[str]) -> Sequence[KeptChange]:
    """Evaluate segments; return what changed.

    Raises:
        NotFound: there is no such segment.
        DefinitionError: one of them can't be answered.
    """
    found = []
    for segment in [hub.segments.named(name) for name in names]:
        before = hub.segments.history(segment, 1)
        hub.segments.evaluate(segment, wait=True)
        found += [
            KeptChange(segment, ResultCause(now.cause), now.entered, now.departed)
            for now in hub.segments.history(segment, 1)
            if not before or now.id != before[0].id
        ]
    return found


def customers_data(hub: Hub, customers: Sequence[ChangedCustomer]) -> list[dict[str, Any]]:
    """Who entered or left, with what they are known by and why, for programs."""
    rows = hub.segments.rows(Bitmap.of([one.number for one in customers])).to_pylist()
    known = {row["number"]: row for row in rows}
    names = ("external_id", "email", "first_name", "last_name")
    return [
        {
            "number": one.number,
            **{name: known.get(one.number, {}).get(name) for name in names},
            "turned": [{"text": each.text, "matches": each.matches} for each in one.turned],
            "reasons": list(one.reasons),
        }
        for one in customers
    ]


def _said(reason: SegmentReason) -> str:
    matching = reason.entered_matching + reason.departed_matching
    ceasing = reason.entered_ceasing + reason.departed_ceasing
    parts = [
        f"now matches {matching:,}" if matching else "",
        f"no longer matches {ceasing:,}" if ceasing else "",
        "" if matching or ceasing else "is new",
    ]
    return f"{reason.text} {' and '.join(part for part in parts if part)}"


def _words(cause: str) -> str:
    return cause.replace("_", " ")

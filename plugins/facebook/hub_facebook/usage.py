"""How much of its allowance an app has used up, as Meta tells in headers of every answer."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_HEADERS = ("x-business-use-case-usage", "x-ad-account-usage", "x-app-usage")
_SHARES = ("call_count", "total_cputime", "total_time", "acc_id_util_pct")
_NEARLY_ALL = 95.0
"""Percent; at 100 Meta refuses every call."""
_PAUSE = 60.0
"""Seconds to let the allowance recover when Meta names no time itself."""


@dataclass(frozen=True)
class Usage:
    """The fullest of the allowances.

    Attributes:
        percent: how much of it is used up.
        regain: seconds until calls are let through again; 0 unless they are refused.
    """

    percent: float = 0.0
    regain: float = 0.0

    @property
    def pause(self) -> float:
        """Seconds to wait before the next piece of work; 0 while there is room."""
        if self.regain:
            return self.regain
        return _PAUSE if self.percent >= _NEARLY_ALL else 0.0


def read_usage(headers: Mapping[str, str]) -> Usage:
    """Read the headers; what can't be read counts as no usage."""
    entries = [entry for name in _HEADERS for entry in _entries(headers.get(name, ""))]
    shares = [_number(entry.get(share)) for entry in entries for share in _SHARES]
    minutes = [_number(entry.get("estimated_time_to_regain_access")) for entry in entries]
    return Usage(max(shares, default=0.0), max(minutes, default=0.0) * 60)


def _entries(header: str) -> Iterator[Mapping[str, Any]]:
    """The objects in a header: it is one, or has lists of them by business."""
    try:
        value = json.loads(header) if header else {}
    except ValueError:
        return
    if not isinstance(value, dict):
        return
    yield value
    for entries in value.values():
        yield from (entry for entry in entries if isinstance(entry, dict)) if isinstance(entries, list) else ()


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and value > 0 else 0.0

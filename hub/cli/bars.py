"""Shows how values are spread over customers: as bars of text, and as data."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from hub.cli.amounts import amount
from hub.cli.output import safe
from hub.core.contracts.distribution import DistributionKind
from hub.core.segments.dashboard.distributions import Bucket, Histogram

_WIDTH = 40
"""Characters of the longest bar."""


def as_data(histogram: Histogram, currency: str) -> dict[str, Any]:
    """A histogram, for programs: money as decimal text, days as days; ``to`` is not included."""
    is_money = histogram.kind is DistributionKind.MONEY

    def edge(value: int | date | str | None) -> int | date | str | None:
        return amount(value, currency) if is_money and isinstance(value, int) else value

    kind = DistributionKind.DAY if histogram.kind is DistributionKind.MOMENT else histogram.kind
    return {
        "kind": (DistributionKind.NUMBER if histogram.years else kind).value,
        "unit": "years" if histogram.years else currency if is_money else None,
        "buckets": [
            {"from": edge(bucket.low), "to": edge(bucket.high), "size": bucket.size}
            for bucket in histogram.buckets
        ],
        "unknown": histogram.unknown,
        "more": histogram.more,
    }


def as_lines(histogram: Histogram, currency: str) -> Iterator[str]:
    """A histogram, for people: what each bar is of, how many, and the bar itself."""
    bars = [(_label(bucket, histogram.kind, currency), bucket.size) for bucket in histogram.buckets]
    if histogram.unknown:
        bars.append(("unknown", histogram.unknown))
    yield from sized(bars)
    if histogram.more:
        yield "and others"


def sized(bars: Sequence[tuple[str, int]]) -> Iterator[str]:
    """Labels with their sizes, as numbers and as bars of which the longest is as long as all may be."""
    most = max((size for _, size in bars), default=0)
    labels = max((len(label) for label, _ in bars), default=0)
    sizes = max((len(f"{size:,}") for _, size in bars), default=0)
    for label, size in bars:
        bar = "#" * (-(-size * _WIDTH // most) if most else 0)
        yield f"{safe(label):>{labels}}  {size:>{sizes},}  {bar}".rstrip()


def _label(bucket: Bucket, kind: DistributionKind, currency: str) -> str:
    """What a bar is of, its last value included."""
    low, high = bucket.low, bucket.high
    if isinstance(low, str):
        return " ".join(low.split())
    is_money = kind is DistributionKind.MONEY

    def said(value: int | date) -> str:
        return amount(value, currency) if is_money and isinstance(value, int) else str(value)

    if high is None:
        return f"{said(low)} and more"
    last = high - timedelta(days=1) if isinstance(high, date) else high - 1
    return said(low) if last == low else f"{said(low)} to {said(last)}"

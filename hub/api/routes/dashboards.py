"""The operation that answers dashboards."""

from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from fastapi import APIRouter

from hub.api.audiences import meant
from hub.api.authorisation import GuardedRoute, needs
from hub.api.dependencies import TheHub
from hub.api.models.dashboards import BucketOut, DashboardOut, DashboardQuestion, FilterOut, HistogramOut
from hub.api.routes.describing import errors
from hub.core.access.tokens import Scope
from hub.core.contracts.distribution import DistributionKind
from hub.core.segments.dashboard.distributions import Histogram
from hub.core.segments.definition import dump

router = APIRouter(prefix="/dashboard", tags=["dashboards"], route_class=GuardedRoute)


@router.post(
    "", operation_id="openDashboard", summary="Open a dashboard", dependencies=[needs(Scope.SEGMENTS_READ)],
    responses=errors(404, 502, body=True),
)  # fmt: skip
def open_dashboard(hub: TheHub, asked: DashboardQuestion) -> DashboardOut:
    """Every number of a definition at once, with the distribution behind each criterion; nothing is kept.

    A segment, a view or a base that is given is what there is to choose from, less the ticket holders that are
    left out: all numbers are of those customers.
    """
    who = meant(hub, asked)
    state = hub.dashboard.open(who.criteria, who.base, as_of=asked.as_of, histograms=asked.histograms)
    language, currency = hub.segments.language, hub.organisation.currency
    return DashboardOut(
        size=state.size,
        base_size=state.base_size,
        as_of=state.evaluation.calendar.today,
        revision=state.evaluation.revision,
        text=language.print(who.criteria),
        sentence=language.describe(who.criteria),
        definition=dump(who.criteria),
        criteria=[
            FilterOut(
                text=language.print(each.node),
                sentence=language.describe(each.node),
                definition=dump(each.node),
                size=each.size,
                histogram=shown(each.histogram, currency) if each.histogram else None,
            )
            for each in state.filters
        ],
    )


def shown(histogram: Histogram, currency: str) -> HistogramOut:
    """A distribution as it travels.

    Args:
        histogram: the distribution.
        currency: ISO 4217 code of the organisation's currency.
    """
    kind: Any = _kind(histogram)
    is_money = histogram.kind is DistributionKind.MONEY
    digits = get_currency_precision(currency) if is_money else histogram.decimals
    as_decimals = is_money or histogram.decimals > 0
    return HistogramOut(
        kind=kind,
        unit="years" if histogram.years else currency if is_money else None,
        buckets=[
            BucketOut(
                start=_edge(bucket.low, digits, as_decimals=as_decimals),
                end=None if bucket.high is None else _edge(bucket.high, digits, as_decimals=as_decimals),
                size=bucket.size,
            )
            for bucket in histogram.buckets
        ],
        unknown=histogram.unknown,
        more=histogram.more,
    )


def _kind(histogram: Histogram) -> str:
    if histogram.years:
        return DistributionKind.NUMBER.value
    # People see days in both.
    return (DistributionKind.DAY if histogram.kind is DistributionKind.MOMENT else histogram.kind).value


def _edge(value: int | date | str, digits: int, *, as_decimals: bool) -> int | str:
    if isinstance(value, date):
        return value.isoformat()
    if as_decimals and isinstance(value, int):
        return f"{Decimal(value).scaleb(-digits):.{digits}f}"
    return value

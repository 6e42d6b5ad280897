"""Pages through listings that change while they are read, so that no row is passed over."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from hub_woocommerce.answers import Page, Row
from hub_woocommerce.api import PER_PAGE, Api
from hub_woocommerce.values import moment

_SECOND = timedelta(seconds=1)
_OVERLAP = 10
_STEP_BACK = 200


def by_modification(api: Api, resource: str, since: datetime | None, **query: str) -> Iterator[Page]:
    """Yield rows in the order of their last change, from ``since`` on; some of them twice.

    Page numbers would lose rows: a row that changes moves to the end, all behind it move up, and the first of
    the next page has slipped onto the page just read. So each page is asked for by the time of the last row
    before it, that second included. Only a second with more rows than a page is paged through by number,
    bounded on both sides, and from its start again whenever rows have left it.

    Args:
        api: the shop's.
        resource: one that can be sorted by ``modified``: orders, products.
        since: rows changed then or later are brought; None: all.
        query: further parameters.
    """
    query |= {"orderby": "modified", "order": "asc", "dates_are_gmt": "true"}
    mark, number, total, in_one_second = since, 1, 0, False
    while True:
        page = api.page(resource, **query, **_window(mark, in_one_second), page=str(number))
        if in_one_second and number > 1 and (page.total or 0) < total:
            number, total = 1, page.total or 0
            continue
        total = page.total or 0
        yield page
        last = max(filter(None, map(_modified, page.rows)), default=None)
        if not _has_more(page, number):
            if not in_one_second or mark is None:
                return
            mark, number, in_one_second = mark + _SECOND, 1, False
        elif not in_one_second and last is not None and (mark is None or last > mark):
            mark, number = last, 1
        elif mark is not None and not in_one_second:
            number, in_one_second = 1, True
        else:
            number += 1


def by_id(api: Api, resource: str, after: int, offset: int, **query: str) -> Iterator[tuple[Page, int]]:
    """Yield rows in the order of their ids, those after ``after``, each page with the offset it leads up to.

    Rows that are deleted meanwhile let those behind them move up. So each page begins before the end of the one
    before, and further back if it shows that more has moved than that.
    """
    query |= {"orderby": "id", "order": "asc"}
    while True:
        start = max(0, offset - _OVERLAP)
        page = api.page(resource, **query, offset=str(start))
        ids = [int(row["id"]) for row in page.rows if isinstance(row.get("id"), int)]
        if start > 0 and (not ids or min(ids) > after):
            offset = max(0, offset - _STEP_BACK)
            continue
        fresh = [row for row in page.rows if isinstance(row.get("id"), int) and row["id"] > after]
        after, offset = max([after, *ids]), start + len(page.rows)
        yield Page(fresh, page.total, page.pages, page.answered_at), offset
        at_end = len(page.rows) < PER_PAGE if page.total is None else start + PER_PAGE >= page.total
        if at_end or not page.rows:
            return


def _window(mark: datetime | None, in_one_second: bool) -> dict[str, str]:
    if mark is None:
        return {}
    window = {"modified_after": _written(mark - _SECOND)}  # after means later than, never at
    return window | {"modified_before": _written(mark + _SECOND)} if in_one_second else window


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S")


def _modified(row: Row) -> datetime | None:
    return moment(row.get("date_modified_gmt"))


def _has_more(page: Page, number: int) -> bool:
    """A page may have fewer rows than asked for though more follow: WooCommerce leaves out what it can't show."""
    return len(page.rows) >= PER_PAGE if page.pages is None else number < page.pages

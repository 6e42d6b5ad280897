"""Finds what is gone from a shop: accounts that are no longer listed, and orders that were deleted for good."""

from collections.abc import Sequence
from datetime import timedelta

from hub_woocommerce.answers import Page
from hub_woocommerce.api import PER_PAGE, Api
from hub_woocommerce.ids import IdSet
from hub_woocommerce.memory import Memory
from hub_woocommerce.paging import by_id

_EVERY = timedelta(days=1)
MOST_SWEPT = 50_000
"""Orders. To look through more of them would take too many requests."""


class Accounts:
    """The accounts of one reading, beside those that earlier readings met.

    Args:
        memory: what earlier readings met.
        from_start: whether the reading begins at the first account.
    """

    def __init__(self, memory: Memory, *, from_start: bool) -> None:
        self._known = IdSet.decode(memory.accounts)
        self._from_start = from_start
        self._met = IdSet()
        self._total: int | None = None

    def meet(self, page: Page) -> None:
        """Take note of a page."""
        self._total = page.total
        for row in page.rows:
            self._met.add(int(row["id"]))

    def settled(self) -> tuple[Sequence[str], str]:
        """The ids of those who are gone, and what to remember once they are deleted.

        Nobody is taken for gone unless the reading was whole.
        """
        if not self._from_start or self._total is None or len(self._met) < self._total:
            return [], (self._known.with_all(self._met) if self._known else self._met).encode()
        gone = self._known.less(self._met) if self._known else []
        return [str(number) for number in gone], self._met.encode()


def listed_orders(api: Api, memory: Memory) -> Sequence[str] | None:
    """The ids of all orders, once a day; None when it is not yet time, or there are too many.

    Orders leave by the bin, where they are seen. This finds those that programs delete for good at once, and
    those that were put in the bin and out of it between two readings.
    """
    now = api.page("orders", per_page="1", _fields="id").answered_at
    if memory.swept is None:  # Nothing can be gone that was brought just now.
        memory.swept = now
    if now - memory.swept < _EVERY:
        return None
    ids: list[str] = []
    total: int | None = None
    for page, _ in by_id(api, "orders", 0, 0, _fields="id"):
        total = page.total
        if total is None or total > MOST_SWEPT or len(ids) > MOST_SWEPT + PER_PAGE:
            memory.swept = now
            return None
        ids += [str(row["id"]) for row in page.rows]
    if total is None or len(ids) < total:
        return None
    memory.swept = now
    return ids

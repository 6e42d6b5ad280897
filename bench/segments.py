"""The segments that are asked for, and the same questions in SQL written by hand."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import cycle, islice, product
from zoneinfo import ZoneInfo

from bench.world import NOW

ONE = "revenue >= 200"
ONE_SQL = "revenue >= 20000"

TREE = (
    'country in ("DE") and orders >= 3 and last_purchase within 365 days and consent "newsletter" on email '
    'and bought category "opera" and tag none of ("press")'
)

_DAY = datetime(NOW.year, NOW.month, NOW.day, tzinfo=ZoneInfo("Europe/Berlin"))
_FROM, _UNTIL = (int((_DAY + timedelta(days=days)).timestamp()) for days in (-365, 1))

TREE_SQL = f"""
    country = 'DE' AND orders >= 3 AND last_purchase_at >= {_FROM} AND last_purchase_at < {_UNTIL}
    AND number IN (
        SELECT customer FROM consents WHERE permission = 'newsletter' AND channel = 'email' AND given)
    AND number IN (SELECT customer FROM lines WHERE category = 'opera')
    AND number NOT IN (SELECT customer FROM tags WHERE tag = 'press')"""


DASHBOARD = (
    "age >= 30 and gender women and lead_time <= 3 days and sales_channel online and tickets >= 4 and events >= 3 "
    'and orders >= 2 and revenue >= {revenue} and last_purchase within 365 days and consent "newsletter" on email '
    'and tag none of ("press") and country in ("DE") and account registered'
)
"""Thirteen filters; the blank is the one that moves, in whole units of money."""

MOVED_SQL = "revenue >= {revenue} * 100"

_THIRTY = (date(NOW.year - 30, NOW.month, NOW.day) - date(1970, 1, 1)).days
DASHBOARD_SQL = (
    f"born_day IS NULL OR born_day <= {_THIRTY}",
    "gender = 'female'",
    "number IN (SELECT customer FROM lines WHERE lead_days <= 3)",
    "number IN (SELECT customer FROM orders WHERE counts AND sales_channel = 'online')",
    "tickets >= 4",
    "events >= 3",
    "orders >= 2",
    "revenue >= 10000",
    f"last_purchase_at >= {_FROM} AND last_purchase_at < {_UNTIL}",
    "number IN (SELECT customer FROM consents WHERE permission = 'newsletter' AND channel = 'email' AND given)",
    "number NOT IN (SELECT customer FROM tags WHERE tag = 'press')",
    "country = 'DE'",
    "account_kind = 'registered'",
)
"""The same filters with 100 in the blank, one by one."""


def many_segments(count: int) -> Sequence[str]:
    """Segments of three criteria each, as an organisation would have them: some criteria are in several."""
    return list(islice(cycle(_mixed()), count))


def _mixed() -> Iterator[str]:
    what = [
        *(f'bought category "{name}"' for name in ("opera", "ballet", "concert", "drama", "musical")),
        *(f"orders >= {orders}" for orders in range(1, 6)),
        *(f"revenue >= {revenue}" for revenue in range(100, 600, 100)),
        *(f'city in ("{name}")' for name in ("Berlin", "Hamburg", "Wien", "Potsdam", "Leipzig")),
    ]
    who = [
        'consent "newsletter" on email',
        'tag none of ("press")',
        "last_purchase within 180 days",
        "last_purchase more than 365 days ago",
        "age < 30 known only",
    ]
    besides = cycle(
        [
            *(f'not bought event "e{number}"' for number in range(30)),
            *(f"lead_time <= {days} days" for days in range(30)),
            *(f'ticket_for venue in ("Hall {number % 7}") back {number} days' for number in range(40)),
        ]
    )
    return (
        f"{one} and {other} and {third}" for (one, other), third in zip(product(what, who), besides, strict=False)
    )

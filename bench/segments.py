"""The segments that are asked for, and the same questions in SQL written by hand."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
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
        SELECT customer FROM standing_consents WHERE permission = 'newsletter' AND channel = 'email' AND given)
    AND number IN (SELECT customer FROM lines WHERE category = 'opera')
    AND number NOT IN (SELECT customer FROM customer_tags WHERE tag = 'press')"""


def many_segments(count: int) -> Sequence[str]:
    """Segments of two criteria each, as an organisation would have them: some criteria are in several."""
    return list(islice(cycle(_pairs()), count))


def _pairs() -> Iterator[str]:
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
    return (f"{one} and {other}" for one, other in product(what, who))

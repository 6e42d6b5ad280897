"""docs/delivery.md names the statuses, fates and reasons that there are, and nothing else."""

import re
from pathlib import Path

from hub.core.contracts.channel_abilities import Fate
from hub.core.messaging.fates import polling
from hub.core.messaging.fates.progress import PROGRESS
from hub.core.messaging.fates.reports import STATUS_OF
from hub.core.store.tables import MessageStatus, SuppressionReason

PAGE = (Path(__file__).parents[3] / "docs" / "delivery.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The words in backticks of each row of the table with this heading."""
    (table,) = re.findall(rf"(?s)\| {re.escape(heading)} \|\n\|[-|]+\|\n(.*?)\n\n", PAGE)
    return [re.findall(r"`(\w+)`", row) for row in table.splitlines()]


def test_every_status_is_on_the_page_in_the_order_in_which_they_follow() -> None:
    named = [words[0] for words in rows("status | meaning")]
    assert named == [*(one.value for one in PROGRESS), "withheld", "cancelled"]
    assert set(named) == set(MessageStatus)


def test_every_fate_is_on_the_page_with_the_status_it_makes() -> None:
    named = {words[0]: words[-1] for words in rows("fate | meaning | the status it makes")}
    assert named == {fate.value: STATUS_OF[fate].value for fate in Fate}


def test_every_reason_is_on_the_page() -> None:
    assert [words[0] for words in rows("reason | meaning")] == [one.value for one in SuppressionReason]


def test_the_ages_are_on_the_page() -> None:
    hours = [f"{age.total_seconds() / 3600:.0f} hour" for age in polling.AGES[1:]]
    assert all(one in PAGE for one in ("5 minutes", "every 15 minutes", f"{polling.MOST:,} in a run", *hours))

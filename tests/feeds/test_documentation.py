"""docs/feeds.md names what there is, and nothing else."""

import re
from pathlib import Path

from hub.core.feeds.columns import FEED_COLUMNS, USUAL_COLUMNS
from hub.core.feeds.writing import FeedForm

PAGE = (Path(__file__).parents[2] / "docs" / "feeds.md").read_text(encoding="utf-8")


def test_every_column_is_on_the_page_and_nothing_else() -> None:
    (table,) = re.findall(r"(?s)\| column \| meaning \|\n\|---\|---\|\n(.*?)\n\n", PAGE)
    named = [name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert len(named) == len(set(named))
    assert set(named) == set(FEED_COLUMNS)
    (usual,) = re.findall(r"If none are chosen: (.*?)\.", PAGE)
    assert tuple(re.findall(r"`(\w+)`", usual)) == USUAL_COLUMNS


def test_every_form_is_on_the_page() -> None:
    assert set(re.findall(r"^\| `/feeds/….(\w+)` \|", PAGE, re.MULTILINE)) == {form.value for form in FeedForm}

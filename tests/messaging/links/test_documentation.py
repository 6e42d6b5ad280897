"""docs/links.md says what is so."""

import re
from pathlib import Path

from hub.core.messaging.links.following import TOO_SOON_SECONDS
from hub.core.messaging.links.tracking import LONGEST_URL, MOST_LINKS
from hub.core.messaging.unsubscribing import RESUME_WITHIN, RESUMED, UNSUBSCRIBED
from hub.core.store.clicks import BURST_SECONDS, TRAP_SECONDS
from hub.core.store.clicks import MOST_LINKS as MOST_OF_A_BURST
from hub.web.application import PATHS

PAGE = " ".join((Path(__file__).parents[3] / "docs" / "links.md").read_text(encoding="utf-8").split())


def test_every_address_is_named_and_nothing_else() -> None:
    assert set(re.findall(r"\| `(/\w+/)….*?` \|", PAGE)) == set(PATHS)


def test_the_numbers_are_those() -> None:
    assert f"longer than {LONGEST_URL:,} bytes" in PAGE
    assert f"the first {MOST_LINKS:,} addresses" in PAGE
    assert f"less than {TOO_SOON_SECONDS} seconds after" in PAGE
    assert f"more than {MOST_OF_A_BURST} different links of one message within {BURST_SECONDS} seconds" in PAGE
    assert f"within {TRAP_SECONDS} seconds before and after" in PAGE
    assert RESUME_WITHIN.total_seconds() == 3600
    assert "For an hour after it a mistake can be undone" in PAGE
    assert f"the place `{UNSUBSCRIBED}`" in PAGE
    assert f"the place `{RESUMED}`" in PAGE

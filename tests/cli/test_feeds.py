"""``hub feed``: from its making to its end, and what must be said."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.core.app import open_hub
from hub.core.feeds.notes import Reader
from hub.core.feeds.writing import FeedForm

Run = Callable[..., Any]
FREELY = "--without-consent"


@pytest.fixture
def create(run: Run, home: Path) -> Run:
    def made(*words: str, code: int = 0) -> Any:
        return run("feed", "create", "shop", "--segment", "Buyers", *words, code=code)

    return made


def read(home: Path, address: str) -> int:
    """Read a feed as the server would; how many were handed out."""
    hub = open_hub(home)
    secret = address.rpartition("/")[2].partition(".")[0]
    handout = hub.feed_reading.read(secret, FeedForm.CSV, Reader("203.0.113.9", "curl/8"), lambda _: False)
    hub.close()
    assert handout.rows is not None
    return int(handout.rows.num_rows)


def test_a_feed_from_its_making_to_its_end(run: Run, create: Run, home: Path) -> None:
    made = create(FREELY, "--columns", "external_id, email", "--json").data
    assert (made["name"], made["columns"]) == ("shop", ["external_id", "email"])
    assert read(home, made["addresses"]["csv"]) == 3
    assert run("feed", "reads", "shop", "--json").data[0]["members"] == 3
    assert "203.0.113.9  csv      200        3  curl/8" in run("feed", "reads", "shop").out
    rotated = run("feed", "rotate", "shop")
    assert made["addresses"]["csv"] not in rotated.out
    assert "not shown again" in rotated.err
    (listed,) = run("feed", "list", "--json").data
    assert "addresses" not in listed
    assert (listed["segment"], listed["problem"], bool(listed["last_read_at"])) == ("Buyers", None, True)
    assert run("feed", "list").out.splitlines()[1].endswith("in force")
    assert "used by the feed 'shop'; revoke that first" in run("segment", "remove", "Buyers", code=1).err
    assert run("feed", "revoke", "shop", "--json").data == {"name": "shop", "revoked": True}
    assert "status:       revoked" in run("feed", "show", "shop").out
    assert run("feed", "rotate", "shop", code=1).err.startswith("Error: the feed 'shop' was revoked for good")
    assert run("feed", "remove", "shop").out == "Removed the feed 'shop'.\n"
    assert run("feed", "show", "shop", "--json", code=1).error["type"] == "NotFound"


def test_an_address_is_whole_where_the_settings_say_how_others_get_there(
    create: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_PUBLIC_URL", "https://hub.example.com/audience/")
    csv_address, json_address = create(FREELY).out.split()
    assert csv_address.startswith("https://hub.example.com/audience/feeds/")
    assert json_address == csv_address.removesuffix("csv") + "json"


@pytest.mark.parametrize("wrong", ["hub.example.com", "https://", "https://hub.example.com/?a=b", "ftp://hub"])
def test_a_public_url_is_one(run: Run, create: Run, monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("HUB_PUBLIC_URL", wrong)
    assert "HUB_PUBLIC_URL" in create(FREELY, code=1).err


@pytest.mark.parametrize("words", [(), (FREELY, "--permission", "newsletter")])
def test_consent_is_spoken_of(create: Run, words: tuple[str, ...]) -> None:
    assert "--without-consent" in create(*words, code=2).err


def test_what_can_not_be_is_told(run: Run, create: Run) -> None:
    assert "choose from number, external_id" in create(FREELY, "--columns", "iban", code=1).err
    assert "has no view 'gone'" in create(FREELY, "--view", "gone", code=1).err
    assert "a channel only makes sense" in create(FREELY, "--channel", "sms", code=1).err
    assert run("feed", "list").out == "There are none.\n"
    assert "`hub feed list`" in run("feed", "reads", "shop", code=1).err

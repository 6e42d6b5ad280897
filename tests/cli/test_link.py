"""``hub link``: from its making to its end, and what must be said."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
OFFER = ("Spring", "https://x.example/offer")


def test_a_link_from_its_making_to_its_end(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("link", "list").out == "There are none.\n"
    made = run("link", "create", *OFFER, "--days", "3", "--valid-until", "2026-03-31T20:00Z", "--json").data
    assert (made["days"], made["valid_until"], made["clicks"]) == (3, "2026-03-31T20:00:00+00:00", 0)
    assert made["address"].startswith("/c/")
    monkeypatch.setenv("HUB_PUBLIC_URL", "https://hub.example.com/audience/")
    assert (
        run("link", "show", "spring", "--json").data["address"]
        == f"https://hub.example.com/audience{made['address']}"
    )
    assert "valid until:  2026-03-31 22:00" in run("link", "show", "Spring").out
    assert run("link", "list").out.splitlines()[1].endswith("https://x.example/offer")
    assert run("link", "create", "Autumn", "https://x.example").out.startswith(
        "https://hub.example.com/audience/c/"
    )
    assert run("link", "remove", "Spring").out.startswith("Removed the campaign link 'Spring'")
    assert run("link", "show", "Spring", "--json", code=1).error["type"] == "NotFound"


def test_what_can_not_be_is_told(run: Run, home: Path) -> None:
    assert "no web address" in run("link", "create", "Spring", "x.example", code=1).err
    assert "no event 'E'" in run("link", "create", *OFFER, "--event", "E", code=1).err
    assert "no production 'P'" in run("link", "create", *OFFER, "--production", "P", code=1).err
    assert "with its zone" in run("link", "create", *OFFER, "--valid-until", "2026-03-31T20:00", code=2).err
    assert run("link", "create", *OFFER).code == 0
    assert "called 'Spring' already" in run("link", "create", *OFFER, code=1).err

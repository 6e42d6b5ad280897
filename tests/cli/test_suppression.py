"""``hub suppression``, and where a webhook's address is shown."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.testing.platforms.viber import ViberServer

Run = Callable[..., Any]
TOKEN = "inventedtoken0123456789"


def test_an_address_is_added_listed_and_lifted(run: Run, home: Path) -> None:
    assert "There are none" in run("suppression", "list").out
    assert "on sms" in run("suppression", "add", "sms", "030 1234567").out
    listed = run("suppression", "list")
    assert "by hand" in listed.out
    (one,) = run("suppression", "list", "--json", "--limit", "5").data
    assert (one["channel"], one["reason"], one["detail"]) == ("sms", "by_hand", "")
    assert "1234567" not in listed.out
    assert b"1234567" not in b"".join(file.read_bytes() for file in home.glob("hub.sqlite*"))
    assert run("suppression", "lift", "sms", "+49 30 1234567", "--json").data == {
        "channel": "sms",
        "suppressed": False,
    }
    assert run("suppression", "list", "--json").data == []
    assert "not suppressed" in run("suppression", "lift", "sms", "+49 30 1234567", code=1).err


def test_what_is_no_address_is_told_without_it(run: Run, home: Path) -> None:
    said = run("suppression", "add", "email", "@hunter", code=1).err
    assert "no email address" in said
    assert "hunter" not in said


@pytest.mark.parametrize("public", ["", "https://hub.example.com"])
def test_a_webhooks_address_is_shown(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch, public: str) -> None:
    monkeypatch.setenv("HUB_PUBLIC_URL", public)
    with ViberServer(TOKEN) as server:
        said = ("--set", f"auth_token={TOKEN}", "--set", "sender_name=Theatre", "--set", f"base_url={server.url}")
        made = run("connect", "viber", "bot", *said)
    address = f"{public}/webhooks/1"
    assert address in made.err
    assert f"webhook={address}" in run("connections").out
    assert run("connections", "--json").data[0]["webhook"] == address


def test_a_connection_that_nobody_calls_shows_none(run: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "guests.csv").write_text("id\ng1\n")
    run("connect", "csv", "guests", "--set", f"path={tmp_path / 'guests.csv'}", "--set", "kind=customers")
    assert run("connections", "--json").data[0]["webhook"] is None
    assert "webhook" not in run("connections").out

"""``hub plugins``, ``token``, ``channel`` and ``replica``."""

import hashlib
import socket
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from hub.core.access.tokens import Scope
from hub.core.contracts.records import ConsentChannel
from hub.core.registry import Kind
from hub.core.segments.people.members import MemberOrder
from hub.core.store.tables import SyncMode

Run = Callable[..., Any]


def test_plugins_are_listed_with_what_they_bring(run: Run, home: Path) -> None:
    listed = {one["name"]: one for one in run("plugins", "--json").data}
    assert {"criteria", "csv", "email", "mailchimp"} <= listed.keys()
    assert {(item["kind"], item["name"]) for item in listed["csv"]["components"]} == {
        ("data_source", "csv"),
        ("audience_sink", "csv"),
    }
    assert "message channel email" in run("plugins").out


def test_a_plugin_that_is_switched_off_is_listed(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_DISABLED_PLUGINS", '["mailchimp"]')
    states = {one["name"]: one["state"] for one in run("plugins", "--json").data}
    assert (states["mailchimp"], states["csv"]) == ("disabled", "loaded")
    assert "'mailchimp' is disabled" in run("connect", "mailchimp", "x", code=1).err


def test_a_token_is_printed_once_and_kept_as_a_digest(run: Run, home: Path) -> None:
    made = run("token", "create", "dashboard", "--scope", "segments:read", "--scope", "syncs:read")
    token = made.out.strip()
    assert token.startswith("hub_")
    assert made.out == f"{token}\n"
    with sqlite3.connect(home / "hub.sqlite") as store:
        kept = store.execute("SELECT digest, scopes FROM access_tokens").fetchall()
    store.close()
    assert kept == [(hashlib.sha256(token.encode()).hexdigest(), "segments:read syncs:read")]
    (listed,) = run("token", "list", "--json").data
    assert (listed["name"], listed["scopes"]) == ("dashboard", ["segments:read", "syncs:read"])
    assert token not in run("token", "list").out
    run("token", "revoke", "dashboard")
    assert run("token", "list", "--json").data == []
    assert "there is no token 'dashboard'" in run("token", "revoke", "dashboard", code=1).err


@pytest.mark.parametrize("words", [("x",), ("x", "--scope", "everything"), (" ", "--scope", "syncs:read")])
def test_a_token_needs_a_name_and_scopes(run: Run, home: Path, words: tuple[str, ...]) -> None:
    assert run("token", "create", *words, code=2).out == ""


def test_help_names_every_choice(run: Run) -> None:
    for words, choices in (
        (("token", "create"), list(Scope)),
        (("segment", "members"), list(MemberOrder)),
        (("sync", "create"), [*SyncMode, *ConsentChannel]),
        (("connect",), [kind for kind in Kind if kind is not Kind.CRITERION]),
    ):
        said = "".join(run(*words, "--help").out.replace("│", " ").split())
        assert [choice for choice in choices if choice not in said] == []


class _Mailbox:
    def __init__(self) -> None:
        self.messages: list[Envelope] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 - its name
        if "refused@example.com" in envelope.rcpt_tos:
            return "550 no such user"
        self.messages.append(envelope)
        return "250 taken"


@pytest.fixture
def mailbox(run: Run, home: Path) -> Iterator[_Mailbox]:
    """A mail server, connected as ``mail``."""
    box = _Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings = ("host=127.0.0.1", f"port={port}", "security=none", "sender=box-office@example.com")
    run("connect", "email", "mail", *(word for one in settings for word in ("--set", one)))
    yield box
    controller.stop()


def test_a_test_message_arrives(run: Run, mailbox: _Mailbox) -> None:
    first = run("channel", "test", "mail", "--to", "ada@example.com", "--json").data
    second = run("channel", "test", "mail", "--to", "ada@example.com", "--json").data
    assert first["id"] != second["id"]
    assert first["delivery"] == "queued"
    assert [one.rcpt_tos for one in mailbox.messages] == [["ada@example.com"]] * 2
    content = mailbox.messages[0].content
    assert isinstance(content, bytes)
    assert b"Theater am Ufer" in content
    assert first["reference"].encode() in content


@pytest.mark.parametrize(("address", "code"), [("refused@example.com", 1), ("no address", 1), ("", 2)])
def test_an_address_that_is_refused_is_told(run: Run, mailbox: _Mailbox, address: str, code: int) -> None:
    assert run("channel", "test", "mail", "--to", address, code=code).err.startswith("Error: ")
    assert mailbox.messages == []


def test_only_a_message_channel_can_be_tried(run: Run, home: Path) -> None:
    run("connect", "csv", "files", "--kind", "audience_sink")
    assert "is no message channel" in run("channel", "test", "files", "--to", "a@example.com", code=1).err


def test_a_replica_is_built_anew(run: Run, home: Path) -> None:
    (file,) = (home / "replica").glob("*.duckdb")
    file.write_bytes(b"damaged beyond recognition" * 1000)
    assert run("replica", "rebuild", "--json").data["customers"] == 4
    with duckdb.connect(str(file), read_only=True) as replica:
        assert replica.execute("SELECT count(*) FROM traits").fetchone() == (4,)
    assert run("segment", "count", "everyone").out == "4\n"

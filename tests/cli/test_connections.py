"""``hub connect`` and ``hub connections``: settings checked, secrets kept out of sight."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.testing.platforms.faults import Fault
from hub.testing.platforms.mailchimp import MailchimpServer

Run = Callable[..., Any]
KEY = "invented0123456789-us3"


@pytest.fixture
def platform() -> Iterator[MailchimpServer]:
    with MailchimpServer(KEY) as server:
        yield server


@pytest.fixture
def settings(platform: MailchimpServer) -> tuple[str, ...]:
    return ("--set", f"list_id={platform.add_list('Friends')}", "--set", f"base_url={platform.url}")


@pytest.mark.parametrize("way", ["file", "input", "word"])
def test_a_secret_comes_by_file_by_input_or_as_a_word(
    run: Run, home: Path, tmp_path: Path, settings: tuple[str, ...], way: str
) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")
    said = {"file": f"api_key=@{tmp_path / 'key'}", "input": "api_key=-", "word": f"api_key={KEY}"}[way]
    made = run("connect", "mailchimp", "news", "--set", said, *settings, stdin=f"{KEY}\nmore")
    listed = run("connections")
    as_json = run("connections", "--json")
    assert as_json.data[0]["settings"]["api_key"] == "••••"
    assert (as_json.data[0]["component"], as_json.data[0]["kind"]) == ("mailchimp", "audience_sink")
    for shown in (made, listed, as_json):
        assert KEY not in shown.out + shown.err
    assert KEY.encode() not in b"".join(file.read_bytes() for file in home.glob("hub.sqlite*"))


def test_a_wrong_key_is_told_and_nothing_is_kept(run: Run, home: Path, settings: tuple[str, ...]) -> None:
    said = run("connect", "mailchimp", "news", "--set", "api_key=wrong0123456789-us3", *settings, "--json", code=1)
    assert said.error["type"] == "NotAuthorised"
    assert "wrong0123456789" not in said.err
    assert run("connections", "--json").data == []


def test_an_unknown_plugin_is_told(run: Run, home: Path) -> None:
    assert "'malchimp'; did you mean 'mailchimp'?" in run("connect", "malchimp", "x", code=1).err


def test_a_wrong_setting_is_told_without_its_value(run: Run, home: Path) -> None:
    said = run("connect", "mailchimp", "x", "--set", "apikey=hunter22", "--set", "list_id=a1", code=1).err
    assert "did you mean 'api_key'?" in said
    assert "hunter22" not in said


@pytest.mark.parametrize(
    "words", [("--set", "hunter22"), ("--set", "=hunter22"), ("--set", "a=hunter22", "--set", "a=b")]
)
def test_a_malformed_setting_is_wrong_usage_and_not_repeated(run: Run, home: Path, words: tuple[str, ...]) -> None:
    said = run("connect", "csv", "x", *words, code=2).err
    assert "--set" in said
    assert "hunter22" not in said


def test_a_value_that_can_not_be_read_is_told(run: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    assert "'folder' can't be read" in run("connect", "csv", "x", "--set", f"folder=@{tmp_path}/no", code=1).err
    assert "not written in UTF-8" in run("connect", "csv", "x", "--set", f"folder=@{tmp_path}/bytes", code=1).err
    assert "standard input ended" in run("connect", "csv", "x", "--set", "folder=-", code=1, stdin="").err


def test_a_doubled_sign_begins_a_value_with_it(run: Run, home: Path) -> None:
    run("connect", "csv", "x", "--set", "folder=@@home", "--json")
    assert run("connections", "--json").data[0]["settings"]["folder"] == "@home"


def test_what_can_mean_two_things_must_be_said(run: Run, home: Path) -> None:
    assert "say which with --kind" in run("connect", "csv", "x", code=1).err
    assert run("connect", "csv", "x", "--kind", "audience_sink", "--json").data["kind"] == "audience_sink"
    assert "is none of" in run("connect", "csv", "y", "--kind", "sink", code=2).err
    assert "needs no connection" in run("connect", "csv", "y", "--kind", "criterion", code=2).err


def test_a_setting_may_be_json(run: Run, home: Path) -> None:
    run("connect", "csv", "x", "--set", 'columns=["email", "city"]')
    assert run("connections", "--json").data[0]["settings"]["columns"] == ["email", "city"]


def test_a_platform_in_trouble_is_a_passing_fault(
    run: Run, home: Path, platform: MailchimpServer, settings: tuple[str, ...]
) -> None:
    # It asks for more patience than one command has, so the hub does not wait.
    platform.faults.add(Fault.bodyless(503, headers={"Retry-After": "3600"}), times=100)
    said = run("connect", "mailchimp", "news", "--set", f"api_key={KEY}", *settings, "--json", code=75)
    assert (said.error["type"], said.error["exit_code"]) == ("TryAgain", 75)
    assert KEY not in said.err


def test_a_lost_server_is_a_passing_fault(run: Run, home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = ("host=127.0.0.1", f"port={port}", "security=none", "sender=a@example.com")
    said = run("connect", "email", "mail", *(word for one in settings for word in ("--set", one)), code=75)
    assert said.err.startswith("Error: ")
    assert run("connections", "--json").data == []


def test_a_connection_whose_key_is_lost_is_listed_with_the_reason(
    run: Run, home: Path, settings: tuple[str, ...]
) -> None:
    run("connect", "mailchimp", "news", "--set", f"api_key={KEY}", *settings)
    run("connect", "csv", "files", "--kind", "audience_sink")
    (home / "secrets.key").unlink()
    files, news = run("connections", "--json").data
    assert (files["problem"], news["settings"]) == ("", None)
    assert "secrets.key is missing" in news["problem"]
    assert "secrets.key is missing" in run("connections").out

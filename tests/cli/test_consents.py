"""``hub consent``: texts, captures, withdrawals and the proof."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
CAPTURE = ("consent", "capture", "1", "--permission", "newsletter", "--version", "1", "--place", "profile")


@pytest.fixture
def text(run: Run, home: Path) -> None:
    """A first version of a text."""
    run("consent", "text", "publish", "newsletter", "May we write?", "--channel", "email", "--channel", "sms")


def test_each_change_of_a_text_is_a_version(run: Run, home: Path, tmp_path: Path) -> None:
    said = run("consent", "text", "publish", "newsletter", "May we write?").out
    assert said == "Version 1 of 'newsletter' is in force; it asks for email.\n"
    (tmp_path / "words.txt").write_text("Other words", encoding="utf-8")
    asked = ("consent", "text", "publish", "newsletter", f"@{tmp_path / 'words.txt'}", "--double-opt-in", "--json")
    made = run(*asked).data
    assert (made["version"], made["text"], made["channels"], made["double_opt_in"]) == (
        2, "Other words", ["email"], True,
    )  # fmt: skip
    assert run(*asked).data["version"] == 2
    (listed,) = run("consent", "text", "list", "--json").data
    assert listed["version"] == 2
    assert run("consent", "text", "list").out.splitlines()[1].endswith("email     yes            Other words")
    assert run("consent", "text", "show", "newsletter", "--version", "1").out.endswith("\n\nMay we write?\n")
    versions = run("consent", "text", "show", "newsletter", "--versions", "--json").data
    assert [one["version"] for one in versions] == [2, 1]
    assert "has no version 3" in run("consent", "text", "show", "newsletter", "--version", "3", code=1).err
    run("consent", "text", "show", "newsletter", "--version", "1", "--versions", code=2)


def test_a_customer_ticks_withdraws_and_has_a_proof(run: Run, text: None, tmp_path: Path) -> None:
    captured = run(
        *CAPTURE, "--given", "email", "--not-given", "sms", "--at", "2024-01-31T09:30:00Z", "--json"
    ).data
    assert captured == {"number": 1, "outcomes": {"email": "recorded", "sms": "already_so"}}
    assert "email    already so" in run(*CAPTURE, "--given", "email").out
    assert run("consent", "withdraw", "--id", "1", "--channel", "sms").out == "Nothing stood of customer 1.\n"
    assert run("consent", "withdraw", "1", "--permission", "newsletter").out == "Withdrew 1 of customer 1.\n"
    told = run("consent", "proof", "1").out
    assert "stands:   nothing" in told
    assert "2024-01-31 10:30  newsletter  email    given            1  profile" in told
    proof = run("consent", "proof", "--id", "1", "--json").data
    assert [(one["given"], one["place"]) for one in proof["entries"]] == [(True, "profile"), (False, "by hand")]
    file = tmp_path / "proof.html"
    run("consent", "proof", "1", "--output", file, "--language", "de")
    page = file.read_text(encoding="utf-8")
    assert "Nachweis der Einwilligung" in page
    assert "May we write?" in page
    assert "ada@example.com" in page
    assert file.stat().st_mode & 0o077 == 0


def test_a_new_customer_is_made(run: Run, text: None) -> None:
    words = (
        "--source", "shop", "--email", "emil@example.com", "--phone", "110", "--first-name", "Emil",
        "--last-name", "Eck", "--language", "da", "--given", "email",
    )  # fmt: skip
    number = run(*CAPTURE, *words, "--json").data["number"]
    assert number == 5
    assert run("consent", "proof", "5", "--json").data["name"] == "Emil Eck"


def test_double_opt_in_waits_to_be_confirmed(run: Run, text: None) -> None:
    run("consent", "text", "publish", "newsletter", "May we write?", "--double-opt-in")
    said = run(
        *(
            "2" if word == "1" and before == "--version" else word
            for before, word in zip(("", *CAPTURE), CAPTURE, strict=False)
        ),
        "--given",
        "email",
    )
    assert "email    asked" in said.out
    assert "could not be asked to confirm yet" in said.err
    (request,) = run("consent", "requests", "--json").data
    assert (request["number"], request["channel"], request["sent_at"]) == (1, "email", None)
    assert "newsletter  email" in run("consent", "requests", "--limit", "1").out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--given", "phone"), 1, "does not ask for phone"),
        (("--given", "email", "--not-given", "email"), 2, "ticked or not, not both"),
        (("--given", "fax"), 2, "'fax' is none of"),
        (("--given", "email", "--guest"), 1, "only an order is placed as a guest"),
        (("--given", "email", "--place", "home"), 2, "'home' is none of registration, order, profile"),
        (("--given", "email", "--at", "yesterday"), 2, "is no moment with a time zone"),
        (("--given", "email", "--at", "2024-01-31T09:30:00"), 2, "is no moment with a time zone"),
        ((), 1, "at least one channel"),
    ],
)
def test_what_can_not_be_is_told(run: Run, text: None, words: tuple[str, ...], code: int, said: str) -> None:
    told = run(*CAPTURE, *words, code=code).err
    assert said in " ".join(told.replace("│", " ").split())


def test_a_proof_in_no_language_and_of_nobody(run: Run, home: Path) -> None:
    assert "is none of en, de, da" in " ".join(
        run("consent", "proof", "1", "--language", "fr", code=2).err.split()
    )
    assert "there is no customer 99" in run("consent", "proof", "99", code=1).err
    assert "say which customer" in " ".join(run("consent", "proof", code=2).err.split())

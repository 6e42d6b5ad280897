"""``hub message``: one customer is written to, what became of it is told, and the rules are set."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.letterbox import Letterbox

Run = Callable[..., Any]
NOTICE = ("--channel", "email", "--subject", "Your seats", "--without-consent")


@pytest.fixture
def letterbox(home: Path, run: Run) -> Iterator[Letterbox]:
    """A hub with a mail server; the server."""
    settings = home / "hub.toml"
    settings.write_text(settings.read_text() + 'public_url = "https://hub.example.com"\n')
    with Letterbox() as found:
        words = ("host=127.0.0.1", f"port={found.port}", "security=none", "sender=desk@example.com")
        run("connect", "email", "mail", *(word for one in words for word in ("--set", one)))
        yield found


def test_a_customer_is_written_to(run: Run, letterbox: Letterbox, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("We moved you\nto the stalls.\n")
    sent = run("message", "send", 1, f"@{tmp_path / 'words.txt'}", *NOTICE)
    assert sent.out == "Message 1 is sent\n"
    assert letterbox.text_to("ada@example.com").replace("\r", "") == "We moved you\nto the stalls."
    shown = run("message", "show", 1)
    assert "permission:  none was needed" in shown.out
    assert "@" not in shown.out
    assert run("message", "show", 1, "--json").data["text"] == "We moved you\nto the stalls.\n"
    run("message", "send", 1, "Again", *NOTICE)
    listed = run("message", "list", 1, "--limit", 1)
    assert "go on with --before 2" in listed.err
    assert [one["id"] for one in run("message", "list", 1, "--before", 2, "--json").data] == [1]
    assert [one["id"] for one in run("customer", "show", 1, "--json").data["newest_messages"]] == [2, 1]


def test_one_key_is_one_message(run: Run, letterbox: Letterbox) -> None:
    for _ in range(2):
        run("message", "send", 1, "Once", *NOTICE, "--key", "order 17")
    assert letterbox.addresses == ["ada@example.com"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((1, "x", "--channel", "email", "--subject", "s"), 2, "--without-consent"),
        ((1, "x", *NOTICE, "--permission", "newsletter"), 2, "--without-consent"),
        ((1, "x", *NOTICE[:4], "--permission", "newsletter"), 1, "has not agreed to 'newsletter' on email"),
        ((9, "x", *NOTICE), 1, "no customer"),
        ((1, "", *NOTICE), 1, "nothing to send"),
        ((1, "x", "--channel", "email", "--without-consent"), 1, "needs a subject"),
        ((1, "x", "--channel", "sms", "--without-consent"), 1, "nothing is connected"),
        ((1, "@missing.txt", *NOTICE), 1, "can't be read"),
        ((1, "x", *NOTICE, "--connection", "none"), 1, "no connection 'none'"),
    ],
)
def test_what_can_not_be_written_is_refused(
    run: Run, letterbox: Letterbox, words: tuple[Any, ...], code: int, said: str
) -> None:
    assert said in " ".join(run("message", "send", *words, code=code).err.split())
    assert letterbox.mails == []


def test_the_rules_are_set_and_shown(run: Run, home: Path) -> None:
    assert run("message", "rules").out == "quiet hours: none\nnewsletters: any number\n"
    said = run(
        "message", "set-rules", "--quiet", "21:00-08:00", "--quiet-channel", "sms", "--most", 2, "--days", 30
    )
    assert said.out == "quiet hours: from 21:00 until 08:00 on sms\nnewsletters: 2 in 30 days\n"
    run("message", "set-rules", "--no-most")
    assert run("message", "rules", "--json").data == {
        "quiet_from": "21:00", "quiet_until": "08:00", "quiet_channels": ["sms"], "most_messages": None,
        "most_days": 30,
    }  # fmt: skip
    run("message", "set-rules", "--no-quiet")
    assert "quiet hours: none" in run("message", "rules").out
    for wrong in ((), ("--quiet", "21-8"), ("--quiet", "21:00-25:00"), ("--most", 2, "--no-most"), ("--days", 0)):
        run("message", "set-rules", *wrong, code=2)
    assert "end when they begin" in run("message", "set-rules", "--quiet", "08:00-08:00", code=1).err

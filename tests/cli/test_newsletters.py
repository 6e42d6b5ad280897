"""``hub newsletter`` from its making to its end, with a real mail server and a real SMS account."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.testing.platforms.sms import GatewayApiServer
from tests.letterbox import Letterbox

Run = Callable[..., Any]
KEY = "inventedtoken0123456789"
CONSENTS = """\
customer,permission,channel,given,at
1,newsletter,email,yes,2025-01-01 10:00
2,newsletter,email,yes,2025-01-01 10:00
3,newsletter,email,yes,2025-01-01 10:00
1,newsletter,sms,yes,2025-01-01 10:00
"""


@pytest.fixture
def letterbox() -> Iterator[Letterbox]:
    with Letterbox() as found:
        yield found


@pytest.fixture
def newsroom(home: Path, run: Run, letterbox: Letterbox, tmp_path: Path) -> Iterator[GatewayApiServer]:
    """A hub with readers, a mail server, an SMS account and a template; the account."""
    settings = home / "hub.toml"
    settings.write_text(settings.read_text() + 'public_url = "https://hub.example.com"\n')
    (tmp_path / "consents.csv").write_text(CONSENTS)
    run("import", "csv", tmp_path / "consents.csv", "--kind", "consents")
    mail = (
        "host=127.0.0.1",
        f"port={letterbox.port}",
        "security=none",
        "sender=news@example.com",
        "connections=1",
    )
    run("connect", "email", "mail", *(word for one in mail for word in ("--set", one)))
    run("template", "create", "Monthly")
    text = "Hello {{ customer.first_name | otherwise('friend') }}{% if own_text %}: {{ own_text }}{% endif %}"
    run("template", "set", "Monthly", "--channel", "email", "--subject", "News", "--text", text)
    run("template", "set", "Monthly", "--channel", "sms", "--text", text)
    with GatewayApiServer(KEY) as account:
        texts = ("provider=gatewayapi", "sender=Theatre", f"api_key={KEY}", f"base_url={account.url}")
        run("connect", "sms", "texts", *(word for one in texts for word in ("--set", one)))
        yield account


def test_a_newsletter_is_made_tried_sent_and_watched(
    run: Run, newsroom: GatewayApiServer, letterbox: Letterbox
) -> None:
    made = run("newsletter", "create", "May", "--template", "Monthly", "--text", "Hamlet", "--subject", "May")
    assert made.out == ("Made the newsletter 'May'.\nIt is meant for 3 and reaches 3: 3 by email.\n")
    run("newsletter", "change", "May", "--segment", "Buyers", "--segment", "Regulars", "--no-track-opens")
    assert run("newsletter", "estimate", "May", "--json").data == {
        "chosen": 3, "recipients": 3, "channels": {"email": 3}, "left_out": {},
    }  # fmt: skip
    assert run("newsletter", "check", "May").out == "Nothing was found: it can be sent to everybody.\n"
    assert "Hello Ada: Hamlet" in run("newsletter", "preview", "May", "--customer", 1).out
    assert "would not get it" in run("newsletter", "preview", "May", "--customer", 4).out
    run("newsletter", "test", "May", "--to", "me@example.com", "--customer", 2)
    assert letterbox.text_to("me@example.com").startswith("Hello Ben: Hamlet")
    letterbox.be(refused={"ben@example.com"})
    sent = run("newsletter", "send", "May", stdin="y\n")
    assert sent.out.endswith("sent: 2 sent, 1 bounced\n")
    assert "It is meant for 3 and reaches 3: 3 by email." in sent.err
    assert "Send the newsletter 'May' to 3 customers?" in sent.err
    assert letterbox.addresses == ["ada@example.com", "cleo@example.com"]
    shown = run("newsletter", "show", "May")
    assert "recipients:  3 of 3" in shown.out
    assert "counts:      clicks" in shown.out
    (bounced,) = run("newsletter", "messages", "May", "--status", "bounced", "--json").data
    assert (bounced["customer"], bool(bounced["reason"])) == (2, True)
    first = run("newsletter", "messages", "May", "--limit", 2)
    assert "go on with --after 2" in first.err
    assert len(run("newsletter", "messages", "May", "--after", 2, "--json").data) == 1
    assert "messages:      " in run("customer", "show", "2").out
    (listed,) = run("newsletter", "list", "--json").data
    assert (listed["name"], listed["segments"], listed["messages"]) == (
        "May", ["Buyers", "Regulars"], {"sent": 2, "bounced": 1},
    )  # fmt: skip
    assert "@" not in run("newsletter", "messages", "May").out + run("newsletter", "list").out
    again = run("newsletter", "send", "May", "--yes", code=1)
    assert "is sent; make another one" in again.err


def test_each_gets_it_on_the_first_channel_that_reaches_them(
    run: Run, newsroom: GatewayApiServer, letterbox: Letterbox
) -> None:
    words = ("--channel", "sms=texts", "--channel", "email")
    run("newsletter", "create", "Both", "--template", "Monthly", *words)
    sent = run("newsletter", "send", "Both", "--yes", "--json")
    assert sent.data["messages"] == {"sent": 3}
    assert sent.err == ""
    assert [kept.to for kept in newsroom.phones.messages] == ["+4915100000001"]
    assert letterbox.addresses == ["ben@example.com", "cleo@example.com"]


def test_nothing_goes_out_unless_somebody_agrees(run: Run, newsroom: Any, letterbox: Letterbox) -> None:
    run("newsletter", "create", "All", "--template", "Monthly")
    for step in ("send", "schedule"):
        refused = run("newsletter", step, "All", code=1, stdin="n\n")
        assert "reaches 3: 3 by email" in refused.err
        assert "--yes" in run("newsletter", step, "All", code=1, stdin="").err
        assert "reaches 3" in run("newsletter", step, "All", "--json", code=1, stdin="n\n").err
    assert run("newsletter", "show", "All", "--json").data["status"] == "draft"
    assert letterbox.mails == []


def test_it_is_scheduled_and_taken_back(run: Run, newsroom: Any) -> None:
    run("newsletter", "create", "Later", "--template", "Monthly")
    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d} 18:00"
    said = run("newsletter", "schedule", "Later", "--at", tomorrow, "--yes")
    assert said.out == f"`hub serve` sends the newsletter 'Later' at {tomorrow}.\n"
    assert run("newsletter", "show", "Later", "--json").data["status"] == "scheduled"
    assert run("newsletter", "unschedule", "Later").out == "The newsletter 'Later' waits.\n"
    for wrong, told in (
        ("2024-01-01 18:00", "has passed"),
        ("2027-03-28 02:30", "the clocks go forward"),
    ):
        assert told in run("newsletter", "schedule", "Later", "--at", wrong, "--yes", code=1).err
    assert "is no moment" in run("newsletter", "schedule", "Later", "--at", "soon", code=2).err
    assert run("newsletter", "remove", "Later", "--yes").out == "Removed the newsletter 'Later'.\n"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--template", "none"), 1, "no template 'none'"),
        (("--segment", "none"), 1, "no segment 'none'"),
        (("--company", "none"), 1, "no company 'none'"),
        (("--link", "none"), 1, "no campaign link 'none'"),
        (("--channel", "viber"), 1, "nothing is connected that could send by viber"),
        (("--channel", "sms=mail"), 1, "nothing can be sent by sms over"),
        (("--channel", "sms="), 2, "names no connection"),
        (("--channel", "fax"), 2, "none of email"),
        (("--channel", "sms", "--channel", "sms=texts"), 2, "say each channel once"),
        (("--subject", "s" * 100_000), 1, "2,000 are allowed"),
    ],
)
def test_what_can_not_be_made_is_refused(
    run: Run, newsroom: Any, words: tuple[str, ...], code: int, said: str
) -> None:
    failed = run("newsletter", "create", "Wrong", "--template", "Monthly", *words, code=code)
    assert said in " ".join(failed.err.split())
    assert run("newsletter", "list", "--json").data == []


def test_wrong_words_are_told_with_their_place(run: Run, newsroom: Any, letterbox: Letterbox) -> None:
    run("newsletter", "create", "Wrong", "--template", "Monthly", "--subject", "{{ customer.shoe_size }}")
    found = run("newsletter", "check", "Wrong").out
    assert "line 1" in found
    assert "shoe_size" in found
    assert "shoe_size" in run("newsletter", "send", "Wrong", "--yes", code=1).err
    assert "no email address" in run("newsletter", "test", "Wrong", "--to", "none", code=1).err
    assert letterbox.mails == []


def test_what_excludes_itself_is_wrong_usage(run: Run, newsroom: Any) -> None:
    run("newsletter", "create", "May", "--template", "Monthly", "--segment", "Buyers", "--without-event", "E-1")
    for words in (
        (),
        ("--segment", "Buyers", "--all-subscribers"),
        ("--link", "Offer", "--without-link"),
        ("--without-event", "E-1", "--with-ticket-holders"),
    ):
        run("newsletter", "change", "May", *words, code=2)
    run("newsletter", "change", "May", "--all-subscribers", "--with-ticket-holders", "--without-link")
    changed = run("newsletter", "show", "May", "--json").data
    assert (changed["segments"], changed["without_events"]) == ([], [])


@pytest.fixture
def many(run: Run, newsroom: Any, tmp_path: Path) -> list[str]:
    """Seven more readers; all ten addresses."""
    numbers = range(10, 17)
    customers = "".join(f"{number},reader{number}@example.com\n" for number in numbers)
    consents = "".join(f"{number},newsletter,email,yes,2025-01-01 10:00\n" for number in numbers)
    (tmp_path / "more.csv").write_text("id,email\n" + customers)
    (tmp_path / "agreed.csv").write_text("customer,permission,channel,given,at\n" + consents)
    run("import", "csv", tmp_path / "more.csv", "--kind", "customers")
    run("import", "csv", tmp_path / "agreed.csv", "--kind", "consents")
    names = ["ada", "ben", "cleo", *(f"reader{number}" for number in numbers)]
    return [f"{name}@example.com" for name in names]


@contextmanager
def sending(name: str, letterbox: Letterbox) -> Iterator[subprocess.Popen[str]]:
    """A process that sends a newsletter slowly, as soon as the first message has come."""
    letterbox.be(delay=0.4)
    command = [sys.executable, "-c", "from hub.cli import main; main()", "newsletter", "send", name, "--yes"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        until = time.monotonic() + 60
        while not letterbox.mails:
            assert time.monotonic() < until
            time.sleep(0.02)
        yield process


def test_one_that_is_interrupted_is_gone_on_with(run: Run, many: list[str], letterbox: Letterbox) -> None:
    run("newsletter", "create", "Slow", "--template", "Monthly")
    with sending("Slow", letterbox) as process:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert "`hub newsletter send 'Slow'`, goes on with the rest" in said
    left = run("newsletter", "show", "Slow", "--json").data
    assert (left["status"], left["messages"].keys()) == ("sending", {"sent", "queued"})
    assert left["messages"]["sent"] <= 3
    assert run("newsletter", "send", "Slow").out == "sent: 10 sent\n"
    assert letterbox.addresses == many


def test_it_is_paused_resumed_and_cancelled(run: Run, many: list[str], letterbox: Letterbox) -> None:
    run("newsletter", "create", "Slow", "--template", "Monthly")
    with sending("Slow", letterbox) as process:
        assert run("newsletter", "pause", "Slow").out == "The newsletter 'Slow' is paused.\n"
        said, _ = process.communicate(timeout=60)
    assert (process.returncode, said.startswith("paused: ")) == (1, True)
    assert "is paused" in run("newsletter", "send", "Slow", "--yes", code=1).err
    letterbox.be()
    assert run("newsletter", "resume", "Slow").out == "sent: 10 sent\n"
    assert "nothing to cancel" in run("newsletter", "cancel", "Slow", "--yes", code=1).err
    run("newsletter", "create", "Ended", "--template", "Monthly")
    with sending("Ended", letterbox) as process:
        cancelled = run("newsletter", "cancel", "Ended", "--yes")
        process.communicate(timeout=60)
    assert cancelled.out.startswith("The newsletter 'Ended' was cancelled before ")
    assert "is cancelled" in run("newsletter", "resume", "Ended", code=1).err

"""Bounces and complaints are fetched from a real mailbox, and nothing else in it is touched."""

import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hub_email import bounce_mailbox
from hub_email.channel import EmailChannel
from hub_email.compose import message_id

from hub import ChannelEvent, Fate, FateReport, HubError, NotAuthorised, SettingsError, TryAgain
from hub.testing.collecting import CollectingConformance
from hub.testing.platforms.bounces import bounce, complaint
from hub.testing.platforms.mailbox import PASSWORD, USERNAME, Kept, Mailbox, mailbox

CAME = datetime(2026, 3, 3, 9, 0, 2, tzinfo=UTC)
LETTER = b"From: ada@example.net\nSubject: A question\n\nWhen does Hamlet begin?\n"
Open = Callable[..., EmailChannel]


def original(number: int, subject: str = "News") -> bytes:
    return f"Subject: {subject}\nMessage-ID: {reference(number)}\n\nHello\n".encode()


def reference(number: int) -> str:
    return message_id(f"message-{number}", "example.com")


def collected(channel: EmailChannel) -> list[ChannelEvent]:
    events: list[ChannelEvent] = []
    channel.collect(events.extend)
    return events


def nothing(events: Sequence[ChannelEvent]) -> None:
    """For what must hand nothing over."""
    pytest.fail("something was handed over")


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as running:
        yield running


@pytest.fixture
def opened(make_channel: Callable[..., EmailChannel], platform: Any, box: Mailbox) -> Open:
    """Make channels that read ``box``."""

    def make(**changed: Any) -> EmailChannel:
        usual = {
            "mailbox_host": "127.0.0.1", "mailbox_port": box.port, "mailbox_security": "none",
            "mailbox_username": USERNAME, "mailbox_password": PASSWORD,
        }  # fmt: skip
        return make_channel(platform.port, **(usual | changed))

    return make


class TestCollecting(CollectingConformance):
    """As the hub relies on it."""

    @pytest.fixture
    def channel(self, opened: Open) -> EmailChannel:
        return opened()

    @pytest.fixture
    def leave(self, box: Mailbox) -> Callable[[int], str]:
        def leave(number: int) -> str:
            box.put(bounce(original(number), "ada@example.net"))
            return reference(number)

        return leave


def test_bounces_and_complaints_are_told_with_the_time_when_they_came(opened: Open, box: Mailbox) -> None:
    box.put(bounce(original(1), "ada@example.net", "5.2.2"), at=CAME)
    box.put(complaint(original(2)), at=CAME)
    assert collected(opened()) == [
        FateReport(reference(2), Fate.COMPLAINED, CAME),
        FateReport(reference(1), Fate.FAILED, CAME, "the mailbox is full (5.2.2)"),
    ]


def test_what_is_no_report_on_the_hubs_mail_is_left_as_it_is(opened: Open, box: Mailbox) -> None:
    foreign = bounce(b"Message-ID: <mine@example.com>\n\nHello\n", "ada@example.net")
    for mail in (LETTER, foreign, bounce(original(1), "ada@example.net", action="delayed")):
        box.put(mail)
    box.put(b'Content-Type: multipart/report; boundary="\xff"\nSubject: Broken\n\n--\xff\n\n\x00')
    assert collected(opened()) == []
    assert [(mail.subject, mail.is_seen) for mail in box.kept()] == [
        ("A question", False),
        ("Undelivered Mail Returned to Sender", False),
        ("Undelivered Mail Returned to Sender", True),
        ("Broken", False),
    ], "only what is about the hub's own mail is marked as read"


def test_what_was_read_is_moved_if_there_is_a_folder_for_it(opened: Open, box: Mailbox) -> None:
    box.make_folder("Bounces")
    box.make_folder("Done")
    box.put(LETTER, "Bounces")
    box.put(complaint(original(1)), "Bounces")
    channel = opened(mailbox_folder="Bounces", mailbox_processed_folder="Done")
    channel.check()
    assert len(collected(channel)) == 1
    assert box.kept("Bounces") == [Kept("A question", False)]
    assert box.kept("Done") == [Kept("FW: News", True)]


def test_many_are_told_in_pieces_and_each_piece_is_put_away(
    opened: Open, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        box.put(bounce(original(number), "ada@example.net"))
    monkeypatch.setattr(bounce_mailbox, "_READ_AT_ONCE", 3)
    monkeypatch.setattr(bounce_mailbox, "_LOOKED_AT_ONCE", 2)
    monkeypatch.setattr(bounce_mailbox, "MOST", 6)
    pieces: list[int] = []

    def take(events: Sequence[ChannelEvent]) -> None:
        if pieces:
            raise TryAgain("the store is busy")
        pieces.append(len(events))

    with pytest.raises(TryAgain):
        opened().collect(take)
    assert pieces == [3]
    assert [mail.is_seen for mail in box.kept()] == [False] * 4 + [True] * 3
    assert len(collected(opened())) == 4


def test_no_more_are_read_than_can_be_at_a_time(
    opened: Open, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        box.put(bounce(original(number), "ada@example.net"))
    monkeypatch.setattr(bounce_mailbox, "MOST", 2)
    monkeypatch.setattr(bounce_mailbox, "_LOOKED_AT_ONCE", 2)
    assert [len(collected(opened())) for _ in range(4)] == [2, 2, 1, 0]


def test_of_a_huge_report_only_the_beginning_is_read(
    opened: Open, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.put(bounce(original(1) + b"x" * 20_000_000, "ada@example.net", whole=True))
    lengths: list[int] = []
    read = bounce_mailbox.BounceMailbox.reports

    def measured(self: bounce_mailbox.BounceMailbox) -> Iterator[Sequence[bounce_mailbox.Received]]:
        for mails in read(self):
            lengths.extend(len(mail.content) for mail in mails)
            yield mails

    monkeypatch.setattr(bounce_mailbox.BounceMailbox, "reports", measured)
    assert len(collected(opened())) == 1
    assert lengths == [128 * 1024]


def test_without_a_mailbox_nothing_is_collected(make_channel: Open, platform: Any) -> None:
    assert collected(make_channel(platform.port)) == []


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_the_line_is_protected(
    make_channel: Open, platform: Any, tls: ssl.SSLContext, authority: Path, security: str
) -> None:
    with mailbox(tls, starttls=security == "starttls") as box:
        box.put(complaint(original(1)))
        settings = {
            "mailbox_host": "127.0.0.1", "mailbox_port": box.port, "mailbox_security": security,
            "mailbox_username": USERNAME, "mailbox_password": PASSWORD,
        }  # fmt: skip
        channel = make_channel(platform.port, ca_file=authority, **settings)
        channel.check()
        assert len(collected(channel)) == 1
        with pytest.raises(SettingsError, match="not trusted"):
            make_channel(platform.port, **settings).check()
        with pytest.raises(SettingsError, match="not trusted"):
            make_channel(platform.port, ca_file=authority, **settings | {"mailbox_host": "localhost"}).check()


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"mailbox_password": "battery staple"}, NotAuthorised, "refuses the user name or password"),
        ({"mailbox_password": "grüße"}, SettingsError, "plain ASCII"),
        ({"mailbox_folder": "Nowhere"}, SettingsError, "no folder 'Nowhere'"),
        ({"mailbox_folder": "Zurückgewiesen & mehr"}, SettingsError, "no folder 'Zurückgewiesen & mehr'"),
        ({"mailbox_processed_folder": "Nowhere"}, SettingsError, "correct mailbox_processed_folder"),
        ({"mailbox_security": "starttls"}, SettingsError, "offers no STARTTLS"),
        ({"mailbox_security": "tls"}, SettingsError, "does not speak TLS"),
    ],
)
def test_what_is_wrong_is_said_when_the_settings_are_checked(
    opened: Open, box: Mailbox, changed: dict[str, Any], error: type[HubError], said: str
) -> None:
    with pytest.raises(error, match=said) as caught:
        opened(**changed).check()
    assert changed.get("mailbox_password", PASSWORD) not in str(caught.value)


def test_a_mailbox_out_of_reach_means_try_again(opened: Open, unused_port: int) -> None:
    with pytest.raises(TryAgain, match="can't be reached"):
        opened(mailbox_port=unused_port).collect(nothing)


READY, ABLE = b"* OK ready\r\n", b"* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n"
WELCOMED = [READY, ABLE, b"{tag} OK logged in\r\n"]
OPENED = [*WELCOMED, b"* 1 EXISTS\r\n{tag} OK [READ-WRITE] opened\r\n", ABLE]


@pytest.mark.parametrize(
    ("answers", "error", "said"),
    [
        ([b"220 mail.example.com ESMTP\r\n"], TryAgain, "ended the conversation"),
        ([b"* BYE overloaded\r\n"], SettingsError, "does not answer as an IMAP server"),
        ([READY, ABLE], TryAgain, "while logging in"),
        ([READY, ABLE, b"{tag} NO [UNAVAILABLE] later\r\n"], TryAgain, "can't log anyone in just now"),
        ([*WELCOMED, b"* 1 EXISTS\r\n{tag} OK [READ-ONLY] opened\r\n"], SettingsError, "lets nobody mark mails"),
        ([*WELCOMED], TryAgain, "ended the conversation"),
        ([*OPENED, b"{tag} NO secret@example.net is busy\r\n"], TryAgain, "can't do just now"),
        (
            [*OPENED, b"* SEARCH 7\r\n{tag} OK found\r\n", b"* 1 FETCH (UID 7 BODY[] {20}\r\nsecret@exam"],
            TryAgain,
            "ended the conversation",
        ),
    ],
)
def test_what_a_server_does_wrong_is_named(
    opened: Open, answers: list[bytes], error: type[HubError], said: str
) -> None:
    with answering(answers) as port, pytest.raises(error, match=said) as caught:
        opened(mailbox_port=port).collect(nothing)
    assert "secret" not in str(caught.value), "an answer may be somebody's mail"


def test_a_mail_that_the_server_cannot_read_keeps_no_other(opened: Open) -> None:
    mail = complaint(original(1))
    header = b"Content-Type: multipart/report\r\n\r\n"
    answers = [
        *OPENED,
        b"* SEARCH 7 8\r\n{tag} OK done\r\n",
        b"{tag} NO some mails can't be read\r\n",
        b"{tag} NO some mails can't be read\r\n",
        b"* 1 FETCH (BODY[HEADER.FIELDS (CONTENT-TYPE)] {%d}\r\n%b UID 7)\r\n{tag} OK done\r\n"
        % (len(header), header),
        b'* 1 FETCH (UID 7 INTERNALDATE " 3-Mar-2026 10:00:02 +0100" BODY[]<0> {%d}\r\n%b)\r\n{tag} OK done\r\n'
        % (len(mail), mail),
        b"{tag} OK done\r\n",
        b"* BYE\r\n{tag} OK done\r\n",
    ]
    with answering(answers) as port:
        assert collected(opened(mailbox_port=port)) == [FateReport(reference(1), Fate.COMPLAINED, CAME)]


def test_a_server_that_refuses_all_is_not_asked_for_each(opened: Open) -> None:
    uids = b" ".join(b"%d" % uid for uid in range(1, 401))
    answers = [*OPENED, b"* SEARCH %b\r\n{tag} OK done\r\n" % uids, *[b"{tag} NO busy\r\n"] * 40]
    with answering(answers) as port, pytest.raises(TryAgain, match="can't do just now"):
        opened(mailbox_port=port).collect(nothing)


def test_no_mail_gets_into_a_log(opened: Open, box: Mailbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    box.put(bounce(original(1), "ada@example.net"))
    assert collected(opened())
    told = [record.getMessage() for record in caplog.records if not record.name.startswith("pymap")]
    assert not any("ada@example.net" in line or PASSWORD in line for line in told)


@contextmanager
def answering(answers: Sequence[bytes]) -> Iterator[int]:
    """A server that gives one answer to each line, with its tag, and hangs up after the last; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            line, _ = listening.accept()
            with suppress(OSError), line, line.makefile("rb") as heard:
                line.sendall(answers[0])
                for answer in answers[1:]:
                    tag = heard.readline().split(b" ")[0]
                    line.sendall(answer.replace(b"{tag}", tag))

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()

"""What the channel does over one connection and several, and what each fault becomes."""

import asyncio
import gc
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hub_email.channel import EmailChannel
from hub_email.settings import EmailSettings, Security

from hub import FateUnknown, Message, NotAuthorised, Refusal, Rejected, SettingsError, TryAgain


def message(number: int = 1, **changed: Any) -> Message:
    return Message(**({"id": f"m-{number}", "to": "ada@example.com", "text": f"Text {number}"} | changed))


def sessions(platform: Any) -> int:
    """How many logins there were: one for each connection."""
    count: int = platform.logins
    return count


@pytest.fixture
def channel(platform: Any, make_channel: Callable[..., EmailChannel]) -> EmailChannel:
    return make_channel(platform.port, username="hub", password="correct horse")


def test_one_connection_carries_many_messages(channel: EmailChannel, platform: Any) -> None:
    for number in range(20):
        channel.send(message(number))
    assert len(platform.taken) == 20
    assert sessions(platform) == 1


def test_a_refusal_does_not_cost_the_connection(channel: EmailChannel, platform: Any) -> None:
    platform.replies = {"RCPT": ["550 no", "451 later"], "DATA": ["554 spam", "452 full"]}
    for error in (Rejected, TryAgain, Rejected, TryAgain):
        with pytest.raises(error):
            channel.send(message())
    channel.send(message())
    assert len(platform.taken) == 1
    assert sessions(platform) == 1


def test_a_server_that_has_had_enough_of_a_connection_gets_another(channel: EmailChannel, platform: Any) -> None:
    channel.send(message(1))
    platform.replies = {"MAIL": ["452 4.5.3 too many messages in this session"]}
    channel.send(message(2))
    assert len(platform.taken) == 2
    assert sessions(platform) == 2


def test_a_server_that_has_had_enough_of_us_is_left_in_peace(channel: EmailChannel, platform: Any) -> None:
    channel.send(message(1))
    platform.replies = {"MAIL": ["421 too many", "421 too many"]}
    with pytest.raises(TryAgain, match="421 too many"):
        channel.send(message(2))
    assert sessions(platform) == 2


def test_close_takes_leave_and_a_later_send_connects_again(channel: EmailChannel, platform: Any) -> None:
    channel.send(message(1))
    channel.close()
    channel.send(message(2))
    assert sessions(platform) == 2


def test_threads_share_a_channel_without_mixing_messages(channel: EmailChannel, platform: Any) -> None:
    threads = [threading.Thread(target=channel.send, args=(message(n),)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mail.text.strip() for mail in platform.arrived()) == sorted(f"Text {n}" for n in range(12))


def test_as_many_connections_as_are_set_go_side_by_side(
    platform: Any, make_channel: Callable[..., EmailChannel]
) -> None:
    channel = make_channel(platform.port, username="hub", password="correct horse", connections=3)
    assert channel.most_at_once == 3
    together = threading.Barrier(3, timeout=20)
    usual = platform.handle_DATA

    async def meet(*arguments: Any) -> Any:
        # Only where three are in the middle of a message at once does any of them go on.
        await asyncio.get_running_loop().run_in_executor(None, together.wait)
        return await usual(*arguments)

    platform.handle_DATA = meet
    with ThreadPoolExecutor(9) as threads:
        list(threads.map(channel.send, [message(number) for number in range(9)]))
    assert len(platform.taken) == 9
    assert sessions(platform) == 3
    channel.close()
    platform.handle_DATA = usual
    channel.send(message(10))
    assert sessions(platform) == 4


def test_a_channel_that_nobody_holds_leaves_no_connection(platform: Any, context: Any) -> None:
    settings = EmailSettings(
        host="127.0.0.1", port=platform.port, security=Security.NONE, sender="kasse@example.com"
    )
    channel = EmailChannel(settings, context)
    channel.send(message())
    ((connection,), smtp) = channel._pool._idle, channel._pool._idle[0]._smtp
    assert smtp.sock is not None
    del channel, connection
    gc.collect()
    assert smtp.sock is None


@pytest.mark.parametrize(
    ("command", "reply", "refusal"),
    [
        ("RCPT", "550 5.1.1 no such user", Refusal.ADDRESS),
        ("RCPT", "556 5.1.10 takes no mail", Refusal.ADDRESS),
        ("RCPT", "550 5.2.1 disabled", Refusal.ADDRESS),
        ("DATA", "550 5.1.1 no such user", Refusal.ADDRESS),
        ("RCPT", "550 5.1.8 bad sender", Refusal.MESSAGE),
        ("RCPT", "550 5.1.12 unheard of", Refusal.MESSAGE),
        ("RCPT", "552 5.2.2 full", Refusal.MESSAGE),
        ("RCPT", "550 5.7.1 no", Refusal.MESSAGE),
        ("RCPT", "550 no such user", Refusal.MESSAGE),
        ("DATA", "554 5.7.1 spam", Refusal.MESSAGE),
    ],
)
def test_only_what_is_said_of_the_mailbox_makes_its_address_a_dead_one(
    channel: EmailChannel, platform: Any, command: str, reply: str, refusal: Refusal
) -> None:
    platform.replies = {command: [reply]}
    with pytest.raises(Rejected) as caught:
        channel.send(message())
    assert caught.value.refusal is refusal


def test_mail_that_is_not_delivered_comes_back_to_the_return_path(
    platform: Any, make_channel: Callable[..., EmailChannel]
) -> None:
    make_channel(platform.port, return_path="bounces@example.com").send(message())
    assert platform.commands[0].startswith("MAIL bounces@example.com")
    mail = platform.only()
    assert mail["From"] == "kasse@example.com"
    assert mail["Message-ID"].endswith("@example.com>")


def test_a_refused_sender_is_a_setting_to_mend(channel: EmailChannel, platform: Any) -> None:
    platform.replies = {"MAIL": ["553 5.7.1 not your address"]}
    with pytest.raises(SettingsError, match=r"kasse@example\.com.*553 5\.7\.1 not your address"):
        channel.send(message())


def test_too_large_a_message_is_rejected_before_it_is_sent(
    serve: Callable[..., Any], make_channel: Callable[..., EmailChannel]
) -> None:
    platform = serve(data_size_limit=5_000)
    channel = make_channel(platform.port)
    with pytest.raises(Rejected, match="552"):
        channel.send(message(text="x" * 10_000))
    assert not any(command.startswith("RCPT") for command in platform.commands)
    channel.send(message())
    assert len(platform.taken) == 1


def test_a_wanted_login_is_said(serve: Callable[..., Any], make_channel: Callable[..., EmailChannel]) -> None:
    platform = serve()
    platform.replies = {"MAIL": ["530 5.7.0 log in first"]}
    with pytest.raises(NotAuthorised, match="530"):
        make_channel(platform.port).send(message())


def test_a_login_that_fails_for_now_is_tried_again(platform: Any, channel: EmailChannel) -> None:
    platform.replies = {"AUTH": ["454 4.7.0 directory is down"] * 3}
    with pytest.raises(TryAgain, match="454"):
        channel.check()


def test_a_server_without_login_is_a_setting_to_mend(
    serve: Callable[..., Any], make_channel: Callable[..., EmailChannel]
) -> None:
    platform = serve(authenticator=None, auth_exclude_mechanism=["LOGIN", "PLAIN"])
    with pytest.raises(SettingsError, match="logging in"):
        make_channel(platform.port, username="hub", password="secret").check()


def test_a_password_smtplib_cannot_send_is_a_setting_to_mend(
    platform: Any, make_channel: Callable[..., EmailChannel]
) -> None:
    with pytest.raises(SettingsError, match="ASCII") as caught:
        make_channel(platform.port, username="hub", password="geheimnisträger").check()
    assert "geheimnis" not in str(caught.value)


def test_letters_beyond_ascii_before_the_at_need_a_server_that_takes_them(
    serve: Callable[..., Any], make_channel: Callable[..., EmailChannel]
) -> None:
    modern, old = serve(enable_SMTPUTF8=True), serve(enable_SMTPUTF8=False)
    greeting = message(to="grüße@bühne.example")
    make_channel(modern.port).send(greeting)
    assert modern.arrived()[0].to == "grüße@xn--bhne-0ra.example"
    channel = make_channel(old.port)
    with pytest.raises(Rejected, match="SMTPUTF8"):
        channel.send(greeting)
    channel.send(message(to="ada@bühne.example"))
    assert [arrived.to for arrived in old.arrived()] == ["ada@xn--bhne-0ra.example"]


def test_a_line_of_one_dot_does_not_end_the_message(channel: EmailChannel, platform: Any) -> None:
    channel.send(message(text="one\n.\nMAIL FROM:<eve@example.com>\n..two"))
    assert platform.only().get_content().splitlines() == ["one", ".", "MAIL FROM:<eve@example.com>", "..two"]
    assert sum(command.startswith("MAIL") for command in platform.commands) == 1


class ScriptedServer:
    """Speaks SMTP by a script, for faults no real server makes on purpose."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listening.getsockname()[1]
        self.connections = 0
        self.after_dot = b"250 OK\r\n"
        self.silent = False
        self.bytes_of_data: int | None = None
        """After how many bytes of a message to break the connection; None: never."""
        self.stop_at = ""
        """The command instead of whose answer the connection is broken."""
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as lines:
            connection.sendall(b"220 scripted\r\n")
            for line in lines:
                command = line.split()[0].decode().upper()
                if command == self.stop_at:
                    return
                if command == "DATA":
                    connection.sendall(b"354 go on\r\n")
                    if self.bytes_of_data is not None:
                        lines.read(self.bytes_of_data)
                        return
                    while lines.readline() != b".\r\n":
                        pass
                    if self.silent:
                        connection.recv(1)  # returns when the client has had enough
                    connection.sendall(self.after_dot)
                    if not self.after_dot.endswith(b"\n"):
                        return
                else:
                    connection.sendall(b"250 OK\r\n")

    def close(self) -> None:
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        self.thread.join()


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    server.close()


@pytest.mark.parametrize("command", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_a_new_connection_lost_before_the_message_means_try_again(
    scripted: ScriptedServer, make_channel: Callable[..., EmailChannel], command: str
) -> None:
    scripted.stop_at = command
    with pytest.raises(TryAgain):
        make_channel(scripted.port).send(message())
    assert scripted.connections == 1


def test_a_connection_lost_within_the_message_means_try_again(
    scripted: ScriptedServer, make_channel: Callable[..., EmailChannel]
) -> None:
    scripted.bytes_of_data = 1_000
    large = message(text="x" * 20_000_000)  # more than any buffer between the two
    with pytest.raises(TryAgain, match="before the end"):
        make_channel(scripted.port).send(large)
    assert scripted.connections == 1


@pytest.mark.parametrize("answer", [b"", b"25", b"perhaps\r\n", b"250-half of it\r\n25", b"x" * 9_000 + b"\r\n"])
def test_no_answer_to_a_whole_message_leaves_its_fate_unknown(
    scripted: ScriptedServer, make_channel: Callable[..., EmailChannel], answer: bytes
) -> None:
    scripted.after_dot = answer
    with pytest.raises(FateUnknown):
        make_channel(scripted.port).send(message())
    assert scripted.connections == 1, "it must not be sent a second time"


def test_a_silent_server_leaves_the_fate_unknown(
    scripted: ScriptedServer, make_channel: Callable[..., EmailChannel]
) -> None:
    scripted.silent = True
    with pytest.raises(FateUnknown, match="timed out"):
        make_channel(scripted.port, final_timeout=0.2).send(message())


def test_answers_of_several_lines_count_as_one(
    scripted: ScriptedServer, make_channel: Callable[..., EmailChannel]
) -> None:
    scripted.after_dot = b"250-queued\r\n250 as 4711\r\n"
    channel = make_channel(scripted.port)
    channel.send(message(1))
    channel.send(message(2))
    assert scripted.connections == 1

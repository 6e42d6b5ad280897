"""Which settings are refused, and that the password does not show."""

from typing import Any

import pytest
from hub_email.settings import EmailSettings
from pydantic import ValidationError

GOOD: dict[str, Any] = {
    "host": "smtp.example.com",
    "username": "hub",
    "password": "correct horse",
    "sender": "kasse@example.com",
}

MAILBOX = {"mailbox_host": "imap.example.com", "mailbox_username": "hub", "mailbox_password": "battery staple"}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"security": "none"}, "not sent unprotected"),
        ({"password": ""}, "both username and password"),
        ({"username": ""}, "both username and password"),
        ({"sender": "kasse"}, "not an email address"),
        ({"sender": "Kasse <kasse@example.com>"}, "not an email address"),
        ({"reply_to": "a@example.com\r\nBcc: b@example.com"}, "line break"),
        ({"sender_name": "Kasse\nBcc: b@example.com"}, "one line"),
        ({"host": "smtp..example.com"}, "name or number of a machine"),
        ({"port": 0}, "greater than or equal to 1"),
        ({"return_path": "bounces"}, "not an email address"),
        ({"mailbox_host": "imap.example.com"}, "both mailbox_username and mailbox_password"),
        (MAILBOX | {"mailbox_password": ""}, "both mailbox_username and mailbox_password"),
        (MAILBOX | {"mailbox_security": "none"}, "set mailbox_security to starttls or tls"),
        (MAILBOX | {"mailbox_folder": "IN\nBOX"}, "one line"),
        (MAILBOX | {"mailbox_processed_folder": "INBOX"}, "another folder"),
    ],
)
def test_what_is_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        EmailSettings(**(GOOD | changed))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_password_may_go_unprotected_to_this_machine(host: str) -> None:
    assert EmailSettings(**GOOD | {"host": host, "security": "none"}).host == host


def test_the_senders_domain_is_kept_in_ascii() -> None:
    assert EmailSettings(**GOOD | {"sender": "kasse@Bühne.example"}).sender == "kasse@xn--bhne-0ra.example"


def test_no_password_shows() -> None:
    shown = repr(EmailSettings(**GOOD | MAILBOX))
    assert not any(password in shown for password in ("correct horse", "battery staple"))


def test_mail_comes_back_to_the_return_path_or_else_to_the_sender() -> None:
    assert EmailSettings(**GOOD).envelope_sender == "kasse@example.com"
    settings = EmailSettings(**GOOD | {"return_path": "bounces@Bühne.example"})
    assert settings.envelope_sender == "bounces@xn--bhne-0ra.example"

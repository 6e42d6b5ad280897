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


def test_the_password_does_not_show() -> None:
    assert "correct horse" not in repr(EmailSettings(**GOOD))

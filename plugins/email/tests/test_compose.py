"""The bytes that travel: headers, parts, and that nothing in a message can pass for anything else."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from hub_email.compose import compose, message_id
from hub_email.settings import EmailSettings
from hypothesis import given, settings
from hypothesis import strategies as st

from hub import Message, Rejected, SettingsError

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SENDER = EmailSettings(
    host="smtp.example.com",
    sender="kasse@example.com",
    sender_name='Theater "Süd", Kasse',
    reply_to="info@example.com",
)


def composed(**changed: Any) -> bytes:
    message = Message(**({"id": "m-1", "to": "ada@example.com", "subject": "Hi", "text": "Hello"} | changed))
    return compose(message, SENDER, NOW).content


def headers(content: bytes) -> list[bytes]:
    """The names of all headers, in order."""
    return re.findall(rb"(?m)^([!-9;-~]+):", content.split(b"\r\n\r\n", 1)[0])


def test_headers(parse: Any) -> None:
    mail = parse(composed(subject="Premiere: Così fan tutte"))
    assert mail["From"].addresses[0].display_name == 'Theater "Süd", Kasse'
    assert mail["From"].addresses[0].addr_spec == "kasse@example.com"
    assert mail["Reply-To"].addresses[0].addr_spec == "info@example.com"
    assert mail["Subject"] == "Premiere: Così fan tutte"
    assert parsedate_to_datetime(mail["Date"]) == NOW
    assert mail["Message-ID"] == message_id("m-1", "example.com")
    assert mail.get_content_type() == "text/plain"


def test_html_comes_after_the_text_it_is_an_alternative_to(parse: Any) -> None:
    mail = parse(composed(html="<p>Grüße</p>"))
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_the_same_id_gives_the_same_message_id_and_another_id_another() -> None:
    assert message_id("a", "example.com") == message_id("a", "example.com") != message_id("b", "example.com")
    assert re.fullmatch(r"<[0-9a-f]{40}@example\.com>", message_id("evil>\r\nBcc: x", "example.com"))


@pytest.mark.parametrize("length", [20, 300, 870])
def test_one_click_unsubscribing(parse: Any, length: int) -> None:
    url = "https://hub.example.com/u/" + "t" * length
    content = composed(unsubscribe_url=url)
    assert f"\r\nList-Unsubscribe: <{url}>\r\n".encode() in b"\r\n" + content, "no encoding, no folding"
    mail = parse(content)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_no_unsubscribe_address_no_headers() -> None:
    assert not any(name.lower().startswith(b"list-") for name in headers(composed()))


def test_an_unsubscribe_address_without_tls_is_a_setting_to_mend() -> None:
    with pytest.raises(SettingsError, match="https"):
        composed(unsubscribe_url="http://hub.example.com/u/1")


@pytest.mark.parametrize(
    "url", ["https://a.example/x y", "https://a.example/>\r\nBcc: b", "https://a/ü", "https://" + "a" * 900]
)
def test_an_unsubscribe_address_that_breaks_its_header_is_rejected(url: str) -> None:
    with pytest.raises(Rejected):
        composed(unsubscribe_url=url)


@pytest.mark.parametrize(
    ("address", "in_envelope", "needs_smtputf8"),
    [
        ("ada@bühne.example", "ada@xn--bhne-0ra.example", False),
        ("grüße@example.com", "grüße@example.com", True),
        ("grüße@bühne.example", "grüße@xn--bhne-0ra.example", True),
        ("a" * 64 + "@" + "b" * 60 + "." + "c" * 60 + ".example", None, False),
    ],
)
def test_international_and_long_addresses(
    parse: Any, address: str, in_envelope: str | None, needs_smtputf8: bool
) -> None:
    message = Message(id="m-1", to=address, text="Hello")
    result = compose(message, SENDER, NOW)
    assert result.recipient.text == (in_envelope or address)
    assert result.needs_smtputf8 is needs_smtputf8
    assert parse(result.content)["To"].addresses[0].addr_spec == (in_envelope or address)


@settings(max_examples=100)
@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300),
    html=st.none() | st.text(max_size=100),
)
def test_a_body_never_breaks_the_rules_of_the_road(text: str, html: str | None) -> None:
    content = composed(text=text, html=html)
    assert re.search(rb"\r(?!\n)|(?<!\r)\n", content) is None, "a bare CR or LF lets a message be smuggled in"
    assert content.isascii()
    assert b"\0" not in content
    assert content.endswith(b"\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 998


@settings(max_examples=150)
@given(hostile=st.text(max_size=60))
def test_nothing_can_pass_for_a_header(hostile: str) -> None:
    usual = headers(composed())
    for changed in (
        {"subject": f"Hi{hostile}Bcc: eve@example.com"},
        {"to": f"ada{hostile}@example.com"},
        {"to": f"ada@example.com{hostile}Bcc: eve@example.com"},
    ):
        try:
            content = composed(**changed)
        except (Rejected, ValueError):
            continue  # ValueError: the message itself is refused before it reaches the channel
        assert headers(content) == usual


@settings(max_examples=100)
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=200))
def test_what_arrives_is_what_was_written(text: str) -> None:
    mail = message_from_bytes(composed(text=text, subject=text), policy=policy.default)
    assert mail.get_content().rstrip("\r\n") == text

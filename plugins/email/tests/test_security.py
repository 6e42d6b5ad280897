"""How the connection is protected, and what is said when it can't be."""

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hub_email.channel import EmailChannel

from hub import Message, SettingsError

HELLO = Message(id="m-1", to="ada@example.com", text="Hello")


def test_tls_from_the_first_byte(
    serve: Callable[..., Any], make_channel: Callable[..., EmailChannel], tls: ssl.SSLContext, authority: Path
) -> None:
    platform = serve(ssl_context=tls)
    channel = make_channel(
        platform.port, security="tls", ca_file=authority, username="hub", password="correct horse"
    )
    channel.check()
    channel.send(HELLO)
    assert len(platform.taken) == 1


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_nobody_vouches_for_is_refused(
    serve: Callable[..., Any], make_channel: Callable[..., EmailChannel], tls: ssl.SSLContext, security: str
) -> None:
    platform = serve(ssl_context=tls) if security == "tls" else serve(tls_context=tls)
    channel = make_channel(platform.port, security=security, username="hub", password="correct horse")
    with pytest.raises(SettingsError, match="not trusted"):
        channel.send(HELLO)
    assert platform.logins == 0, "the password must not go to a server that is not known"


def test_a_certificate_of_another_machine_is_refused(
    serve: Callable[..., Any], make_channel: Callable[..., EmailChannel], tls: ssl.SSLContext, authority: Path
) -> None:
    platform = serve(tls_context=tls)
    channel = make_channel(platform.port, host="localhost", security="starttls", ca_file=authority)
    with pytest.raises(SettingsError, match="not trusted"):
        channel.check()


def test_a_server_without_starttls_never_sees_the_password(
    platform: Any, make_channel: Callable[..., EmailChannel]
) -> None:
    channel = make_channel(platform.port, security="starttls", username="hub", password="correct horse")
    with pytest.raises(SettingsError, match="STARTTLS"):
        channel.check()
    assert platform.logins == 0


def test_tls_to_a_plain_server_is_a_setting_to_mend(
    platform: Any, make_channel: Callable[..., EmailChannel]
) -> None:
    with pytest.raises(SettingsError, match="does not speak TLS"):
        make_channel(platform.port, security="tls").check()


@pytest.mark.parametrize(("content", "said"), [(None, "can't be read"), ("no certificate", "PEM")])
def test_a_bad_authority_file_is_named(
    make_channel: Callable[..., EmailChannel], tmp_path: Path, content: str | None, said: str
) -> None:
    if content is not None:
        (tmp_path / "authority.pem").write_text(content)
    with pytest.raises(SettingsError, match=said) as caught:
        make_channel(1, security="tls", ca_file="authority.pem").check()
    assert str(tmp_path / "authority.pem") in str(caught.value)

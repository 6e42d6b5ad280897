"""The email channel passes the suite that every channel must pass."""

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hub_email.channel import EmailChannel

from hub.testing.channels import MessageChannelConformance


class TestEmailConformance(MessageChannelConformance):
    """As most use it: port 587, STARTTLS, a login."""

    address = "ada@example.com"
    other_address = "grace@example.org"

    @pytest.fixture
    def platform(self, serve: Callable[..., Any], tls: ssl.SSLContext) -> Any:
        return serve(tls_context=tls, require_starttls=True, auth_required=True, auth_require_tls=True)

    @pytest.fixture
    def channel(self, platform: Any, make_channel: Callable[..., EmailChannel], authority: Path) -> EmailChannel:
        return make_channel(
            platform.port, security="starttls", ca_file=authority, username="hub", password="correct horse"
        )

    @pytest.fixture
    def wrong_channel(
        self, platform: Any, make_channel: Callable[..., EmailChannel], authority: Path
    ) -> EmailChannel:
        return make_channel(
            platform.port, security="starttls", ca_file=authority, username="hub", password="battery staple"
        )

    @pytest.fixture
    def unreachable_channel(self, unused_port: int, make_channel: Callable[..., EmailChannel]) -> EmailChannel:
        return make_channel(unused_port)

"""The channel passes the suite every channel must pass, with each provider."""

from collections.abc import Iterator
from typing import ClassVar

import pytest
from hub_sms.channel import SmsChannel

from hub.testing.channels import MessageChannelConformance

from .conftest import ADA, BEA, MakeChannel, Platform, make_server


class _Conformance(MessageChannelConformance):
    address = ADA
    other_address = BEA
    provider: ClassVar[str]
    wrong: ClassVar[dict[str, str]]

    @pytest.fixture
    def platform(self) -> Iterator[Platform]:
        with make_server(self.provider) as server:
            yield Platform(self.provider, server)

    @pytest.fixture
    def channel(self, platform: Platform, make_channel: MakeChannel) -> SmsChannel:
        return make_channel(self.provider, platform.server.url)

    @pytest.fixture
    def wrong_channel(self, platform: Platform, make_channel: MakeChannel) -> SmsChannel:
        return make_channel(self.provider, platform.server.url, **self.wrong)

    @pytest.fixture
    def unreachable_channel(self, make_channel: MakeChannel, unused_url: str) -> SmsChannel:
        return make_channel(self.provider, unused_url)


class TestTwilio(_Conformance):
    provider = "twilio"
    wrong: ClassVar[dict[str, str]] = {"auth_token": "anothertoken987654"}


class TestGatewayApi(_Conformance):
    provider = "gatewayapi"
    wrong: ClassVar[dict[str, str]] = {"api_key": "anothertoken987654"}


class TestSeven(_Conformance):
    provider = "seven"
    wrong: ClassVar[dict[str, str]] = {"api_key": "anothertoken987654"}


class TestVonage(_Conformance):
    provider = "vonage"
    wrong: ClassVar[dict[str, str]] = {"api_secret": "anothertoken987654"}

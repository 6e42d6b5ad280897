"""The channel passes the suite that every channel must pass."""

import pytest
from hub_viber import ViberChannel

from hub.testing.channels import MessageChannelConformance

from .conftest import ADA, GRACE, MakeChannel, Platform


class TestViber(MessageChannelConformance):
    address = ADA
    other_address = GRACE

    @pytest.fixture
    def platform(self, platform: Platform) -> Platform:
        return platform

    @pytest.fixture
    def channel(self, make_channel: MakeChannel) -> ViberChannel:
        return make_channel()

    @pytest.fixture
    def wrong_channel(self, make_channel: MakeChannel) -> ViberChannel:
        return make_channel(auth_token="anotherinvented-token-0000")

    @pytest.fixture
    def unreachable_channel(self, make_channel: MakeChannel, unused_port: int) -> ViberChannel:
        return make_channel(base_url=f"http://127.0.0.1:{unused_port}/pa")

"""The channel passes the suite that every channel must pass."""

import pytest
from hub_messenger import MessengerChannel

from hub import Message
from hub.testing.channels import MessageChannelConformance

from .conftest import ADA, GRACE, NOW, MakeChannel, Platform


class TestMessenger(MessageChannelConformance):
    address = ADA
    other_address = GRACE

    def message(self, number: int = 1, **changed: str | None) -> Message:
        """The customer has just written: else nothing may be sent."""
        return super().message(number, **changed).model_copy(update={"heard_at": NOW})

    @pytest.fixture
    def platform(self, platform: Platform) -> Platform:
        return platform

    @pytest.fixture
    def channel(self, make_channel: MakeChannel) -> MessengerChannel:
        return make_channel()

    @pytest.fixture
    def wrong_channel(self, make_channel: MakeChannel) -> MessengerChannel:
        return make_channel(access_token="EAAanotherInvented")

    @pytest.fixture
    def unreachable_channel(self, make_channel: MakeChannel, unused_port: int) -> MessengerChannel:
        return make_channel(base_url=f"http://127.0.0.1:{unused_port}")

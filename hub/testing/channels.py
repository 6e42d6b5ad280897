"""The conformance suite of message channels: a plugin's tests inherit it and play the platform on loopback."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Protocol

import pytest
from pydantic import SecretStr, ValidationError

from hub.core.contracts.channel import Delivery, Message, MessageChannel, Receipt
from hub.core.contracts.channel_abilities import ConversationChannel
from hub.core.contracts.errors import FateUnknown, HubError, NotAuthorised, Refusal, Rejected, TryAgain
from hub.core.registry.checks import faults
from hub.core.registry.reports import Kind


class Fault(StrEnum):
    """What the platform can be told to do with the next message."""

    REFUSE = "refuse"
    """Refuse its recipient for good."""
    BUSY = "busy"
    """Refuse it for now."""
    DROP_BEFORE = "drop_before"
    """Break the connection before the message was handed over, and not take it."""
    DROP_AFTER = "drop_after"
    """Take the message and break the connection instead of answering."""


@dataclass(frozen=True)
class Arrived:
    """A message as the platform got it."""

    to: str
    text: str
    subject: str = ""
    html: str | None = None
    unsubscribe_url: str | None = None


class ChannelPlatform(Protocol):
    """The other side: a real server on loopback that a plugin's tests bring along."""

    def arrived(self) -> Sequence[Arrived]:
        """Every message it took, in order."""

    def fail_next(self, fault: Fault) -> None:
        """Treat the next message so; those after it are treated well."""


class MessageChannelConformance:
    """Everything the hub relies on in a message channel.

    Derive a class named ``Test…`` from it, set ``address`` and ``other_address``, and override the fixtures
    ``platform``, ``channel``, ``unreachable_channel`` and, if the platform has credentials, ``wrong_channel``.
    """

    address: ClassVar[str]
    """Where test messages go, normalised."""
    other_address: ClassVar[str]
    """Another address."""
    has_credentials: ClassVar[bool] = True

    @pytest.fixture
    def platform(self) -> ChannelPlatform:
        """A platform on loopback, running."""
        raise NotImplementedError

    @pytest.fixture
    def channel(self, platform: ChannelPlatform) -> MessageChannel[Any]:
        """The channel, set up for ``platform``."""
        raise NotImplementedError

    @pytest.fixture
    def wrong_channel(self, platform: ChannelPlatform) -> MessageChannel[Any]:
        """The channel, set up for ``platform`` with credentials it refuses."""
        raise NotImplementedError

    @pytest.fixture
    def unreachable_channel(self) -> MessageChannel[Any]:
        """The channel, set up for a port of this machine where nobody listens."""
        raise NotImplementedError

    def message(self, number: int = 1, **changed: str | None) -> Message:
        """A message that any channel can carry, but for what is changed."""
        values: dict[str, Any] = {"id": f"message-{number}", "to": self.address, "text": f"Text {number}"}
        return Message(**(values | changed))

    def test_declares_what_the_hub_must_know(self, channel: MessageChannel[Any]) -> None:
        """The registry accepts the class."""
        assert faults(Kind.MESSAGE_CHANNEL, type(channel)) == []

    def test_describes_each_setting_and_refuses_others(self, channel: MessageChannel[Any]) -> None:
        """Every setting has a description; an unknown one is refused."""
        model = channel.settings_model
        undescribed = [name for name, field in model.model_fields.items() if not field.description]
        assert not undescribed, f"these settings have no description: {undescribed}"
        with pytest.raises(ValidationError):
            model.model_validate({**channel.settings.model_dump(), "no_such_setting": 1})

    def test_check_finds_good_settings_good_and_sends_nothing(
        self, channel: MessageChannel[Any], platform: ChannelPlatform
    ) -> None:
        """``check`` passes and leaves no trace."""
        channel.check()
        assert platform.arrived() == []

    def test_a_platform_out_of_reach_means_try_again(self, unreachable_channel: MessageChannel[Any]) -> None:
        """Nobody listens: ``TryAgain``."""
        with pytest.raises(TryAgain):
            unreachable_channel.check()
        with pytest.raises(TryAgain):
            unreachable_channel.send(self.message())

    def test_refused_credentials_mean_not_authorised(
        self, request: pytest.FixtureRequest, platform: ChannelPlatform
    ) -> None:
        """Wrong credentials: ``NotAuthorised``, without showing them."""
        if not self.has_credentials:
            pytest.skip("the platform has no credentials")
        channel: MessageChannel[Any] = request.getfixturevalue("wrong_channel")
        for attempt in (channel.check, lambda: channel.send(self.message())):
            with pytest.raises(NotAuthorised) as caught:
                attempt()
            _assert_no_secret(channel, caught.value)
        assert platform.arrived() == []

    def test_a_message_arrives_once_and_whole(
        self, channel: MessageChannel[Any], platform: ChannelPlatform
    ) -> None:
        """The text arrives as it was written, whatever the alphabet."""
        receipt = channel.send(self.message(text="Grüße, blåbærgrød, 你好 🎟\nzweite Zeile"))
        assert isinstance(receipt, Receipt)
        assert isinstance(receipt.delivery, Delivery)
        assert receipt.reference.strip(), "without a reference no report can ever be matched"
        (arrived,) = platform.arrived()
        assert arrived.to == self.address
        assert _lines(arrived.text) == ["Grüße, blåbærgrød, 你好 🎟", "zweite Zeile"]

    def test_what_it_carries_arrives(self, channel: MessageChannel[Any], platform: ChannelPlatform) -> None:
        """Subject and HTML arrive if ``carries`` says so, and not otherwise."""
        channel.send(self.message(subject="Premiere: Così", html="<p>Grüße</p>"))
        (arrived,) = platform.arrived()
        assert arrived.subject == ("Premiere: Così" if channel.carries.subject else "")
        assert (arrived.html or "").strip() == ("<p>Grüße</p>" if channel.carries.html else "")

    def test_messages_keep_their_order_and_have_references_of_their_own(
        self, channel: MessageChannel[Any], platform: ChannelPlatform
    ) -> None:
        """Several messages over one channel are told apart."""
        references = {channel.send(self.message(number)).reference for number in range(5)}
        assert len(references) == 5
        assert [_lines(arrived.text) for arrived in platform.arrived()] == [[f"Text {n}"] for n in range(5)]

    def test_the_same_id_is_the_same_message(
        self, channel: MessageChannel[Any], platform: ChannelPlatform
    ) -> None:
        """It arrives once, under one reference, if ``keeps_ids``; if not, the hub must not send it again."""
        first, second = channel.send(self.message()), channel.send(self.message())
        assert first.reference == second.reference or not channel.keeps_ids
        assert len(platform.arrived()) == (1 if channel.keeps_ids else 2)

    def test_a_refused_recipient_stops_no_other(
        self, channel: MessageChannel[Any], platform: ChannelPlatform
    ) -> None:
        """``Rejected`` is about one message; the next one goes out."""
        platform.fail_next(Fault.REFUSE)
        with pytest.raises(Rejected) as caught:
            channel.send(self.message(1))
        _assert_no_secret(channel, caught.value)
        channel.send(self.message(2, to=self.other_address))
        assert [arrived.to for arrived in platform.arrived()] == [self.other_address]

    def test_what_was_not_taken_may_be_sent_again(
        self, channel: MessageChannel[Any], platform: ChannelPlatform
    ) -> None:
        """``TryAgain`` means not taken; sent again, it arrives once."""
        platform.fail_next(Fault.BUSY)
        with pytest.raises(TryAgain):
            channel.send(self.message())
        assert platform.arrived() == []
        channel.send(self.message())
        assert len(platform.arrived()) == 1

    def test_a_connection_lost_before_the_message_costs_no_message_and_doubles_none(
        self, channel: MessageChannel[Any], platform: ChannelPlatform
    ) -> None:
        """Either the channel itself sends again, or it raises ``TryAgain`` and the hub does."""
        channel.send(self.message(1))
        platform.fail_next(Fault.DROP_BEFORE)
        try:
            channel.send(self.message(2))
        except TryAgain:
            assert len(platform.arrived()) == 1
            channel.send(self.message(2))
        assert [_lines(arrived.text) for arrived in platform.arrived()] == [["Text 1"], ["Text 2"]]

    def test_a_lost_answer_leaves_the_fate_unknown(
        self, channel: MessageChannel[Any], platform: ChannelPlatform
    ) -> None:
        """The answer is lost: ``FateUnknown``, and no second attempt by the channel."""
        platform.fail_next(Fault.DROP_AFTER)
        with pytest.raises(FateUnknown):
            channel.send(self.message(1))
        assert len(platform.arrived()) == 1, "the platform took it, and the channel must not send it twice"
        channel.send(self.message(2))
        assert len(platform.arrived()) == 2

    def test_a_text_that_is_too_long_is_rejected(
        self, channel: MessageChannel[Any], platform: ChannelPlatform
    ) -> None:
        """The longest text goes out, one character more is ``Rejected``."""
        longest = channel.carries.longest_text
        if longest is None:
            pytest.skip("the channel knows no longest text")
        channel.send(self.message(1, text="x" * longest))
        with pytest.raises(Rejected):
            channel.send(self.message(2, text="x" * (longest + 1)))
        assert len(platform.arrived()) == 1

    def test_a_link_into_a_conversation_carries_its_token(
        self, channel: MessageChannel[Any], platform: ChannelPlatform
    ) -> None:
        """Each token has a link of its own, the same each time, and making one leaves no trace."""
        if not isinstance(channel, ConversationChannel):
            pytest.skip("no link leads into a conversation on the channel")
        tokens = ("1-fw8.Az0_-9AzAzAzAzAzAzAzAzAzAzA", "zz-fw8.Bz0_-9AzAzAzAzAzAzAzAzAzAzA")
        urls = [channel.conversation_url(token) for token in (*tokens, *tokens)]
        assert urls[:2] == urls[2:]
        assert urls[0] == urls[1].replace(tokens[1], tokens[0])
        assert all(url.count(token) == 1 for url, token in zip(urls[:2], tokens, strict=True))
        assert all(url.isascii() and ":" in url and not set(url) & set(' \r\n"<>') for url in urls)
        assert platform.arrived() == []

    @pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
    def test_no_line_break_gets_into_address_or_subject(
        self, channel: MessageChannel[Any], platform: ChannelPlatform, ending: str
    ) -> None:
        """Nobody writes headers through an address or a subject; such an address is refused for good."""
        with pytest.raises(Rejected) as caught:
            channel.send(self.message(to=f"{self.address}{ending}Bcc: {self.other_address}"))
        assert caught.value.refusal is Refusal.ADDRESS, "the address is wrong, whatever is sent to it"
        if channel.carries.subject:
            with pytest.raises(Rejected):
                channel.send(self.message(subject=f"Hello{ending}Bcc: {self.other_address}"))
        assert platform.arrived() == []


def _lines(text: str) -> list[str]:
    return text.rstrip().splitlines()


def _assert_no_secret(channel: MessageChannel[Any], error: HubError) -> None:
    for name in type(channel.settings).model_fields:
        value = getattr(channel.settings, name)
        if isinstance(value, SecretStr) and value.get_secret_value():
            assert value.get_secret_value() not in str(error), f"the error shows the secret {name}"

"""What a channel must do that fetches what its provider keeps; a plugin's tests inherit it."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from hub.core.contracts.channel import MessageChannel
from hub.core.contracts.channel_abilities import ChannelEvent, CollectingChannel, FateReport
from hub.core.contracts.errors import TryAgain


class CollectingConformance:
    """Everything the hub relies on in a channel that collects.

    Derive a class named ``Test…`` from it, and override the fixtures ``channel`` and ``leave``.
    """

    @pytest.fixture
    def channel(self) -> MessageChannel[Any]:
        """The channel, set up for a place on loopback where its provider keeps what it has to tell."""
        raise NotImplementedError

    @pytest.fixture
    def leave(self) -> Callable[[int], str]:
        """Leaves there what became of a message, told apart by a number; returns the message's reference."""
        raise NotImplementedError

    @pytest.fixture
    def collecting(self, channel: MessageChannel[Any]) -> CollectingChannel:
        """The channel, by its ability."""
        assert isinstance(channel, CollectingChannel)
        return channel

    def collected(self, channel: CollectingChannel) -> list[ChannelEvent]:
        """What it hands over."""
        events: list[ChannelEvent] = []
        channel.collect(events.extend)
        return events

    def test_nothing_is_handed_over_when_nothing_is_there(self, collecting: CollectingChannel) -> None:
        """An empty place is no fault."""
        assert self.collected(collecting) == []

    def test_each_is_handed_over_once(self, collecting: CollectingChannel, leave: Callable[[int], str]) -> None:
        """What was handed over is put away; what comes later is handed over later."""
        left = {leave(number) for number in range(3)}
        events = self.collected(collecting)
        assert sorted(_references(events)) == sorted(left)
        assert all(event.at.utcoffset() == timedelta() for event in events), "times are in UTC"
        assert self.collected(collecting) == []
        later = leave(3)
        assert _references(self.collected(collecting)) == [later]

    def test_nothing_is_put_away_that_was_not_stored(
        self, collecting: CollectingChannel, leave: Callable[[int], str]
    ) -> None:
        """What ``take`` raises comes out, and all is handed over again, with the same times."""
        for number in range(3):
            leave(number)
        told: list[ChannelEvent] = []

        def fail(events: Sequence[ChannelEvent]) -> None:
            told.extend(events)
            raise TryAgain("the store is busy")

        with pytest.raises(TryAgain, match="the store is busy"):
            collecting.collect(fail)
        assert told
        again = self.collected(collecting)
        assert len(again) == 3
        assert set(told) <= set(again)


def _references(events: Sequence[ChannelEvent]) -> list[str]:
    return [event.reference for event in events if isinstance(event, FateReport)]

"""An invented plugin: three channels whose providers say what a test wants them to say."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import hub
from hub import ChannelEvent, ConsentChannel, FateReport, Receipt, Rejected, WebhookAnswer, WebhookRequest


@dataclass
class Provider:
    """What a provider knows, and how it is."""

    fates: dict[str, FateReport] = field(default_factory=dict)
    """By reference, what it says when it is asked."""
    asked: list[str] = field(default_factory=list)
    fault: Exception | None = None
    """Raised after the first thing it says."""
    calls: list[WebhookRequest] = field(default_factory=list)
    tells: Sequence[Any] = ()
    """What its call tells."""
    keeps: list[Any] = field(default_factory=list)
    """What it keeps until it is fetched, and put away."""


PROVIDER = Provider()
"""The one that all three channels have."""


class Settings(hub.Settings):
    """None."""


class Line(hub.MessageChannel[Settings], hub.WebhookChannel, hub.PollingChannel):
    """Text messages."""

    name = "line"
    label = "Line"
    help = "Sends text messages."
    settings_model = Settings
    channel = ConsentChannel.SMS
    carries = hub.Carries(subject=False, html=False, longest_text=None)
    keeps_ids = False

    def check(self) -> None: ...

    def send(self, message: hub.Message) -> Receipt:
        raise Rejected("nothing is sent in these tests")

    def receive(self, request: WebhookRequest) -> WebhookAnswer:
        if request.headers.get("x-signature") != "good":
            raise Rejected("the signature is wrong")
        PROVIDER.calls.append(request)
        return WebhookAnswer(PROVIDER.tells, 202, b"thanks", {"Content-Type": "text/plain"})

    def reports(self, references: Sequence[str]) -> Iterator[FateReport]:
        PROVIDER.asked.extend(references)
        for reference in references:
            if reference in PROVIDER.fates:
                yield PROVIDER.fates[reference]
            if PROVIDER.fault is not None:
                raise PROVIDER.fault


class Broken(Line):
    """A channel whose plugin has a mistake."""

    name = "broken"

    def reports(self, references: Sequence[str]) -> Iterator[FateReport]:
        raise ZeroDivisionError


class Chat(Line):
    """A chat service."""

    name = "chat"
    channel = ConsentChannel.VIBER


class Post(Line):
    """Email."""

    name = "post"
    channel = ConsentChannel.EMAIL


class Mute(hub.MessageChannel[Settings]):
    """A channel whose provider never calls and can't be asked."""

    name = "mute"
    label = "Mute"
    help = "Says nothing."
    settings_model = Settings
    channel = ConsentChannel.EMAIL
    carries = hub.Carries(subject=False, html=False, longest_text=None)
    keeps_ids = False

    def check(self) -> None: ...

    def send(self, message: hub.Message) -> Receipt:
        raise Rejected("nothing is sent in these tests")


class Shelf(Mute, hub.CollectingChannel):
    """Email whose provider keeps what it has to tell."""

    name = "shelf"

    def collect(self, take: Callable[[Sequence[ChannelEvent]], None]) -> None:
        while PROVIDER.keeps:
            take(PROVIDER.keeps[:2])
            del PROVIDER.keeps[:2]
            if PROVIDER.fault is not None:
                raise PROVIDER.fault


class Swallowing(Shelf):
    """A channel whose plugin does not pass on what goes wrong with the hub."""

    name = "swallowing"

    def collect(self, take: Callable[[Sequence[ChannelEvent]], None]) -> None:
        with suppress(Exception):
            super().collect(take)


@hub.hookimpl
def hub_message_channels() -> list[Any]:
    return [Line, Broken, Chat, Post, Mute, Shelf, Swallowing]

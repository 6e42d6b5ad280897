"""Links into conversations with the Page."""

import re

import pytest
from hub_messenger import MessengerChannel

from hub import Heard
from hub.testing.platforms.messenger import MessengerServer
from hub.testing.platforms.messenger.events import Item, began, followed_link

from .conftest import ADA, NOW, PAGE, call

MARK = "1p-fw8.Az0_-9AzAzAzAzAzAzAzAzAzAzA"


@pytest.mark.parametrize("item", [began(PAGE, ADA, NOW, MARK), followed_link(PAGE, ADA, NOW, MARK)])
def test_a_link_names_the_page_and_brings_its_token_back(
    channel: MessengerChannel, server: MessengerServer, item: Item
) -> None:
    assert channel.conversation_url(MARK) == f"https://m.me/{PAGE}?ref={MARK}"
    assert server.requests == []
    assert list(channel.receive(call(item)).events) == [Heard(ADA, NOW, MARK)]


def test_the_longest_token_is_one_that_meta_takes(channel: MessengerChannel) -> None:
    ref = channel.conversation_url("x" * 200).partition("?ref=")[2]
    assert re.fullmatch(r"[A-Za-z0-9+/=\-.:_]{1,2083}", ref)


def test_the_server_knows_its_own_links_only(server: MessengerServer) -> None:
    told: list[Item] = []
    server.tell = lambda *items: len(told.extend(items) or items)  # type: ignore[method-assign, func-returns-value]
    for wrong in (f"https://m.me/1?ref={MARK}", f"https://m.me/{PAGE}?ref=%20", f"https://x.example/{PAGE}?ref=x"):
        assert server.follow(wrong, ADA) == 0
    assert told == []
    server.follow(f"https://m.me/{PAGE}?ref={MARK}", ADA)
    server.follow(f"https://m.me/{PAGE}?ref={MARK}", "77")
    assert ["referral" in one for one in told] == [True, False]
    assert told[1]["postback"]["referral"]["ref"] == MARK

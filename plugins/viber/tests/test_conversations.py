"""Links into conversations with the bot."""

from typing import Any

import pytest

from hub import Heard, SettingsError
from hub.testing.platforms.viber import ViberServer
from hub.testing.platforms.viber.events import begun

from .conftest import ADA, NOW, TOKEN, MakeChannel, call

MARK = "1p-fw8.Az0_-9AzAzAzAzAzAzAzAzAzAzA"


def test_a_link_names_the_bot_and_brings_its_token_back(make_channel: MakeChannel, server: ViberServer) -> None:
    channel = make_channel(bot_uri="the-theatre.1")
    url = channel.conversation_url(MARK)
    assert url == f"viber://pa?chatURI=the-theatre.1&context={MARK}"
    assert server.requests == []
    assert list(channel.receive(call(begun(ADA, NOW, MARK))).events) == [Heard(ADA, NOW, MARK)]


@pytest.mark.parametrize("nothing", [None, ""])
def test_without_the_bots_uri_there_is_no_link(make_channel: MakeChannel, nothing: str | None) -> None:
    channel = make_channel(bot_uri=nothing)
    channel.check()
    with pytest.raises(SettingsError, match="set bot_uri"):
        channel.conversation_url(MARK)


def test_another_bots_uri_is_found_before_anybody_is_led_there(
    make_channel: MakeChannel, server: ViberServer
) -> None:
    with pytest.raises(SettingsError, match="whose URI is 'theatre'") as caught:
        make_channel(bot_uri="opera").check()
    assert TOKEN not in str(caught.value)
    server.bot.uri = "opera"
    make_channel(bot_uri="opera").check()


def test_the_server_knows_its_own_links_only(server: ViberServer) -> None:
    server.bot.webhook = ""
    told: list[dict[str, Any]] = []
    server.tell = told.append  # type: ignore[assignment, method-assign]
    for wrong in ("https://pa?chatURI=theatre", "viber://pa?chatURI=opera", "viber://pa/info?chatURI=theatre"):
        assert server.follow(f"{wrong}&context=x", ADA) == 0
    assert told == []
    server.follow("viber://pa?chatURI=theatre&context=x", ADA)
    assert [one["context"] for one in told] == ["x"]

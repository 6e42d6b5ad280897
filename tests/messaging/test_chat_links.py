"""Customers become known on chat services by links of their own; then newsletters reach them there."""

import email
import email.policy
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub import Batch, ConsentChannel, ConsentRecord, ConversationChannel, CustomerRecord, NotFound
from hub.core.access.tokens import Scope
from hub.core.app import Hub, open_hub
from hub.core.ingest.ingest import Ingest
from hub.core.messaging.chat_links import ChatLinks
from hub.core.messaging.guarded_channel import GuardedChannel
from hub.core.messaging.newsletters.drafts import Draft
from hub.core.messaging.templates.contents import Wording
from hub.core.messaging.templates.rendering import Rendered
from hub.core.store.tables import Connection
from hub.serving import make_server
from hub.testing.platforms.messenger import MessengerServer
from hub.testing.platforms.messenger import events as page_events
from hub.testing.platforms.viber import ViberServer
from hub.testing.platforms.viber import events as bot_events
from tests.api.conftest import served
from tests.messaging.conftest import EMAIL, make_home_with_address
from tests.messaging.mail_server import MailServer, mail_server

TOKEN, SECRET, WORD = "inventedtoken0123456789", "inventedwebhooksecret", "invented-verify-word"
PAGE, PAGE_USER, BOT_USER = "104857600000001", "24610213000000001", "01234567890A="


class Chat:
    """A chat service on loopback that knows nobody yet, connected to a hub that is served."""

    def __init__(self, hub: Hub, address: str, channel: str, stack: ExitStack) -> None:
        self.channel = channel
        self.messenger = stack.enter_context(MessengerServer(PAGE, TOKEN, SECRET, WORD))
        self.viber = stack.enter_context(ViberServer(TOKEN))
        if channel == "messenger":
            values = {
                "page_id": PAGE, "access_token": TOKEN, "app_secret": SECRET, "verify_token": WORD,
                "base_url": self.messenger.url,
            }  # fmt: skip
        else:
            values = {
                "auth_token": TOKEN, "sender_name": "Theatre", "bot_uri": "theatre", "base_url": self.viber.url,
            }  # fmt: skip
        connection = hub.connections.connect(channel, "chat", values)
        webhook = f"{address}/webhooks/{connection.id}"
        if channel == "messenger":
            assert self.messenger.set_webhook(webhook)
        else:
            self.viber.bot.webhook = webhook

    def follow(self, url: str) -> None:
        """The customer follows a link, and begins."""
        if self.channel == "messenger":
            assert self.messenger.follow(url, PAGE_USER) == 200
        else:
            assert self.viber.follow(url, BOT_USER) == 200
            assert self.viber.tell(bot_events.followed(BOT_USER, datetime.now(UTC))) == 200

    def stop(self) -> None:
        """The customer wants no more."""
        if self.channel == "messenger":
            self.messenger.tell(page_events.written(PAGE, PAGE_USER, "Stop", datetime.now(UTC)))
        else:
            self.viber.tell(bot_events.left(BOT_USER, datetime.now(UTC)))

    def arrived(self) -> list[tuple[str, str]]:
        """Whom the service took what for."""
        taken: Any = self.messenger.page.messages if self.channel == "messenger" else self.viber.bot.messages
        return [(one.receiver, one.text) for one in taken]


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def hub(tmp_path: Path, mail: MailServer) -> Iterator[Hub]:
    """A hub whose customer Ada, of the source shop, gets newsletters by email."""
    make_home_with_address(tmp_path / "home")
    opened = open_hub(tmp_path / "home")
    records = (
        CustomerRecord(id="ada", email="ada@example.org"),
        ConsentRecord(customer="ada", permission="newsletter"),
    )
    list(Ingest(opened.database, opened.organisation, "shop").store([Batch.of(*records)]))
    opened.connections.connect("email", "mail", mail.settings())
    yield opened
    opened.close()


@pytest.fixture
def shop(hub: Hub) -> Iterator[httpx.Client]:
    """The shop's server, which asks the hub over HTTP."""
    scopes = [Scope.MESSAGES_READ, Scope.SEGMENTS_READ, Scope.CONSENTS_WRITE]
    headers = {"Authorization": f"Bearer {hub.tokens.create('shop', scopes)}"}
    with (
        served(make_server(hub)) as address,  # type: ignore[arg-type]
        httpx.Client(base_url=f"{address}/api/v1", headers=headers, trust_env=False, timeout=60) as client,
    ):
        yield client


@pytest.fixture
def connect(hub: Hub, shop: httpx.Client) -> Iterator[Callable[[str], Chat]]:
    """Connects a chat service."""
    with ExitStack() as stack:
        yield lambda channel: Chat(hub, str(shop.base_url).partition("/api")[0], channel, stack)


def newsletter(hub: Hub, name: str, channel: str, text: str) -> dict[str, int]:
    """Send a newsletter of one wording; how its messages stand."""
    to = ConsentChannel(channel)
    words = Wording(to, "", "News" if to is EMAIL else "", text, "")
    hub.templates.set_wording(hub.templates.create(name), words)
    made = hub.newsletters.create(Draft(name, name, channels={to: None}))
    hub.newsletters.schedule(made)
    return dict(hub.newsletters.states([hub.newsletters.run(made)])[0].counts)


@pytest.mark.parametrize("channel", ["messenger", "viber"])
def test_from_a_link_to_a_newsletter(
    hub: Hub, shop: httpx.Client, mail: MailServer, connect: Callable[[str], Chat], channel: str
) -> None:
    chat = connect(channel)
    number = hub.profiles.known_as("shop", "ada").customer.number

    # Ada gets her link by email; the shop's account page has it, too.
    assert newsletter(hub, "Invitation", "email", f"Follow {{{{ chat_links.{channel} }}}} now") == {"sent": 1}
    letter = email.message_from_bytes(mail.contents[0], policy=email.policy.default)
    (link,) = re.findall(r"Follow (\S+) now", letter.get_content())
    answer = shop.get(f"/customers/{number}/chat-links").json()
    assert {one["channel"]: one["url"] for one in answer["items"]}[channel] == link

    # She follows it: the service tells the hub, which knows now that it is she. That agrees to nothing.
    assert not hub.profiles.of_number(number or 0).identities
    chat.follow(link)
    (identity,) = hub.profiles.of_number(number or 0).identities
    assert (identity.kind, identity.value) == (channel, PAGE_USER if channel == "messenger" else BOT_USER)
    assert newsletter(hub, "Too soon", channel, "Hello") == {}
    assert chat.arrived() == []

    # She ticks the box on her account page, and gets the newsletter there.
    text = hub.consent_texts.publish("newsletter", "May we write to you?", [EMAIL, ConsentChannel(channel)])
    ticked = {
        "customer": {"source": "shop", "external_id": "ada"}, "permission": "newsletter", "version": text.version,
        "given": {channel: True}, "place": "profile",
    }  # fmt: skip
    assert shop.post("/consents/captures", json=ticked).json()["outcomes"] == {channel: "recorded"}
    assert newsletter(hub, "Welcome", channel, "Hamlet is back") == {"sent": 1}
    assert chat.arrived() == [(identity.value, "Hamlet is back")]

    # She stops there, and gets no more.
    chat.stop()
    assert newsletter(hub, "Too late", channel, "Hello") == {}
    assert len(chat.arrived()) == 1


def test_links_are_shown_where_something_is_connected_and_else_the_reason(
    hub: Hub, shop: httpx.Client, connect: Callable[[str], Chat]
) -> None:
    number = hub.profiles.known_as("shop", "ada").customer.number or 0
    nothing = shop.get(f"/customers/{number}/chat-links").json()
    assert [one["channel"] for one in nothing["items"]] == ["messenger", "viber"]
    assert all(one["url"] is None and "`hub connect`" in one["reason"] for one in nothing["items"])
    connect("messenger")
    with ViberServer(TOKEN) as server:
        hub.connections.connect("viber", "nameless", {
            "auth_token": TOKEN, "sender_name": "Theatre", "base_url": server.url
        })  # fmt: skip
    page, bot = shop.get(f"/customers/{number}/chat-links").json()["items"]
    assert page["url"].startswith(f"https://m.me/{PAGE}?ref=")
    assert page["reason"] is None
    assert (bot["url"], "set bot_uri" in bot["reason"]) == (None, True)
    assert shop.get("/customers/999/chat-links").status_code == 404
    with pytest.raises(NotFound):
        hub.chat_links.of(999)


@pytest.mark.parametrize("scope", [Scope.MESSAGES_READ, Scope.SEGMENTS_READ])
def test_a_link_needs_both_scopes(hub: Hub, shop: httpx.Client, scope: Scope) -> None:
    token = hub.tokens.create("half", [scope])
    answer = shop.get("/customers/1/chat-links", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403


def test_each_customer_has_links_of_their_own_and_the_same_all_day(
    hub: Hub, connect: Callable[[str], Chat]
) -> None:
    connect("viber")
    links = hub.chat_links.by_customer([1, 2, 3])
    assert len({one["viber"] for one in links.values()}) == 3
    assert {one["messenger"] for one in links.values()} == {None}
    assert hub.chat_links.by_customer([2]) == {2: links[2]}
    assert hub.customer_facts.of([1])[1]["chat_links"] == links[1]


def test_a_template_may_rely_on_a_link_once_the_channel_is_connected(
    hub: Hub, connect: Callable[[str], Chat]
) -> None:
    template = hub.templates.create("Invitation")
    hub.templates.set_wording(template, Wording(EMAIL, "", "News", "See {{ chat_links.viber }}", ""))
    (finding,) = hub.templates.check(template)
    assert "chat_links.viber" in finding.reason
    fallback = "{{ chat_links.viber | otherwise('our page') }}"
    hub.templates.set_wording(template, Wording(EMAIL, "", "News", fallback, ""))
    assert not hub.templates.check(template)
    shown = hub.templates.preview(template, EMAIL, 1).rendered
    assert isinstance(shown, Rendered)
    assert shown.text.strip() == "our page"
    connect("viber")
    hub.templates.set_wording(template, Wording(EMAIL, "", "News", "See {{ chat_links.viber }}", ""))
    assert not hub.templates.check(template)


class Odd(ConversationChannel):
    """Makes what it is told to."""

    def __init__(self, answer: object) -> None:
        self._answer = answer

    def conversation_url(self, token: str) -> str:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer  # type: ignore[return-value]


@pytest.mark.parametrize("answer", ["", "https://chat.example.com/", None, 7, ValueError("a secret")])
def test_a_plugin_that_makes_no_good_link_is_named_and_stops_nothing(hub: Hub, answer: object) -> None:
    class Oddly:
        def connection(self, channel: ConsentChannel) -> Connection:
            return Connection(id=1, organisation_id=1, name="odd", kind="message_channel", component="odd",
                              settings="", created_at=datetime.now(UTC), changed_at=datetime.now(UTC))  # fmt: skip

        def open(self, connection_id: int) -> GuardedChannel:
            odd: Any = Odd(answer)
            return GuardedChannel(odd, "odd")

    channels: Any = Oddly()
    links = ChatLinks(hub.database, hub.organisation, channels, hub.conversations)
    assert {one.url for one in links.of(1)} == {None}
    assert all("odd" in one.reason and "secret" not in one.reason for one in links.of(1))
    assert links.by_customer([1]) == {1: {"messenger": None, "viber": None}}

"""Links of messages lead through the hub, to where they led; what is the hub's own stays."""

import re
from datetime import UTC, datetime
from html import escape

import pytest
import sqlalchemy as sa

from hub.core.access.signatures import Purpose
from hub.core.contracts.errors import SettingsError
from hub.core.messaging.conversation_tokens import ConversationTokens
from hub.core.messaging.links.tracking import MOST_LINKS, LinkTracking
from hub.core.messaging.templates.rendering import Rendered
from hub.core.store.tables import Newsletter
from tests.messaging.links.post import PUBLIC, Post

HTML = (
    '<body><p>Hi</p><a href="https://x.example/?a=1&amp;b=2">Hamlet</a> '
    '<a href="mailto:a@example.com">us</a></body>'
)


def rendered(html: str | None = HTML, text: str = "See https://x.example/?a=1&b=2.") -> Rendered:
    return Rendered("Subject", text, html)


def tracked(post: Post, newsletter: Newsletter, *messages: Rendered) -> list[Rendered]:
    return list(post.tracking.track(newsletter, list(enumerate(messages, start=1))))


def led(post: Post, text: str) -> list[str]:
    """Where the tracked links of a text lead, but for the one that is not shown."""
    tokens = re.findall(rf"{PUBLIC}/l/([\w.-]*\w)", text)
    links = {token: post.signatures.read(Purpose.CLICK, token)[0] for token in tokens}
    with post.database.reading() as connection:
        rows = connection.execute(sa.text("SELECT id, url FROM tracked_links")).all()
    urls = {row.id: row.url for row in rows}
    return [urls[links[token]] for token in tokens if links[token]]


def test_links_lead_through_the_hub_to_where_they_led(post: Post) -> None:
    (one,) = tracked(post, post.newsletter(), rendered())
    assert one.subject == "Subject"
    assert one.html is not None
    assert led(post, one.html) == led(post, one.text) == ["https://x.example/?a=1&b=2"]
    assert one.text.endswith(".")
    assert 'href="mailto:a@example.com"' in one.html
    assert "<p>Hi</p>" in one.html


def test_a_link_that_is_not_shown_and_a_picture_end_what_is_shown(post: Post) -> None:
    (one,) = tracked(post, post.newsletter(), rendered())
    found = re.fullmatch(
        rf'.*<a href="{PUBLIC}/l/(.*)" style="display:none".*></a><img src="{PUBLIC}/o/(.*).gif".*></body>',
        one.html or "",
    )
    assert found is not None
    assert post.signatures.read(Purpose.CLICK, found[1]) == (0, 1)
    assert post.signatures.read(Purpose.OPEN, found[2]) == (1,)


def test_only_what_the_newsletter_asks_for(post: Post) -> None:
    neither = post.newsletter("Neither", tracks_clicks=False, tracks_opens=False)
    assert tracked(post, neither, rendered()) == [rendered()]
    (clicks,) = tracked(post, post.newsletter("Clicks", tracks_opens=False), rendered())
    assert "/l/" in str(clicks.html)
    assert "/o/" not in str(clicks.html)
    (opens,) = tracked(post, post.newsletter("Opens", tracks_clicks=False), rendered())
    assert "/l/" not in f"{opens.html}{opens.text}"
    assert "/o/" in str(opens.html)
    (short,) = tracked(post, post.newsletter("Short"), rendered(html=None))
    assert short.html is None
    assert "/l/" in short.text


def test_own_addresses_stay_but_for_campaign_links(post: Post) -> None:
    offer = post.campaigns.create("Offer", "https://x.example/offer").link
    leaving, address = post.tracking.unsubscribe_url(1), post.tracking.campaign_url(offer)
    assert leaving.startswith(f"{PUBLIC}/u/")
    assert address == f"{PUBLIC}/c/{offer.code}"
    text = f"{leaving} {address} {PUBLIC}/c/nowhere {PUBLIC} https://hub.example.com/audiences"
    (one,) = tracked(post, post.newsletter(), rendered(None, text))
    assert led(post, one.text) == [address, "https://hub.example.com/audiences"]
    assert one.text.split()[0] == leaving
    assert one.text.split()[2:4] == [f"{PUBLIC}/c/nowhere", PUBLIC]
    token = one.text.split()[1].rpartition("/")[2]
    link, _ = post.signatures.read(Purpose.CLICK, token)
    assert post.click(link, post.message(post.newsletter("Other"))) == "https://x.example/offer"


def test_links_are_stored_once_and_so_many_at_most(post: Post) -> None:
    newsletter = post.newsletter()
    many = [rendered(None, f"https://x.example/{place} https://x.example/all") for place in range(MOST_LINKS + 50)]
    messages = tracked(post, newsletter, *many)
    assert led(post, messages[0].text) == ["https://x.example/0", "https://x.example/all"]
    assert messages[-1].text.startswith(f"https://x.example/{MOST_LINKS + 49} {PUBLIC}/l/")
    again = tracked(post, newsletter, many[0], rendered(None, "https://y.example"))
    assert again[0] == messages[0]
    assert again[1].text == "https://y.example"
    with post.database.reading() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM tracked_links")).scalar_one() == MOST_LINKS


@pytest.mark.parametrize(
    "url", ["https://x.example/" + "ü" * 1_001, "https://x.example/\0", "https://x.example/\ud800"]
)
def test_what_no_database_indexes_stays(post: Post, url: str) -> None:
    (one,) = tracked(post, post.newsletter(), rendered(None, f"{url} https://x.example"))
    assert one.text.split()[0] == url.split()[0]
    assert led(post, one.text) == ["https://x.example"]


def test_links_into_conversations_stay_and_are_written_down_nowhere(post: Post) -> None:
    token = ConversationTokens(post.signatures).token(1, datetime(2026, 5, 1, tzinfo=UTC))
    bot, page = f"viber://pa?chatURI=theatre&context={token}", f"https://m.me/104857600000001?ref={token}"
    path = f"https://chat.example.com/{token}/begin#top"
    html = f'<a href="{escape(bot)}">Viber</a><a href="{page}">Page</a><a href="{path}">Other</a>'
    like_one = f"https://x.example/?ref={token[:-1]}"
    text = f"{bot} {page}. {path}, {like_one} and so on"
    (one,) = tracked(post, post.newsletter(tracks_opens=False), rendered(html, text))
    assert one.html == html
    assert one.text.startswith(f"{bot} {page}. {path}, {PUBLIC}/l/")
    assert led(post, one.text) == [like_one]


def test_without_a_public_address_everything_stays(post: Post) -> None:
    nowhere = LinkTracking(post.database, post.signatures, "", post.organisation)
    assert list(nowhere.track(post.newsletter(), [(1, rendered())])) == [rendered()]
    with pytest.raises(SettingsError, match="set public_url"):
        nowhere.unsubscribe_url(1)


def test_hardly_any_queries_for_many_messages(post: Post) -> None:
    newsletter, asked = post.newsletter(), 0
    tracked(post, newsletter, rendered())

    def count(*_: object) -> None:
        nonlocal asked
        asked += 1

    sa.event.listen(post.database.engine, "before_cursor_execute", count)
    tracked(post, newsletter, *(rendered() for _ in range(200)))
    sa.event.remove(post.database.engine, "before_cursor_execute", count)
    assert asked <= 2  # SQLite's BEGIN is one, too

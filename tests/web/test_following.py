"""Links, offers and pictures over HTTP."""

import httpx
import pytest
import sqlalchemy as sa

from hub.core.access.signatures import Purpose
from hub.core.app import Hub
from hub.core.store.tables import LinkClick, TrackedLink, table_of
from tests.messaging.links.post import Post


@pytest.fixture
def link(post: Post) -> tuple[int, int]:
    """A link of a message, and the message."""
    with post.database.reading() as connection:
        number = connection.execute(sa.select(sa.func.count()).select_from(table_of(TrackedLink))).scalar_one()
    newsletter = post.newsletter(f"Newsletter {number}")
    return post.links(newsletter, "https://x.example/ä?a=1&b=2#c")[0], post.message(newsletter)


def path_of(post: Post, link: tuple[int, int]) -> str:
    return f"/l/{post.signatures.sign(Purpose.CLICK, *link)}"


def clicks(hub: Hub, message: int) -> list[bool]:
    """The clicks of a message, whether programs made them."""
    hub.following.flush()
    table = table_of(LinkClick)
    with hub.database.reading() as connection:
        asked = sa.select(table.c.is_robot).where(table.c.message_id == message).order_by(table.c.id)
        return list(connection.execute(asked).scalars())


def test_a_link_leads_on_at_once(web: httpx.Client, hub: Hub, post: Post, link: tuple[int, int]) -> None:
    answer = web.get(path_of(post, link))
    assert answer.status_code == 302
    assert answer.headers["Location"] == "https://x.example/%C3%A4?a=1&b=2#c"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "set-cookie" not in answer.headers
    assert clicks(hub, link[1]) == [False]
    assert post.status(link[1]) == "clicked"


def test_asking_for_the_head_counts_for_nothing(
    web: httpx.Client, hub: Hub, post: Post, link: tuple[int, int]
) -> None:
    assert web.head(path_of(post, link)).status_code == 302
    assert web.head(f"/o/{post.signatures.sign(Purpose.OPEN, link[1])}.gif").status_code == 200
    assert clicks(hub, link[1]) == []
    assert post.events(link[1]) == []


@pytest.mark.parametrize("headers", [{"User-Agent": "curl/8"}, {"Sec-Purpose": "prefetch;prerender"}])
def test_programs_are_led_on_and_not_counted(
    web: httpx.Client, hub: Hub, post: Post, link: tuple[int, int], headers: dict[str, str]
) -> None:
    assert web.get(path_of(post, link), headers=headers).status_code == 302
    assert clicks(hub, link[1]) == [True]
    assert post.status(link[1]) == "sent"


@pytest.mark.parametrize(
    "wrong", ["x", "x/y", "1-2.aaaaaaaaaaaaaaaaaaaaaaaaaaa", "%2e%2e", "https://evil.example"]
)
def test_it_leads_nowhere_else(web: httpx.Client, wrong: str) -> None:
    for path in ("l", "c", "u", "confirm"):
        answer = web.get(f"/{path}/{wrong}")
        assert answer.status_code == 404
        assert "This address is not valid" in answer.text
        assert "evil" not in answer.text


def test_an_offer_leads_on_until_it_ends(web: httpx.Client, hub: Hub) -> None:
    offer = hub.campaign_links.create("Offer", "https://x.example/offer").link
    assert web.get(f"/c/{offer.code}").headers["Location"] == "https://x.example/offer"
    hub.campaign_links.change(offer, valid_until=offer.created_at)
    answer = web.get(f"/c/{offer.code}", headers={"Accept-Language": "fr, de;q=0.5, en;q=0.4"})
    assert answer.status_code == 410
    assert "Dieses Angebot ist beendet" in answer.text
    hub.following.flush()
    figures = hub.campaign_links.figures([offer])
    assert [each.clicks for each in figures.values()] == [2]


def test_a_picture_tells_that_a_message_was_looked_at(
    web: httpx.Client, hub: Hub, post: Post, link: tuple[int, int]
) -> None:
    answer = web.get(f"/o/{post.signatures.sign(Purpose.OPEN, link[1])}.gif")
    assert answer.headers["Content-Type"] == "image/gif"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content.startswith(b"GIF89a")
    hub.following.flush()
    assert post.status(link[1]) == "opened"
    assert web.get("/o/nothing.gif").content == answer.content


def test_the_rest_is_the_rest_api(web: httpx.Client) -> None:
    assert web.get("/api/v1/health/live").status_code == 200
    assert web.get("/").headers["Content-Type"] == "application/problem+json"

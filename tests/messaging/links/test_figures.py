"""What links brought: people's clicks, and each order with the campaign link that was followed last before it."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.core.contracts.errors import InUse, NameTaken, NotFound, UserError
from hub.core.contracts.records import EventRecord, OrderLineRecord, OrderRecord, OrderStatus
from hub.core.messaging.templates.rendering import Rendered
from hub.core.store.tables import CampaignLink
from tests.messaging.links.post import NOON, PERSON, PUBLIC, ROBOT, Post


@pytest.fixture
def programme(post: Post) -> Post:
    """Two evenings of Hamlet and one of Faust."""
    post.bring(
        EventRecord(id="H-1", title="Hamlet", production="Hamlet", starts_at=NOON),
        EventRecord(id="H-2", title="Hamlet", production="Hamlet", starts_at=NOON),
        EventRecord(id="F-1", title="Faust", production="Faust", starts_at=NOON),
    )
    return post


def order(
    post: Post, name: str, customer: int, at: datetime, event: str = "H-1", total: str = "10.00",
    status: OrderStatus = OrderStatus.PAID, currency: str = "EUR",
) -> None:  # fmt: skip
    post.bring(
        OrderRecord(
            id=name,
            customer=f"C-{customer}",
            ordered_at=at,
            total=Decimal(total),
            status=status,
            currency=currency,
        ),
        OrderLineRecord(id="1", order=name, event=event, quantity=1),
    )


def figures(post: Post, link: CampaignLink) -> tuple[int, int, int, int]:
    found = post.campaigns.figures([link])[link.id or 0]
    assert post.campaigns.figures()[link.id or 0] == found
    return found.clicks, found.people, found.orders, found.revenue


def test_orders_by_who_followed_within_the_days(programme: Post) -> None:
    post = programme
    offer = post.campaigns.create("Offer", "https://x.example", days=2).link
    newsletter = post.newsletter()
    (message,) = post.tracking.track(newsletter, [(post.message(newsletter, 1), _saying(post, offer))])
    post.follow(message.text)
    post.follow(message.text, ROBOT)
    (followed,) = post.tracking.track(newsletter, [(post.message(newsletter, 3), _saying(post, offer))])
    post.follow(followed.text, ROBOT)
    post.following.campaign(offer.code, PERSON)
    post.following.flush()
    order(post, "in time", 1, NOON + timedelta(days=2))
    order(post, "too late", 1, NOON + timedelta(days=2, seconds=1))
    order(post, "before", 1, NOON - timedelta(seconds=1))
    order(post, "of one whose scanner followed", 3, NOON + timedelta(hours=1))
    order(post, "another's", 2, NOON + timedelta(hours=1))
    order(post, "cancelled", 1, NOON + timedelta(hours=1), status=OrderStatus.CANCELLED)
    order(post, "foreign", 1, NOON + timedelta(hours=1), currency="DKK")
    assert figures(post, offer) == (2, 1, 2, 1000)


def test_only_orders_of_what_is_offered_count(programme: Post) -> None:
    post = programme
    of_event = post.campaigns.create("Event", "https://x.example", event="H-2")
    of_production = post.campaigns.create("Production", "https://x.example", production="Hamlet")
    assert (of_event.event, of_production.production) == ("H-2", "Hamlet")
    for offer in (of_event, of_production):
        newsletter = post.newsletter(offer.link.name)
        (message,) = post.tracking.track(newsletter, [(post.message(newsletter), _saying(post, offer.link))])
        post.follow(message.text)
        post.later(1)
    order(post, "1", 1, NOON + timedelta(days=1), "H-1")
    order(post, "2", 1, NOON + timedelta(days=1), "F-1")
    assert figures(post, of_event.link)[2:] == (0, 0)
    assert figures(post, of_production.link)[2:] == (1, 1000)


def test_figures_of_a_newsletter(programme: Post) -> None:
    post = programme
    offer = post.campaigns.create("Offer", "https://x.example/offer").link
    first, second = post.newsletter("First"), post.newsletter("Second")
    for newsletter in (first, second):
        message = post.message(newsletter, 1)
        (one,) = post.tracking.track(newsletter, [(message, _saying(post, offer, "https://x.example/more"))])
        for url in one.text.split():
            post.follow(url)
        post.follow(one.text)
        post.later(60)
    order(post, "1", 1, post.now, total="20.00")
    (followed, plain) = post.campaigns.newsletter_figures(second.id or 0)
    assert (followed.url, followed.campaign_link_id) == (f"{PUBLIC}/c/{offer.code}", offer.id)
    assert (followed.figures.clicks, followed.figures.people) == (2, 1)
    assert (followed.figures.orders, followed.figures.revenue) == (1, 2000)
    assert (plain.url, plain.campaign_link_id, plain.figures.clicks) == ("https://x.example/more", None, 1)
    assert [each.figures.orders for each in post.campaigns.newsletter_figures(first.id or 0)] == [0, 0]


HOURS = st.integers(0, 72)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    clicks=st.lists(st.tuples(st.integers(0, 1), st.integers(1, 2), HOURS), max_size=8),
    orders=st.lists(st.tuples(st.integers(1, 2), HOURS), max_size=6),
)
def test_every_order_is_put_down_to_the_last_link_at_most_once(
    programme: Post, clicks: list[tuple[int, int, int]], orders: list[tuple[int, int]]
) -> None:
    post = programme
    post.forget()
    days = (1, 2)
    offers = [post.campaigns.create(f"Offer {each}", "https://x.example", days=each).link for each in days]
    newsletter = post.newsletter()
    clicks = sorted(clicks, key=lambda click: click[2])
    for link, customer, hour in clicks:
        post.now = NOON
        message = post.message(newsletter, customer) if (customer not in post.sent) else post.sent[customer]
        post.sent[customer] = message
        (one,) = post.tracking.track(newsletter, [(message, _saying(post, offers[link]))])
        post.now = NOON + timedelta(hours=hour)
        post.follow(one.text)
    for place, (customer, hour) in enumerate(orders):
        order(post, f"O-{place}", customer, NOON + timedelta(hours=hour))
    expected = [0, 0]
    for customer, hour in orders:
        possible = [link for link, who, at in clicks if who == customer and at <= hour <= at + 24 * days[link]]
        if possible:
            expected[possible[-1]] += 1
    assert [figures(post, offer)[2] for offer in offers] == expected


def test_links_are_made_listed_changed_and_removed(programme: Post) -> None:
    post = programme
    made = post.campaigns.create(" Autumn ", "https://x.example/a", event="F-1", days=3)
    assert post.campaigns.address(made.link) == f"{PUBLIC}/c/{made.link.code}"
    post.campaigns.create("Winter", "https://x.example/w")
    assert [each.link.name for each in post.campaigns.all()] == ["Autumn", "Winter"]
    assert [each.link.name for each in post.campaigns.all(after="autumn", limit=1)] == ["Winter"]
    assert post.campaigns.named("AUTUMN") == post.campaigns.of_id(made.link.id or 0)
    with pytest.raises(NameTaken, match="called 'Winter' already"):
        post.campaigns.change(made.link, name="winter")
    changed = post.campaigns.change(made.link, name="Spring", event=None, production="Hamlet", days=4)
    assert (changed.link.name, changed.event, changed.production, changed.link.days) == (
        "Spring",
        None,
        "Hamlet",
        4,
    )
    assert changed.link.code == made.link.code
    post.campaigns.remove(made.link)
    with pytest.raises(NotFound):
        post.campaigns.remove(made.link)


def test_one_that_readers_have_is_not_removed(post: Post) -> None:
    offer = post.campaigns.create("Offer", "https://x.example").link
    newsletter = post.newsletter(campaign_link_id=offer.id)
    with pytest.raises(InUse, match="newsletter 'March'"):
        post.campaigns.remove(offer)
    with post.database.writing() as connection:
        connection.exec_driver_sql("UPDATE newsletters SET campaign_link_id = NULL")
    post.tracking.track(newsletter, [(post.message(newsletter), _saying(post, offer))])
    with pytest.raises(InUse, match="newsletter 'March'"):
        post.campaigns.remove(offer)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("example.com", "no web address"),
        ("javascript:alert(1)", "no web address"),
        ("https://", "no web address"),
        ("https://x.example/a b", "no web address"),
        ("https://[x", "can't be read"),
        ("https://x.example/" + "a" * 2_000, "longer than 2,000 bytes"),
        (f"{PUBLIC}/c/x", "back to this hub"),
    ],
)
def test_where_a_link_can_not_lead(post: Post, url: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        post.campaigns.create("Offer", url)


def test_what_is_not_there_is_named(post: Post) -> None:
    with pytest.raises(NotFound, match="no event 'E'"):
        post.campaigns.create("Offer", "https://x.example", event="E")
    with pytest.raises(NotFound, match="no production 'P'"):
        post.campaigns.create("Offer", "https://x.example", production="P")
    with pytest.raises(UserError, match="1 to 365 days"):
        post.campaigns.create("Offer", "https://x.example", days=0)
    with pytest.raises(NotFound, match="`hub link list`"):
        post.campaigns.named("Offer")


def _saying(post: Post, offer: CampaignLink, *more: str) -> Rendered:
    return Rendered("", " ".join([post.tracking.campaign_url(offer), *more]), None)

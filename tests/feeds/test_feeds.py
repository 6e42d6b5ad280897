"""Feeds: made, rotated, revoked and removed; what can't be made; what keeps segments and views in place."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub import UserError
from hub.core.contracts.errors import InUse, NameTaken, NotFound
from hub.core.contracts.records import ConsentChannel
from hub.core.feeds.columns import FEED_COLUMNS, USUAL_COLUMNS
from hub.core.feeds.notes import UnknownFeed
from hub.core.feeds.writing import FeedForm
from hub.core.store.tables import metadata
from tests.feeds.stand import Stand


def test_a_feed_is_made_and_listed_without_its_secret(stand: Stand) -> None:
    view = stand.views.create(stand.segments.named("All"), "Danes", 'country = "DK"')
    issued = stand.feeds.create(
        "shop", "all", view="danes", columns=["email", "city"], permission="newsletter",
        channel=ConsentChannel.EMAIL,
    )  # fmt: skip
    stand.feed("another")
    one, other = reversed(stand.feeds.all())
    assert (one.feed, one.segment, one.view, one.columns) == (issued.feed, "All", "Danes", ["email", "city"])
    assert (one.feed.permission, one.feed.permission_channel, one.feed.view_id) == ("newsletter", "email", view.id)
    assert (other.view, tuple(other.columns), other.feed.permission) == (None, USUAL_COLUMNS, None)
    assert (one.problem, one.last_read_at, one.feed.revoked_at) == ("", None, None)
    assert [state.feed.name for state in stand.feeds.all(after="another")] == ["shop"]
    assert [state.feed.name for state in stand.feeds.all(limit=1)] == ["another"]
    assert stand.feeds.of_id(issued.feed.id or 0) == one


def test_an_address_is_whole_where_it_is_known_how_others_reach_the_server(stand: Stand) -> None:
    issued = stand.feeds.create("shop", "All", permission=None)
    path = f"/feeds/{issued.secret}.csv"
    assert len(issued.secret) == 43
    assert issued.address(FeedForm.CSV, "") == path
    assert issued.address(FeedForm.CSV, "https://hub.example.com/") == f"https://hub.example.com{path}"
    assert issued.secret not in repr(issued)


def test_the_store_holds_no_secret(stand: Stand) -> None:
    issued = stand.feeds.create("shop", "All", permission=None)
    stand.read(issued.secret)
    secrets = [issued.secret, stand.feeds.rotate(issued.feed).secret]
    stand.read(secrets[1])
    with stand.database.reading() as connection:
        everything = str([list(connection.execute(sa.select(table))) for table in metadata.sorted_tables])
    assert "a print shop" in everything
    assert not any(secret in everything for secret in secrets)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "a feed's name has 1 to 200 characters"),
        ({"columns": ["email", "iban"]}, f"no column 'iban'; choose from {', '.join(FEED_COLUMNS)}"),
        ({"columns": ["email", "email"]}, "named once"),
        ({"permission": " "}, "a permission has a name"),
        ({"channel": ConsentChannel.SMS}, "a channel only makes sense with a permission"),
        ({"segment": "None"}, "no segment 'None'"),
        ({"view": "Danes"}, "no view 'Danes'"),
    ],
)
def test_what_can_not_be_made_is_told(stand: Stand, wrong: dict[str, object], said: str) -> None:
    with pytest.raises(UserError, match=said):
        stand.feed(**wrong)  # type: ignore[arg-type]
    assert stand.feeds.all() == []


def test_a_name_is_taken_until_its_feed_is_removed(stand: Stand) -> None:
    stand.feed()
    feed = stand.feeds.named("shop")
    with pytest.raises(NameTaken, match="a feed is called 'shop' already; choose another name"):
        stand.feed()
    stand.feeds.revoke(feed)
    with pytest.raises(NameTaken, match="a revoked feed is called 'shop' already; remove it"):
        stand.feed()
    stand.feeds.remove(feed)
    stand.feed()
    with pytest.raises(NotFound, match=f"no feed {feed.id}"):
        stand.feeds.remove(feed)
    with pytest.raises(NotFound, match="no feed 'gone'; `hub feed list`"):
        stand.feeds.named("gone")


def test_another_address_ends_the_old_one_at_once(stand: Stand) -> None:
    old = stand.feed()
    assert len(stand.listed(old)) == 3
    stand.now += timedelta(hours=1)
    issued = stand.feeds.rotate(stand.feeds.named("shop"))
    with pytest.raises(UnknownFeed):
        stand.read(old)
    assert len(stand.listed(issued.secret)) == 3
    assert stand.feeds.named("shop").rotated_at == stand.now
    assert len(stand.feeds.reads(issued.feed)) == 2


def test_a_revoked_feed_is_dead_for_good_and_tells_who_read_it(stand: Stand) -> None:
    secret = stand.feed()
    stand.listed(secret)
    feed = stand.feeds.revoke(stand.feeds.named("shop"))
    revoked_at = feed.revoked_at
    assert revoked_at == stand.now
    with pytest.raises(UnknownFeed):
        stand.read(secret)
    with pytest.raises(UserError, match="revoked for good"):
        stand.feeds.rotate(feed)
    stand.now += timedelta(hours=1)
    assert stand.feeds.revoke(feed).revoked_at == revoked_at
    assert [read.members for read in stand.feeds.reads(feed)] == [3]


def test_a_feed_keeps_its_segment_in_place_while_it_is_in_force(stand: Stand) -> None:
    segment = stand.segments.named("All")
    stand.feed()
    assert [use.kind for use in stand.segments.uses(segment)] == ["feed"]
    with pytest.raises(InUse, match="used by the feed 'shop'; revoke that first"):
        stand.segments.remove(segment)
    feed = stand.feeds.revoke(stand.feeds.named("shop"))
    stand.segments.remove(segment)
    with pytest.raises(InUse, match="named by the feed 'shop'; remove that first"):
        stand.segments.delete(segment)
    stand.feeds.remove(feed)
    stand.segments.delete(segment)


def test_a_feed_keeps_its_view_in_place(stand: Stand) -> None:
    view = stand.views.create(stand.segments.named("All"), "Danes", 'country = "DK"')
    stand.feed(view="Danes")
    stand.feed("whole")
    with pytest.raises(InUse, match="the view 'Danes' is used by the feed 'shop'; remove that first"):
        stand.views.remove(view)
    stand.feeds.remove(stand.feeds.named("shop"))
    stand.views.remove(view)


def test_the_list_tells_what_can_not_be_answered(stand: Stand) -> None:
    stand.segments.create("Danes", 'country = "DK"')
    stand.segments.create("Above", 'segment "Danes"')
    stand.views.create(stand.segments.named("All"), "old", "age >= 30")
    stand.feed("above", "Above")
    stand.feed("view", view="old")
    stand.feed("well")
    for gone, broken in (("country", "above"), ("age", "view")):
        stand_without = Stand(stand.database, stand.organisation)
        stand_without.segments.definitions.language = stand.without(gone).segments.language
        found = {state.feed.name: state.problem for state in stand_without.feeds.all()}
        assert [name for name, problem in found.items() if problem] == [broken]
        assert gone in found[broken]
        stand_without.replica.close()

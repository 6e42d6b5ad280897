"""The link in a message takes back the consent it was sent under, at once, once, and nothing else does."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.core.access.signatures import Purpose
from hub.core.contracts.errors import NotFound
from hub.core.contracts.records import ConsentChannel, ConsentRecord
from hub.core.messaging.unsubscribing import RESUME_WITHIN
from hub.core.store.standing import consenting
from hub.core.store.tables import Consent, ConsentText, WrittenMessage, table_of
from tests.messaging.links.post import NOON, ROBOT, Post


def token(post: Post, message: int) -> str:
    return post.signatures.sign(Purpose.UNSUBSCRIBE, message)


def log(post: Post, customer: int = 1) -> list[tuple[str, bool, str | None]]:
    """The customer's log: channels, what was said, and where."""
    table = table_of(Consent)
    asked = sa.select(table.c.channel, table.c.given, table.c.place).where(table.c.customer_number == customer)
    with post.database.reading() as connection:
        return [tuple(row) for row in connection.execute(asked.order_by(table.c.id))]


def stands(post: Post, channel: str = "email", customer: int = 1) -> bool:
    """As the sender asks before it sends."""
    with post.database.reading() as connection:
        return bool(consenting(connection, [customer], "newsletter", channel))


def test_once_and_at_once(post: Post) -> None:
    link = token(post, post.message(post.newsletter()))
    found = post.unsubscribing.read(link)
    assert (found.organisation, found.permission, found.channel) == ("Theater am Ufer", "newsletter", "email")
    assert (found.stands, found.others_stand, found.can_resume) == (True, True, False)
    for _ in range(2):
        found = post.unsubscribing.unsubscribe(link)
        assert (found.stands, found.others_stand, found.can_resume) == (False, True, True)
        assert not stands(post)
    assert stands(post, "sms")
    assert log(post)[2:] == [("email", False, "unsubscribe link")]
    assert stands(post, customer=2)


def test_everything(post: Post) -> None:
    link = token(post, post.message(post.newsletter()))
    found = post.unsubscribing.unsubscribe(link, everything=True)
    assert (found.stands, found.others_stand) == (False, False)
    assert sorted(log(post)[2:]) == [("email", False, "unsubscribe link"), ("sms", False, "unsubscribe link")]


def test_a_consent_from_a_clock_that_is_ahead_is_taken_back_too(post: Post) -> None:
    ahead = NOON + timedelta(hours=5)
    post.bring(ConsentRecord(customer="C-1", permission="newsletter", at=ahead))
    post.unsubscribing.unsubscribe(token(post, post.message(post.newsletter())))
    assert not stands(post)


def test_a_mistake_is_undone_under_the_same_words(post: Post) -> None:
    words = ConsentText(
        organisation_id=post.organisation.id or 0, permission="newsletter", version=1, text="Yes",
        channels="email", created_at=NOON,
    )  # fmt: skip
    with post.database.session(write=True) as session:
        session.add(words)
    with post.database.writing() as connection:
        connection.execute(sa.update(table_of(Consent)).values(consent_text_id=words.id))
    link = token(post, post.message(post.newsletter()))
    assert not post.unsubscribing.resume(link).can_resume
    assert len(log(post)) == 2
    for _ in range(3):  # within one second, too
        post.unsubscribing.unsubscribe(link)
        assert not stands(post)
        for _ in range(2):
            found = post.unsubscribing.resume(link)
            assert (found.stands, found.can_resume) == (True, False)
            assert stands(post)
    assert [entry[1:] for entry in log(post)[2:]] == [(False, "unsubscribe link"), (True, "unsubscribe page")] * 3
    with post.database.reading() as connection:
        newest = connection.execute(sa.select(table_of(Consent).c.consent_text_id).order_by(sa.text("id DESC")))
        assert newest.scalars().first() == words.id


def test_a_mistake_is_undone_for_an_hour_and_only_if_nothing_came_after_it(post: Post) -> None:
    link = token(post, post.message(post.newsletter()))
    post.unsubscribing.unsubscribe(link)
    post.later(RESUME_WITHIN.total_seconds() + 1)
    assert not post.unsubscribing.resume(link).stands
    other = token(post, post.message(post.newsletter("Other"), 2))
    post.unsubscribing.unsubscribe(other)
    post.later(5)
    post.bring(ConsentRecord(customer="C-2", permission="newsletter", given=False, at=post.now, place="profile"))
    found = post.unsubscribing.resume(other)
    assert (found.stands, found.can_resume) == (False, False)


def test_of_an_erased_customer_nothing_stands(post: Post) -> None:
    link = token(post, post.message(post.newsletter()))
    with post.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM consents WHERE customer_number = 1")
        connection.exec_driver_sql("DELETE FROM customers WHERE number = 1")
    for found in (
        post.unsubscribing.read(link), post.unsubscribing.unsubscribe(link), post.unsubscribing.resume(link),
    ):  # fmt: skip
        assert (found.stands, found.others_stand, found.can_resume, found.language) == (False, False, False, None)


def test_what_is_not_ours(post: Post) -> None:
    message = post.message(post.newsletter())
    for wrong in (
        token(post, message + 1),
        token(post, message)[:-1] + "!",
        post.signatures.sign(Purpose.OPEN, 1),
    ):
        for ask in (post.unsubscribing.read, post.unsubscribing.unsubscribe, post.unsubscribing.resume):
            with pytest.raises(NotFound):
                ask(wrong)
    assert len(log(post)) == 2


@pytest.mark.parametrize("permission", [None, "newsletter"])
def test_of_a_message_to_one_customer(post: Post, permission: str | None) -> None:
    message = post.message(post.newsletter(), channel="sms")
    with post.database.session(write=True) as session:
        written = WrittenMessage(
            message_id=message,
            organisation_id=post.organisation.id or 0,
            key="k",
            permission=permission,
            text="Hi",
        )
        session.add(written)
        session.flush()
        session.execute(sa.text("UPDATE messages SET newsletter_id = NULL"))
    found = post.unsubscribing.unsubscribe(token(post, message))
    assert (found.permission, found.channel) == (permission, ConsentChannel.SMS)
    assert (stands(post, "sms"), stands(post)) == (False, True)


DOINGS = st.lists(
    st.tuples(st.sampled_from(["leave", "all", "back", "open", "click", "trap", "look", "agree", "wait"]),
              st.integers(0, 1)),
    max_size=14,
)  # fmt: skip


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(doings=DOINGS)
def test_only_what_people_press_changes_a_consent(post: Post, doings: list[tuple[str, int]]) -> None:
    post.forget()
    channels = ("email", "sms")
    with post.database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM consents WHERE place IS NOT NULL OR at > 1772452800")
    newsletter = post.newsletter()
    (link,) = post.links(newsletter, "https://x.example")
    messages = {channel: post.message(post.newsletter(channel), channel=channel) for channel in channels}
    expected, left = dict.fromkeys(channels, True), dict.fromkeys(channels, False)
    for does, place in doings:
        channel, message = channels[place], messages[channels[place]]
        address = token(post, message)
        post.later(1)
        if does == "leave":
            left[channel] = left[channel] or expected[channel]
            expected[channel] = False
            post.unsubscribing.unsubscribe(address)
        elif does == "all":
            left = {each: left[each] or expected[each] for each in channels}
            expected = dict.fromkeys(channels, False)
            post.unsubscribing.unsubscribe(address, everything=True)
        elif does == "back":
            expected[channel] = expected[channel] or left[channel]
            left[channel] = False
            post.unsubscribing.resume(address)
        elif does == "agree":
            expected[channel], left[channel] = True, False
            post.bring(
                ConsentRecord(
                    customer="C-1",
                    permission="newsletter",
                    channel=ConsentChannel(channel),
                    at=post.now,
                    place="x",
                )
            )
        elif does == "wait":
            left = dict.fromkeys(channels, False)
            post.later(RESUME_WITHIN.total_seconds() + 1)
        elif does == "look":
            post.open(message, ROBOT)
        elif does == "open":
            post.unsubscribing.read(address)
        elif does == "trap":
            with pytest.raises(NotFound):
                post.click(0, message, ROBOT)
        else:
            post.click(link, message, ROBOT)
        assert {each: stands(post, each) for each in channels} == expected

"""Who follows a link gets there and is counted; programs are not, also those that are found out later."""

import logging
import threading
from collections.abc import Sequence

import pytest

from hub.core.access.signatures import Purpose
from hub.core.contracts.errors import NotFound, TryAgain
from hub.core.messaging.links.following import OfferEnded
from hub.core.messaging.links.recording import Recorder
from hub.core.messaging.links.robots import Robots, Visitor
from hub.core.store.clicks import BURST_SECONDS, MOST_LINKS, TRAP_SECONDS
from tests.messaging.links.post import PERSON, ROBOT, Post

URLS = [f"https://x.example/{place}" for place in range(MOST_LINKS + 1)]
PEOPLE = {
    "a phone": "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
    "within an app": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/21E219 [FBAN/FBIOS;FBAV/462.0.0.41.101;FBDV/iPhone14,5]",
    "a desktop": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36",
}
PROGRAMS = {
    "no name": "",
    "a library": "python-requests/2.31",
    "a scanner": "BarracudaCentral-SpamFirewall/1.0",
    "a preview": "WhatsApp/2.23.20.0",
    "an office program that looks ahead": "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
    "a crawler": ROBOT.agent,
}


@pytest.mark.parametrize("agent", PEOPLE.values(), ids=PEOPLE)
def test_people_follow_and_look(agent: str) -> None:
    assert not Robots().follows(Visitor(agent))
    assert not Robots().looks(Visitor(agent))
    assert Robots().follows(Visitor(agent, looks_ahead=True))


@pytest.mark.parametrize("agent", PROGRAMS.values(), ids=PROGRAMS)
def test_programs_do_not(agent: str) -> None:
    assert Robots().follows(Visitor(agent))


@pytest.mark.parametrize(
    ("agent", "is_robot"),
    [
        ("Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", False),
        ("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", False),
        ("Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Microsoft Outlook 16.0; ms-office)", False),
        ("Mozilla/5.0", False),  # a mailbox that fetches every picture
        ("BarracudaCentral-SpamFirewall/1.0", True),
        ("", True),
    ],
)
def test_who_looks_through_a_mail_service_is_a_person(agent: str, is_robot: bool) -> None:
    assert Robots().looks(Visitor(agent)) is is_robot


def test_who_follows_gets_there_and_is_counted(post: Post) -> None:
    newsletter = post.newsletter()
    (link,), message = post.links(newsletter, "https://x.example"), post.message(newsletter, 2)
    assert post.click(link, message, Visitor("Mozilla/5.0 \n" + "x" * 900)) == "https://x.example"
    (click,) = post.clicks()
    assert (click.link_id, click.message_id, click.customer_number, click.is_robot) == (link, message, 2, False)
    assert len(click.agent) == 200
    assert post.status(message) == "clicked"
    assert post.events(message) == [("clicked", False)]
    assert post.click(link, message, counts=False) == "https://x.example"
    assert len(post.clicks()) == 1


def test_looking_counts_once_and_lowers_nothing(post: Post) -> None:
    newsletter = post.newsletter()
    (link,), message = post.links(newsletter, "https://x.example"), post.message(newsletter)
    post.open(message, Visitor("BarracudaCentral-SpamFirewall/1.0"))
    assert (post.status(message), post.events(message)) == ("sent", [("opened", True)])
    for _ in range(3):
        post.later(1)
        post.open(message)
    assert (post.status(message), post.events(message)) == ("opened", [("opened", True), ("opened", False)])
    post.click(link, message)
    post.later(1)
    post.open(message)
    assert post.status(message) == "clicked"


@pytest.mark.parametrize("visitor", [ROBOT, Visitor(PERSON.agent, looks_ahead=True)])
def test_a_program_that_says_so_counts_for_nothing(post: Post, visitor: Visitor) -> None:
    newsletter = post.newsletter()
    (link,), message = post.links(newsletter, "https://x.example"), post.message(newsletter)
    assert post.click(link, message, visitor) == "https://x.example"
    assert [click.is_robot for click in post.clicks()] == [True]
    assert (post.status(message), post.events(message)) == ("sent", [("clicked", True)])


def test_who_is_too_quick_is_a_program(post: Post) -> None:
    newsletter = post.newsletter()
    (link,), message = post.links(newsletter, "https://x.example"), post.message(newsletter, sent=post.now)
    post.later(1)
    post.click(link, message)
    post.open(message)
    assert post.status(message) == "sent"
    post.later(1)
    post.click(link, message)
    assert [click.is_robot for click in post.clicks()] == [True, False]


def test_who_follows_many_links_at_once_is_a_program_from_the_first_one_on(post: Post) -> None:
    newsletter = post.newsletter()
    links, message, other = post.links(newsletter, *URLS), post.message(newsletter, 1), post.message(newsletter, 2)
    post.click(links[0], message)
    post.click(links[0], other)
    post.later(BURST_SECONDS + 1)
    for link in links[:-1]:
        post.later(1)
        post.click(link, message)
    assert not any(click.is_robot for click in post.clicks())
    post.click(links[-1], message)
    own = [click.is_robot for click in post.clicks() if click.message_id == message]
    assert own == [False] + [True] * len(links)
    assert post.events(message).count(("clicked", False)) == 1
    assert post.status(message) == post.status(other) == "clicked"


def test_a_burst_takes_back_what_it_counted(post: Post) -> None:
    newsletter = post.newsletter()
    links, message = post.links(newsletter, *URLS), post.message(newsletter)
    post.open(message)
    for link in links:
        assert post.status(message) == ("clicked" if link != links[0] else "opened")
        post.click(link, message)
    assert post.status(message) == "opened"
    post.later(TRAP_SECONDS)
    post.click(links[0], message)
    assert post.status(message) == "clicked"


def test_who_follows_what_is_not_shown_is_a_program_for_a_minute(post: Post) -> None:
    newsletter = post.newsletter()
    (link,), message = post.links(newsletter, "https://x.example"), post.message(newsletter)
    post.open(message)
    post.click(link, message)
    post.later(TRAP_SECONDS)
    with pytest.raises(NotFound):
        post.click(0, message)
    assert post.status(message) == "sent"
    assert {is_robot for _, is_robot in post.events(message)} == {True}
    post.later(TRAP_SECONDS)
    post.click(link, message)
    assert post.status(message) == "sent"
    post.later(1)
    post.click(link, message)
    assert post.status(message) == "clicked"


def test_what_did_not_arrive_or_was_complained_about_stays_so(post: Post) -> None:
    newsletter = post.newsletter()
    (link,), message = post.links(newsletter, "https://x.example"), post.message(newsletter)
    with post.database.writing() as connection:
        connection.exec_driver_sql("UPDATE messages SET status = 'complained'")
    post.click(link, message)
    assert post.status(message) == "complained"


def test_addresses_that_lead_nowhere(post: Post) -> None:
    newsletter = post.newsletter()
    (link,), message = post.links(newsletter, "https://x.example"), post.message(newsletter)
    token = post.signatures.sign(Purpose.CLICK, link, message)
    changed = (
        f"{token[:-5]}{'B' if token[-5] == 'A' else 'A'}{token[-4:]}"  # the last letter's last bits mean nothing
    )
    for wrong in (changed, "", "x.y", post.signatures.sign(Purpose.UNSUBSCRIBE, link, message), "1-2"):
        with pytest.raises(NotFound):
            post.following.click(wrong, PERSON)
    with pytest.raises(NotFound):
        post.click(link + 1, message)
    with pytest.raises(NotFound):
        post.following.campaign("nowhere/é", PERSON)
    post.click(link, message + 99)  # gone meanwhile, though its link is not
    assert post.clicks() == []


def test_campaign_links_lead_on_until_they_end(post: Post) -> None:
    offer = post.campaigns.create("Offer", "https://x.example/offer", valid_until=post.now).link
    assert post.following.campaign(offer.code, PERSON) == "https://x.example/offer"
    post.later(1)
    with pytest.raises(OfferEnded):
        post.following.campaign(offer.code, PERSON)
    post.following.flush()
    assert [(click.campaign_link_id, click.customer_number) for click in post.clicks()] == [(offer.id, None)] * 2
    post.campaigns.change(offer, valid_until=None, url="https://x.example/new")
    assert post.following.campaign(offer.code, PERSON) == "https://x.example/new"


def test_nobody_waits_for_a_locked_store(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    newsletter = post.newsletter()
    (link,), message = post.links(newsletter, "https://x.example"), post.message(newsletter)
    token = post.signatures.sign(Purpose.CLICK, link, message)
    with post.database.writing() as connection:
        connection.exec_driver_sql("UPDATE messages SET status = 'sent'")
        assert post.following.click(token, PERSON) == "https://x.example"
    post.following.flush()
    assert post.status(message) == "clicked"


def test_what_can_not_be_kept_is_told(caplog: pytest.LogCaptureFixture) -> None:
    tried, gate = [], threading.Event()

    def write(entries: Sequence[int]) -> None:
        tried.append(list(entries))
        gate.wait(10)
        if 1 in entries:
            raise TryAgain("locked")
        if 2 in entries:
            raise ValueError("secret")

    recorder: Recorder[int] = Recorder(write, "things")
    with caplog.at_level(logging.ERROR):
        recorder.note(1)
        gate.set()
        recorder.flush()
        recorder.note(2)
        recorder.flush()
        recorder.note(3)
        recorder.close()
    recorder.close()
    assert tried == [[1]] * 3 + [[2], [3]]
    assert [record.getMessage() for record in caplog.records] == [
        "1 things can't be kept: locked", "1 things can't be kept, which is a bug in the hub: ValueError",
    ]  # fmt: skip

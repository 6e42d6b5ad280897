"""Double opt-in: a permission counts once its address has confirmed it, and no address is asked too often."""

import logging
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub import ConsentChannel, FateUnknown, NotAuthorised, Refusal, Rejected, TryAgain
from hub.core.access.signatures import Purpose
from hub.core.consents.capturing import CaptureOutcome
from hub.core.consents.languages import Language, language_for
from hub.core.consents.places import ConsentPlace
from hub.core.consents.service import ConfirmationState
from hub.core.contracts.errors import NotFound
from hub.core.messaging import confirming
from hub.core.messaging.confirming import ConfirmingReport
from hub.core.store.tables import Suppression
from tests.consents.mailbox import MailChannel
from tests.consents.shop import EMAIL, PHONE, SMS, Shop

ASKED, HOUR = CaptureOutcome.ASKED, timedelta(hours=1)


@pytest.fixture(autouse=True)
def _texts(shop: Shop) -> None:
    shop.texts.publish("newsletter", "May we {write} to you?", [EMAIL, SMS, PHONE], double_opt_in=True)


def test_a_permission_counts_from_the_moment_it_is_confirmed(shop: Shop) -> None:
    shop.connect()
    assert shop.outcome({EMAIL: True}, ConsentPlace.ORDER, first_name="Buy pills", language="en") is ASKED
    assert shop.log() == []
    assert shop.confirming.send_due() == ConfirmingReport(asked=1)
    (message,) = MailChannel.arrived
    assert (message.to, message.subject) == (
        "c-1@example.com",
        "Please confirm: messages from Theater am Ufer",
    )
    assert not message.is_marketing
    assert "May we {write} to you?" in message.text
    assert "pills" not in message.text + message.subject
    (token,) = shop.tokens()
    shop.now += HOUR
    asked = shop.consents.request(token)
    assert (asked.organisation, asked.permission, asked.channel) == ("Theater am Ufer", "newsletter", EMAIL)
    assert (asked.text, asked.language, asked.state) == (
        "May we {write} to you?",
        Language.ENGLISH,
        ConfirmationState.OPEN,
    )
    assert shop.consents.confirm(token).state is ConfirmationState.CONFIRMED
    assert shop.log() == [("newsletter", "email", True, shop.now, "order", 1)]
    shop.now += HOUR
    assert shop.consents.confirm(token).state is ConfirmationState.CONFIRMED
    assert len(shop.log()) == 1
    assert shop.outcome({EMAIL: True}) is CaptureOutcome.ALREADY_SO


def test_confirming_again_does_not_undo_a_withdrawal(shop: Shop) -> None:
    shop.connect()
    shop.capture({EMAIL: True})
    shop.confirming.send_due()
    (token,) = shop.tokens()
    shop.consents.withdraw(1)
    assert shop.consents.confirm(token).state is ConfirmationState.CONFIRMED
    assert shop.stands() == {"email"}
    assert shop.consents.withdraw(1) == 1
    shop.consents.confirm(token)
    assert shop.stands() == set()


def test_each_channel_is_asked_on_its_own_and_in_few_words_where_length_costs(shop: Shop) -> None:
    shop.connect()
    shop.texts.publish("newsletter", "Words " * 100)
    outcomes = shop.capture({EMAIL: True, SMS: True, PHONE: True}, version=2).outcomes
    assert outcomes == {EMAIL: ASKED, SMS: ASKED, PHONE: CaptureOutcome.RECORDED}
    assert shop.confirming.send_due() == ConfirmingReport(asked=2)
    mail, text = sorted(MailChannel.arrived, key=lambda message: message.to, reverse=True)
    assert (text.to, text.subject) == ("+4930123456", "")
    assert text.text.startswith(
        "Theater am Ufer: Bitte bestätigen Sie, dass Sie Nachrichten per SMS möchten. https"
    )
    assert len(text.text) < 400
    assert ("Words " * 100).strip() in mail.text
    assert "Der Link gilt 30 Tage." in mail.text


def test_an_address_is_asked_at_most_once_an_hour_and_three_times(shop: Shop) -> None:
    shop.connect()
    for _ in range(12):
        assert shop.outcome({EMAIL: True}, who="C-1") is ASKED
        shop.outcome({EMAIL: True}, who="C-2", email="C-1@example.com")  # another customer, the same address
        shop.confirming.send_due()
        shop.now += timedelta(minutes=31)
    assert [message.to for message in MailChannel.arrived] == ["c-1@example.com"] * 3
    assert len(set(shop.tokens())) == 3
    reasons = shop.rows("SELECT DISTINCT reason FROM consent_requests WHERE reason <> ''")
    assert reasons == [("the address was asked 3 times already",)]
    for token in shop.tokens():
        assert shop.consents.confirm(token).state is ConfirmationState.CONFIRMED


def test_a_request_expires(shop: Shop) -> None:
    shop.connect()
    shop.capture({EMAIL: True})
    shop.confirming.send_due()
    (token,) = shop.tokens()
    shop.now += timedelta(days=30)
    assert shop.consents.request(token).state is ConfirmationState.EXPIRED
    assert shop.consents.confirm(token).state is ConfirmationState.EXPIRED
    assert shop.consents.open_requests() == []
    assert shop.log() == []
    assert shop.outcome({EMAIL: True}) is ASKED
    assert len(shop.consents.open_requests()) == 1


def test_an_erased_customer_and_a_wrong_link_are_told_plainly(shop: Shop) -> None:
    shop.connect()
    shop.capture({EMAIL: True})
    shop.confirming.send_due()
    (token,) = shop.tokens()
    with pytest.raises(NotFound, match="not complete"):
        shop.consents.confirm(token[:-1])
    with pytest.raises(NotFound, match="not complete"):
        shop.consents.request(shop.signatures.sign(Purpose.UNSUBSCRIBE, 1))
    shop.erase(1)
    for call in (shop.consents.request, shop.consents.confirm):
        with pytest.raises(NotFound, match="the customer's data were erased"):
            call(token)


def test_what_fails_for_now_is_tried_again_and_what_fails_for_good_is_noted(shop: Shop) -> None:
    shop.connect()
    shop.capture({EMAIL: True}, who="C-1")
    shop.capture({EMAIL: True}, who="C-2")
    shop.capture({EMAIL: True}, who="C-3")
    shop.capture({EMAIL: True}, who="C-4", email="no address")
    shop.capture({EMAIL: True}, who="C-5", email=None)
    MailChannel.faults.update(
        {
            "c-1@example.com": TryAgain("busy"),
            "c-2@example.com": Rejected("the mailbox does not exist", Refusal.ADDRESS),
            "c-3@example.com": FateUnknown("cut off"),
        }
    )
    assert shop.confirming.send_due() == ConfirmingReport(asked=1, postponed=1, refused=3)
    MailChannel.faults.clear()
    assert shop.confirming.send_due() == ConfirmingReport(asked=1)
    assert [message.to for message in MailChannel.arrived] == ["c-1@example.com"]
    reasons = [reason for (reason,) in shop.rows("SELECT reason FROM consent_requests ORDER BY id")]
    assert reasons == [
        "", "the mailbox does not exist", "",
        "this is no email address; write one such as name@example.com", "the customer has no address on email",
    ]  # fmt: skip
    assert shop.confirming.send_due() == ConfirmingReport()


def test_nothing_is_sent_to_an_address_that_is_suppressed(shop: Shop) -> None:
    import hashlib

    shop.connect()
    digest = hashlib.sha256(b"c-1@example.com").hexdigest()
    assert shop.organisation.id is not None
    with shop.database.session(write=True) as session:
        session.add(
            Suppression(
                organisation_id=shop.organisation.id,
                channel="email",
                digest=digest,
                reason="complained",
                at=shop.now,
            )
        )
    shop.capture({EMAIL: True})
    assert shop.confirming.send_due() == ConfirmingReport(refused=1)
    assert MailChannel.arrived == []


def test_what_keeps_a_channel_from_asking_is_logged_and_mended_later(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.capture({EMAIL: True, SMS: True})
    with caplog.at_level(logging.WARNING):
        shop.confirming_at("").send_due()
        assert "set public_url, such as https://hub.example.com" in caplog.text
        shop.confirming.send_due()
        assert "nothing is connected that could send by email" in caplog.text
        shop.connect()
        MailChannel.faults[""] = NotAuthorised("the key was refused")
        shop.confirming.send_due()
        assert "the key was refused" in caplog.text
    assert "c-1" not in caplog.text
    MailChannel.faults.clear()
    assert shop.confirming.send_due() == ConfirmingReport(asked=2)


def test_whoever_says_no_before_being_asked_is_not_asked(shop: Shop) -> None:
    shop.connect()
    shop.capture({EMAIL: True, SMS: True})
    shop.capture({EMAIL: False}, ConsentPlace.PROFILE)
    shop.consents.withdraw(1, "newsletter", [SMS])
    assert shop.confirming.send_due() == ConfirmingReport()
    assert shop.outcome({EMAIL: True}) is ASKED
    assert shop.confirming.send_due() == ConfirmingReport(asked=1)


def test_agreeing_to_words_that_must_be_confirmed_leaves_what_stands_until_then(shop: Shop) -> None:
    shop.connect()
    shop.texts.publish("newsletter", "Plain", double_opt_in=False)
    assert shop.outcome({EMAIL: True}, version=2) is CaptureOutcome.RECORDED
    shop.texts.publish("newsletter", "Plain", double_opt_in=True)
    assert shop.outcome({EMAIL: True}, version=3) is ASKED
    assert shop.stands() == {"email"}
    shop.confirming.send_due()
    shop.consents.confirm(shop.tokens()[0])
    assert [text for *_, text in shop.log()] == [2, 3]


def test_the_same_capture_twice_asks_once(shop: Shop) -> None:
    shop.connect()
    at = shop.now - timedelta(days=2)
    for _ in range(2):
        assert shop.outcome({EMAIL: True}, at=at) is ASKED
        shop.confirming.send_due()
        shop.now += timedelta(hours=2)
    shop.consents.confirm(shop.tokens()[0])
    shop.consents.withdraw(1)
    assert shop.outcome({EMAIL: True}, at=at) is CaptureOutcome.ALREADY_SO
    shop.capture({SMS: True}, at=at)
    shop.now += timedelta(days=31)
    assert shop.outcome({SMS: True}, at=at) is ASKED
    assert len(shop.rows("SELECT * FROM consent_requests")) == 2
    assert (len(MailChannel.arrived), shop.stands()) == (1, set())


@pytest.mark.parametrize(
    ("language", "country", "chosen"),
    [
        ("de-AT", "DK", "de"),
        ("DA", "DE", "da"),
        ("fr", "DE", "en"),
        (None, "de", "de"),
        ("", "DK", "da"),
        (None, "SE", "en"),
    ],
)
def test_customers_are_spoken_to_in_their_language(language: str | None, country: str, chosen: str) -> None:
    assert language_for(language, country) == chosen


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("channel", list(ConsentChannel))
def test_every_language_has_words_for_every_channel(language: Language, channel: ConsentChannel) -> None:
    from hub.core.consents.asking import asking

    for brief in (True, False):
        written = asking(language, "{x}", channel, "{y}", "https://hub.example.com/confirm/a", 30, brief=brief)
        assert "{x}" in written.subject
        assert "{y}" in written.text
        assert "https://hub.example.com/confirm/a" in written.text.split()


def test_however_many_ask_at_once_each_address_is_asked_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confirming, "_AT_ONCE", 3)
    shop.connect()
    for number in range(10):
        shop.capture({EMAIL: True}, who=f"C-{number}")
    threads = [threading.Thread(target=shop.confirming.send_due) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(message.to for message in MailChannel.arrived) == [
        f"c-{number}@example.com" for number in range(10)
    ]


def test_whoever_is_cut_off_in_the_middle_asks_nobody_twice(shop: Shop) -> None:
    shop.connect()
    for number in range(3):
        shop.capture({EMAIL: True}, who=f"C-{number}")
    MailChannel.faults["c-1@example.com"] = KeyboardInterrupt()  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        shop.confirming.send_due()
    MailChannel.faults.clear()
    assert shop.confirming.send_due() == ConfirmingReport(asked=1)
    assert [message.to for message in MailChannel.arrived] == ["c-0@example.com", "c-2@example.com"]
    shop.now += HOUR
    assert shop.outcome({EMAIL: True}, who="C-1") is ASKED
    assert shop.confirming.send_due() == ConfirmingReport(asked=1)


def test_what_is_asked_over_a_whole_channel_takes_few_queries(shop: Shop) -> None:
    shop.connect()
    counts: list[int] = []
    for size in (2, 19):
        for number in range(size):
            shop.capture({EMAIL: True}, who=f"C-{size}-{number}")
        said: list[str] = []
        note = lambda *found: said.append(found[2])  # noqa: B023, E731
        sa.event.listen(shop.database.engine, "before_cursor_execute", note)
        assert shop.confirming.send_due() == ConfirmingReport(asked=size)
        sa.event.remove(shop.database.engine, "before_cursor_execute", note)
        counts.append(len(said))
    assert counts[0] == counts[1]

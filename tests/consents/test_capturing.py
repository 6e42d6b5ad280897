"""What customers tick is recorded once, with the version they saw, or not at all."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest

from hub import UserError
from hub.core.consents.capturing import CaptureOutcome
from hub.core.consents.places import ConsentPlace
from hub.core.contracts.errors import NotFound
from hub.core.store.revisions import current_revision
from tests.consents.shop import EMAIL, NOON, PHONE, SMS, Shop

ORDER, PROFILE = ConsentPlace.ORDER, ConsentPlace.PROFILE


@pytest.fixture(autouse=True)
def _texts(shop: Shop) -> None:
    shop.texts.publish("newsletter", "May we write to you?", [EMAIL, SMS])


def test_a_new_customer_is_made_and_what_they_ticked_is_recorded(shop: Shop) -> None:
    captured = shop.capture({EMAIL: True, SMS: False}, first_name=" Ada ", language="DE")
    assert captured.number == 1
    assert captured.outcomes == {EMAIL: CaptureOutcome.RECORDED, SMS: CaptureOutcome.ALREADY_SO}
    assert shop.log() == [("newsletter", "email", True, NOON, "registration", 1)]
    people = shop.rows("SELECT external_id, email, phone, first_name, last_name, language FROM customers")
    assert people == [("C-1", "c-1@example.com", "+4930123456", "Ada", None, "de")]
    assert shop.rows("SELECT name FROM sources") == [("shop",)]


def test_what_is_known_of_a_customer_is_completed_and_never_replaced(shop: Shop) -> None:
    shop.capture({EMAIL: True}, email=None)
    shop.capture({EMAIL: True}, email="ada@example.com", phone="110", last_name="Albers")
    assert shop.rows("SELECT email, phone, last_name FROM customers") == [
        ("ada@example.com", "+4930123456", "Albers")
    ]


def test_what_changes_nothing_takes_no_revision(shop: Shop) -> None:
    shop.capture({EMAIL: True})
    before = current_revision(shop.database)
    shop.now += timedelta(days=1)
    assert shop.outcome({EMAIL: True}) is CaptureOutcome.ALREADY_SO
    assert shop.outcome({SMS: False}, PROFILE) is CaptureOutcome.ALREADY_SO
    assert current_revision(shop.database) == before
    assert len(shop.log()) == 1


def test_the_same_capture_twice_is_one_entry_also_after_a_withdrawal(shop: Shop) -> None:
    at = NOON - timedelta(hours=2)
    assert shop.outcome({EMAIL: True}, at=at) is CaptureOutcome.RECORDED
    shop.consents.withdraw(1)
    assert shop.outcome({EMAIL: True}, at=at) is CaptureOutcome.ALREADY_SO
    assert [given for _, _, given, *_ in shop.log()] == [True, False]
    assert shop.stands() == set()


def test_a_capture_that_comes_late_does_not_undo_what_came_after_it(shop: Shop) -> None:
    shop.capture({EMAIL: True}, at=NOON - timedelta(days=3))
    shop.consents.withdraw(1)
    assert shop.outcome({EMAIL: True}, at=NOON - timedelta(days=2)) is CaptureOutcome.ALREADY_SO
    shop.texts.publish("newsletter", "May we write to you, please?")
    assert shop.outcome({EMAIL: True}, version=2, at=NOON - timedelta(days=1)) is CaptureOutcome.RECORDED
    assert shop.stands() == set()
    assert [text for *_, text in shop.log()] == [1, 2, None]


def test_agreeing_to_another_version_is_another_entry(shop: Shop) -> None:
    shop.capture({EMAIL: True})
    shop.texts.publish("newsletter", "Other words")
    shop.now += timedelta(days=1)
    assert shop.outcome({EMAIL: True}, ORDER, version=2) is CaptureOutcome.RECORDED
    assert [(place, text) for *_, place, text in shop.log()] == [("registration", 1), ("order", 2)]


def test_what_is_not_ticked_withdraws_only_where_the_customer_sees_what_stands(shop: Shop) -> None:
    shop.capture({EMAIL: True})
    shop.now += timedelta(days=1)
    assert shop.outcome({EMAIL: False}) is CaptureOutcome.LEFT
    assert shop.outcome({EMAIL: False}, ORDER) is CaptureOutcome.LEFT
    assert shop.stands() == {"email"}
    assert shop.outcome({EMAIL: False}, PROFILE) is CaptureOutcome.WITHDRAWN
    assert shop.outcome({EMAIL: False}, PROFILE) is CaptureOutcome.ALREADY_SO
    assert shop.log()[-1] == ("newsletter", "email", False, shop.now, "profile", 1)


def test_changes_of_mind_within_a_second_are_kept_in_their_order(shop: Shop) -> None:
    for _ in range(3):
        assert shop.outcome({EMAIL: True}) is CaptureOutcome.RECORDED
        assert shop.stands() == {"email"}
        assert shop.outcome({EMAIL: False}, PROFILE) is CaptureOutcome.WITHDRAWN
        assert shop.stands() == set()
        assert shop.outcome({EMAIL: True}, ORDER) is CaptureOutcome.RECORDED
        assert shop.consents.withdraw(1) == 1
        assert shop.stands() == set()
    assert len(shop.log()) == 12


def test_a_guest_can_consent_to_email_and_to_nothing_else(shop: Shop) -> None:
    with pytest.raises(UserError, match="a guest can consent to email only, not to sms: nothing was recorded"):
        shop.capture({EMAIL: True, SMS: True}, ORDER, guest=True)
    assert shop.rows("SELECT * FROM customers") == shop.rows("SELECT * FROM consents") == []
    outcomes = shop.capture({EMAIL: True, SMS: False}, ORDER, guest=True).outcomes
    assert outcomes == {EMAIL: CaptureOutcome.RECORDED, SMS: CaptureOutcome.ALREADY_SO}
    with pytest.raises(UserError, match="only an order is placed as a guest"):
        shop.capture({EMAIL: True}, guest=True)


@pytest.mark.parametrize(
    ("given", "more", "error", "said"),
    [
        ({EMAIL: True}, {"version": 2}, NotFound, "has no version 2; the newest one is 1"),
        ({EMAIL: True}, {"permission": "gone"}, NotFound, "no consent text for 'gone'; `hub consent text list`"),
        (
            {EMAIL: True, PHONE: True},
            {},
            UserError,
            "version 1 of 'newsletter' does not ask for phone; .* email, sms",
        ),
        ({}, {}, UserError, "at least one channel"),
        ({EMAIL: True}, {"at": NOON + timedelta(minutes=2)}, UserError, "can't be in the future"),
        ({EMAIL: True}, {"at": datetime(2026, 1, 1)}, UserError, "needs a time zone"),  # noqa: DTZ001
        ({EMAIL: True}, {"at": NOON.replace(year=1970)}, UserError, "before 1990"),
        ({EMAIL: True}, {"who": ""}, UserError, "the customer's id: .*at least 1 character"),
        ({EMAIL: True}, {"email": "a" * 400}, UserError, "the customer's email: .*at most 320"),
        ({EMAIL: True}, {"first_name": "A\0"}, UserError, "first_name is text"),
    ],
)
def test_what_can_not_be_recorded_is_told_and_leaves_nothing(
    shop: Shop, given: Any, more: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        shop.capture(given, **more)
    for table in ("customers", "sources", "consents", "consent_requests"):
        assert shop.rows(f"SELECT * FROM {table}") == []
    assert current_revision(shop.database) == 0


def test_a_fast_clock_of_the_shop_makes_nothing_that_a_withdrawal_would_not_end(shop: Shop) -> None:
    assert shop.outcome({EMAIL: True}, at=NOON + timedelta(seconds=50)) is CaptureOutcome.RECORDED
    assert shop.consents.withdraw(1) == 1
    assert shop.stands() == set()


def test_what_fails_in_the_middle_leaves_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from hub.core.consents import capturing

    def fail(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(capturing, "append_newest", fail)
        with pytest.raises(KeyboardInterrupt):
            shop.capture({EMAIL: True})
    assert shop.rows("SELECT * FROM customers") == shop.rows("SELECT * FROM sources") == []
    assert current_revision(shop.database) == 0
    assert shop.outcome({EMAIL: True}) is CaptureOutcome.RECORDED


def test_a_capture_is_sent_again_in_the_second_in_which_it_was_withdrawn(shop: Shop) -> None:
    assert shop.outcome({EMAIL: True}, at=NOON) is CaptureOutcome.RECORDED
    shop.consents.withdraw(1)
    assert shop.outcome({EMAIL: True}, at=NOON) is CaptureOutcome.ALREADY_SO
    assert shop.stands() == set()


def test_nothing_is_recorded_of_a_time_to_come(shop: Shop) -> None:
    shop.capture({EMAIL: True}, at=NOON + timedelta(seconds=50))
    assert [at for *_, at, _, _ in shop.log()] == [NOON]


def test_captures_that_come_at_once_are_one_entry(shop: Shop) -> None:
    outcomes: list[CaptureOutcome] = []
    capture = lambda: outcomes.append(shop.outcome({EMAIL: True}))  # noqa: E731
    threads = [threading.Thread(target=capture) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [CaptureOutcome.ALREADY_SO] * 5 + [CaptureOutcome.RECORDED]
    assert len(shop.log()) == 1

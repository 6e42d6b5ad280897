"""What providers report of messages, in whatever order and however often."""

import itertools
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.core.contracts.channel_abilities import Fate, FateReport
from hub.core.contracts.records import ConsentChannel, CustomerRecord
from hub.core.messaging.fates.progress import PROGRESS, raise_status
from hub.core.messaging.fates.reports import STATUS_OF
from hub.core.store.tables import EarlyReport, MessageEvent, MessageStatus, Suppression
from tests.messaging.fates.office import ADA_PHONE, BEA_PHONE, NOON, Office, minutes

SMS, EMAIL = ConsentChannel.SMS, ConsentChannel.EMAIL


def report(reference: str, fate: Fate, ago: int = 0, reason: str = "", *, for_good: bool = False) -> FateReport:
    return FateReport(reference, fate, minutes(ago), reason, for_good)


def test_a_report_is_written_down_and_raises_the_status(office: Office) -> None:
    first, other = office.sent("m1"), office.sent("m2", to="bea")
    office.fates.hear(office.line, [report("m1", Fate.DELIVERED, 3), report("m1", Fate.SENT, 5)])
    assert office.status(first) == ("delivered", "")
    assert office.events(first) == [("sent", minutes(5)), ("delivered", minutes(3))]
    assert office.status(other) == ("sent", "")
    assert office.events(other) == []


def test_what_is_told_twice_counts_once(office: Office) -> None:
    message = office.sent("m1")
    for _ in range(2):
        office.fates.hear(office.line, [report("m1", Fate.DELIVERED, 3)] * 2)
    assert office.events(message) == [("delivered", minutes(3))]


def test_a_reference_belongs_to_its_connection(office: Office) -> None:
    message = office.sent("m1", over=office.chat, channel=ConsentChannel.VIBER)
    office.fates.hear(office.line, [report("m1", Fate.DELIVERED)])
    assert office.status(message) == ("sent", "")


def test_why_it_did_not_arrive_is_told_without_what_said_less(office: Office) -> None:
    message = office.sent("m1")
    office.fates.hear(
        office.line, [report("m1", Fate.FAILED, 9, "switched off"), report("m1", Fate.FAILED, 5, "busy")]
    )
    assert office.status(message) == ("failed", "busy")
    office.fates.hear(office.line, [report("m1", Fate.BOUNCED, 7, "nobody has the number")])
    assert office.status(message) == ("bounced", "nobody has the number")
    office.fates.hear(office.line, [report("m1", Fate.DELIVERED, 8)])
    assert office.status(message) == ("delivered", "")


@pytest.mark.parametrize("status", [MessageStatus.WITHHELD, MessageStatus.CANCELLED])
def test_what_was_never_sent_stays_so(office: Office, status: MessageStatus) -> None:
    message = office.sent("m1", status=status)
    office.fates.hear(office.line, [report("m1", Fate.DELIVERED)])
    assert office.status(message)[0] == status.value


def test_every_pair_of_statuses_ends_with_the_one_that_says_more(office: Office) -> None:
    messages = {
        (before, after): office.sent(None, status=before)
        for before, after in itertools.product(PROGRESS, PROGRESS)
    }
    with office.database.writing() as connection:
        for after in PROGRESS:
            raise_status(connection, [one for key, one in messages.items() if key[1] is after], after)
    for (before, after), message in messages.items():
        assert office.status(message)[0] == max(before, after, key=PROGRESS.index).value


def test_the_order_of_statuses_is_the_promised_one() -> None:
    assert {*PROGRESS, MessageStatus.WITHHELD, MessageStatus.CANCELLED} == set(MessageStatus)
    assert set(STATUS_OF) == set(Fate)
    place = PROGRESS.index
    for missed in (MessageStatus.BOUNCED, MessageStatus.FAILED):
        assert place(MessageStatus.SENT) < place(missed) < place(MessageStatus.DELIVERED)


told = st.lists(
    st.builds(
        FateReport,
        st.sampled_from(["m1", "m2", "m3"]),
        st.sampled_from(Fate),
        st.integers(0, 3).map(minutes),
        st.just("why"),
        st.booleans(),
    ),
    max_size=8,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reports=told, data=st.data())
def test_any_order_and_repetition_ends_alike(
    office: Office, reports: list[FateReport], data: st.DataObject
) -> None:
    def ending(told: list[FateReport], cuts: list[int]) -> list[object]:
        office.clear()
        messages = [office.sent(name, to=to) for name, to in (("m1", "ada"), ("m2", "bea"), ("m3", "dan"))]
        for start, end in itertools.pairwise([0, *sorted(cuts), len(told)]):
            office.fates.hear(office.line, told[start:end])
        return [(office.status(one), office.events(one)) for one in messages]

    again = data.draw(st.lists(st.sampled_from(reports), max_size=4)) if reports else []
    shuffled = data.draw(st.permutations([*reports, *again]))
    cuts = data.draw(st.lists(st.integers(0, len(shuffled)), max_size=3))
    assert ending(shuffled, cuts) == ending(reports, [])


def test_a_report_before_the_receipt_waits_for_it(office: Office) -> None:
    message = office.sent(None, status=MessageStatus.SENDING)
    office.fates.hear(office.line, [report("m1", Fate.BOUNCED, 2, "gone", for_good=True)])
    office.fates.hear(office.line, [report("m1", Fate.BOUNCED, 2, "gone", for_good=True)])
    assert office.status(message) == ("sending", "")
    assert office.rows(EarlyReport) == 1
    office.receipt(message, "m1")
    office.fates.poll()
    assert office.status(message) == ("bounced", "gone")
    assert office.rows(EarlyReport) == 0
    assert office.suppressed(SMS, ADA_PHONE) == [True]


def test_a_later_call_of_the_provider_settles_what_came_too_early(office: Office) -> None:
    message, other = office.sent(None, status=MessageStatus.SENDING), office.sent("m2", to="bea")
    office.fates.hear(office.line, [report("m1", Fate.DELIVERED, 2)])
    office.receipt(message, "m1")
    office.fates.hear(office.line, [report("m2", Fate.DELIVERED, 1)])
    assert [office.status(one)[0] for one in (message, other)] == ["delivered", "delivered"]


def test_a_report_on_anothers_message_is_not_kept(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.sent("m1")
    with caplog.at_level(logging.INFO):
        office.fates.hear(office.line, [report("somebody else's", Fate.DELIVERED)])
    assert office.rows(EarlyReport) == office.rows(MessageEvent) == 0
    assert "1 reports on messages of others" in caplog.text


def test_what_never_finds_its_message_is_forgotten(office: Office) -> None:
    office.sent(None, status=MessageStatus.SENDING)
    office.fates.hear(office.line, [report("m1", Fate.DELIVERED)])
    office.now = NOON + timedelta(days=3)
    office.fates.poll()
    assert office.rows(EarlyReport) == 1
    office.now += timedelta(seconds=1)
    office.fates.poll()
    assert office.rows(EarlyReport) == 0


def test_a_dead_address_is_suppressed_as_it_is_now(office: Office) -> None:
    office.sent("m1", to="bea")
    office.fates.hear(office.line, [report("m1", Fate.BOUNCED, 1, "nobody has it")])
    assert office.suppressed(SMS, BEA_PHONE) == [False]
    office.fates.hear(office.line, [report("m1", Fate.BOUNCED, 0, "nobody has it", for_good=True)])
    assert office.suppressed(SMS, BEA_PHONE, ADA_PHONE) == [True, False]
    assert office.suppressed(EMAIL, BEA_PHONE) == [False]
    (one,) = office.suppressions.all()
    assert (one.reason, one.detail, one.channel) == ("bounced", "nobody has it", "sms")
    assert "bea" in office.consents(SMS)


@pytest.mark.parametrize("moved", [False, True])
def test_an_address_that_a_newsletter_did_not_go_to_is_left_alone(office: Office, moved: bool) -> None:
    message = office.sent("m1", to="bea")
    office.belongs_to_a_newsletter(message, SMS, BEA_PHONE)
    if moved:
        office.bring(CustomerRecord(id="bea", phone="+4520999999"))
    office.fates.hear(office.line, [report("m1", Fate.BOUNCED, for_good=True)])
    assert office.suppressed(SMS, BEA_PHONE, "+4520999999") == [not moved, False]


def test_a_report_told_again_does_not_undo_that_somebody_lifted_it(office: Office) -> None:
    office.sent("m1", to="bea")
    dead = report("m1", Fate.BOUNCED, 1, "gone", for_good=True)
    office.fates.hear(office.line, [dead])
    office.suppressions.lift(SMS, BEA_PHONE)
    office.fates.hear(office.line, [dead])
    assert office.suppressed(SMS, BEA_PHONE) == [False]


def test_a_complaint_withdraws_and_suppresses(office: Office) -> None:
    message = office.sent("m1", over=office.post, channel=EMAIL)
    office.fates.hear(office.post, [report("m1", Fate.COMPLAINED, 1)])
    assert office.status(message) == ("complained", "")
    assert office.consents(EMAIL) == office.consents(EMAIL, "offers") == {"bea", "cis", "dan"}
    assert "ada" in office.consents(SMS)
    assert office.places() == {"complaint"}
    assert office.suppressed(EMAIL, "ada@example.com") == [True]


def test_a_consent_after_a_complaint_stands(office: Office) -> None:
    office.sent("m1", over=office.post, channel=EMAIL)
    office.consent("ada", EMAIL, minutes(1))
    office.fates.hear(office.post, [report("m1", Fate.COMPLAINED, 5)])
    assert "ada" in office.consents(EMAIL)
    assert "ada" not in office.consents(EMAIL, "offers")


def test_what_is_dated_in_the_future_was_now(office: Office) -> None:
    message = office.sent("m1", over=office.post, channel=EMAIL)
    office.fates.hear(office.post, [report("m1", Fate.COMPLAINED, -600)])
    assert office.events(message) == [("complained", NOON)]
    office.now += timedelta(hours=1)
    office.consent("ada", EMAIL, office.now)
    assert "ada" in office.consents(EMAIL)


def test_an_erased_customers_message_still_gets_its_fate(office: Office) -> None:
    message = office.sent("m1")
    office.numbers = {**office.numbers, "gone": 999_999}
    nobody = office.sent("m2", to="gone")
    office.fates.hear(office.line, [report("m2", Fate.COMPLAINED), report("m1", Fate.DELIVERED)])
    assert [office.status(one)[0] for one in (message, nobody)] == ["delivered", "complained"]
    assert office.rows(Suppression) == 0


def test_an_address_that_changed_into_nonsense_is_no_hindrance(office: Office) -> None:
    message = office.sent("m1", to="bea")
    office.bring(CustomerRecord(id="bea", phone="none"))
    office.fates.hear(office.line, [report("m1", Fate.BOUNCED, for_good=True)])
    assert office.status(message)[0] == "bounced"
    assert office.rows(Suppression) == 0


def test_texts_that_no_database_takes_are_left_out(office: Office) -> None:
    message = office.sent("m1")
    office.fates.hear(office.line, [report("m\0", Fate.SENT), report("m1", Fate.FAILED, reason="a\0b")])
    assert office.status(message) == ("failed", "")


def test_the_same_told_by_several_calls_at_once_counts_once(office: Office) -> None:
    messages = {f"m{number}": office.sent(f"m{number}", to=to) for number, to in enumerate(("ada", "bea", "cis"))}
    reports = [
        report(name, fate, 3, "gone", for_good=True) for name in messages for fate in (Fate.SENT, Fate.BOUNCED)
    ]
    together = threading.Barrier(4)

    def call(turn: int) -> None:
        together.wait(20)
        for _ in range(5):
            office.fates.hear(office.line, reports if turn % 2 else reports[::-1])

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(call, range(4)))
    for message in messages.values():
        assert office.status(message) == ("bounced", "gone")
        assert office.events(message) == [("sent", minutes(3)), ("bounced", minutes(3))]
    assert office.rows(Suppression) == 2  # Ada and Cis share a phone


def test_many_reports_take_a_few_statements(office: Office) -> None:
    messages = [office.sent(f"m{number}") for number in range(3)]
    reports = [report(f"m{number}", Fate.DELIVERED) for number in range(20_000)]
    office.fates.hear(office.line, reports)
    assert [office.status(one)[0] for one in messages] == ["delivered"] * 3

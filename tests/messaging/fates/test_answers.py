"""What customers answer: they stop, or write."""

import logging
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.core.access.signatures import Purpose, Signatures
from hub.core.contracts.channel_abilities import ChannelEvent, Fate, FateReport, Heard, StopRequest
from hub.core.contracts.records import ConsentChannel, CustomerRecord, IdentityRecord
from hub.core.store.facts.erasing import erase_customers
from hub.core.store.revisions import current_revision
from hub.core.store.tables import Conversation, Identity, Suppression
from tests.messaging.fates.office import ADA_PHONE, BEA_PHONE, NOON, PEOPLE, Office, minutes

SMS, EMAIL, CHAT = ConsentChannel.SMS, ConsentChannel.EMAIL, ConsentChannel.VIBER


def test_whoever_stops_agrees_to_nothing_on_that_channel_any_more(office: Office) -> None:
    office.fates.hear(office.line, [StopRequest(ADA_PHONE, minutes(1))])
    # Ada and Cis share the phone, whichever way theirs is written.
    assert office.consents(SMS) == office.consents(SMS, "offers") == {"bea", "dan"}
    assert office.consents(EMAIL) == office.consents(CHAT) == set(PEOPLE)
    assert office.places() == {"STOP by SMS"}
    assert office.suppressed(SMS, ADA_PHONE) == [False]


def test_stopping_on_a_chat_service(office: Office) -> None:
    office.fates.hear(office.chat, [StopRequest("bea-on-chat", minutes(1)), StopRequest("nobody", minutes(1))])
    assert "bea" not in office.consents(CHAT)
    assert office.consents(SMS) == set(PEOPLE)
    assert office.places() == {"stopped on the channel"}


def test_stopping_by_email_knows_no_capitals(office: Office) -> None:
    office.fates.hear(office.post, [StopRequest("ADA@example.COM", minutes(1))])
    assert office.consents(EMAIL) == {"bea", "cis", "dan"}


def test_told_twice_it_is_withdrawn_once(office: Office) -> None:
    stop = StopRequest(BEA_PHONE, minutes(1))
    office.fates.hear(office.line, [stop, stop])
    revision = current_revision(office.database)
    office.fates.hear(office.line, [stop])
    assert current_revision(office.database) == revision


@pytest.mark.parametrize("first", ["stop", "consent"])
def test_the_later_of_consent_and_stop_holds_whichever_was_heard_first(office: Office, first: str) -> None:
    for minute in (9, 5) if first == "stop" else (5, 9):
        if minute == 9:
            office.fates.hear(office.line, [StopRequest(BEA_PHONE, minutes(9))])
        else:
            office.consent("bea", SMS, minutes(5))
    assert "bea" in office.consents(SMS)
    office.fates.hear(office.line, [StopRequest(BEA_PHONE, minutes(4)), StopRequest(BEA_PHONE, minutes(8))])
    assert "bea" not in office.consents(SMS)


def test_a_stop_that_is_dated_in_the_future_was_now(office: Office) -> None:
    office.fates.hear(office.line, [StopRequest(BEA_PHONE, NOON + timedelta(hours=9))])
    office.now += timedelta(hours=1)
    office.consent("bea", SMS, office.now)
    assert "bea" in office.consents(SMS)


def test_a_stranger_who_stops_is_suppressed_and_not_named(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        office.fates.hear(office.line, [StopRequest("+4917099988877", minutes(1))])
    assert office.suppressed(SMS, "+4917099988877") == [True]
    assert [one.reason for one in office.suppressions.all()] == ["unsubscribed"]
    assert "99988877" not in caplog.text
    assert office.consents(SMS) == set(PEOPLE)
    office.suppressions.lift(SMS, "0170 99988877")
    assert office.rows(Suppression) == 0


def test_the_same_ending_is_not_the_same_number(office: Office) -> None:
    office.bring(CustomerRecord(id="dan", phone="+43 660 12345678"))
    office.fates.hear(office.line, [StopRequest(ADA_PHONE, minutes(1))])
    assert office.consents(SMS) == {"bea", "dan"}


@pytest.mark.parametrize(
    "written",
    ["0151/12345678", "(0151) 1234-5678", "+49\u00a0151\u00a012345678", "0049151.1234.5678", "015112345678 "],
)
@pytest.mark.parametrize("others", [0, 20])
def test_phones_are_found_however_they_are_written(office: Office, written: str, others: int) -> None:
    office.bring(CustomerRecord(id="dan", phone=written))
    strangers = [StopRequest(f"+4917099988{number:03}", minutes(1)) for number in range(others)]
    office.fates.hear(office.line, [*strangers, StopRequest(ADA_PHONE, minutes(1))])
    assert office.consents(SMS) == {"bea"}
    assert office.rows(Suppression) == others


def test_what_is_no_address_is_left_out(office: Office) -> None:
    office.fates.hear(office.line, [StopRequest("nonsense", minutes(1)), StopRequest("a\0b", minutes(1))])
    assert office.consents(SMS) == set(PEOPLE)
    assert office.rows(Suppression) == 0


def test_the_newest_that_was_heard_is_kept(office: Office) -> None:
    office.fates.hear(office.chat, [Heard("x", minutes(5)), Heard("y", minutes(9)), Heard("x", minutes(7))])
    office.fates.hear(office.chat, [Heard("y", minutes(2)), Heard("x", minutes(6))])
    assert office.heard_at("x", "y", "z") == {"x": minutes(5), "y": minutes(2)}
    assert office.heard_at() == {}


@pytest.mark.parametrize("name", ["line", "post"])
def test_only_chat_services_ask_for_a_conversation(office: Office, name: str) -> None:
    office.fates.hear(getattr(office, name), [Heard(ADA_PHONE, minutes(1), office.conversations.token(1))])
    assert office.rows(Conversation) == 0
    assert office.rows(Identity) == 1


def test_a_link_into_a_conversation_tells_who_it_is(office: Office) -> None:
    token = office.conversations.token(office.numbers["ada"])
    revision = current_revision(office.database)
    office.fates.hear(office.chat, [Heard("ada-on-chat", minutes(3)), Heard("ada-on-chat", minutes(5), token)])
    assert office.owner("ada-on-chat") == "ada"
    assert current_revision(office.database) == revision + 1
    office.fates.hear(office.chat, [Heard("ada-on-chat", minutes(5), token)])
    assert current_revision(office.database) == revision + 1
    office.fates.hear(office.chat, [StopRequest("ada-on-chat", minutes(1))])
    assert "ada" not in office.consents(CHAT)


def test_an_address_that_somebody_has_stays_theirs(office: Office) -> None:
    ada, dan = (office.conversations.token(office.numbers[name]) for name in ("ada", "dan"))
    office.fates.hear(office.chat, [Heard("bea-on-chat", minutes(1), ada)])
    assert office.owner("bea-on-chat") == "bea"
    office.fates.hear(office.chat, [Heard("new", minutes(1), dan), Heard("new", minutes(2), ada)])
    assert office.owner("new") == "ada"


def test_a_word_that_the_hub_did_not_sign_tells_nothing(
    office: Office, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ada = office.numbers["ada"]
    signatures = Signatures(tmp_path_factory.mktemp("other"))
    words = [
        "spring-offer",
        f"{ada}",
        signatures.sign(Purpose.CONVERSATION, ada, 20_619),
        office.conversations.token(77_777),
    ]
    office.fates.hear(office.chat, [Heard(f"c{place}", minutes(1), word) for place, word in enumerate(words)])
    assert office.rows(Identity) == 1
    assert len(office.heard_at("c0", "c1", "c2", "c3")) == 4


def test_a_token_for_something_else_opens_no_conversation(office: Office, tmp_path: object) -> None:
    other = office.signatures.sign(Purpose.UNSUBSCRIBE, office.numbers["ada"], 20_000)
    office.fates.hear(office.chat, [Heard("x", minutes(1), other)])
    assert office.owner("x") is None


@pytest.mark.parametrize(("days", "is_good"), [(90, True), (91, False)])
def test_a_link_is_good_for_90_days(office: Office, days: int, is_good: bool) -> None:
    office.now = NOON.replace(hour=0)
    token = office.conversations.token(office.numbers["ada"])
    assert office.conversations.good_until() == office.now + timedelta(days=91)
    office.now += timedelta(days=days, hours=23, minutes=59)
    office.fates.hear(office.chat, [Heard("ada-on-chat", office.now, token)])
    assert office.owner("ada-on-chat") == ("ada" if is_good else None)
    assert office.heard_at("ada-on-chat"), "that they wrote is kept all the same"


def test_what_counts_is_when_a_link_was_followed_not_when_that_is_told(office: Office) -> None:
    token = office.conversations.token(office.numbers["ada"])
    followed, office.now = office.now + timedelta(days=90), office.now + timedelta(days=100)
    office.fates.hear(office.chat, [Heard("ada-on-chat", followed, token)])
    assert office.owner("ada-on-chat") == "ada"


def test_a_token_without_a_day_or_with_more_tells_nothing(office: Office) -> None:
    ada = office.numbers["ada"]
    for place, numbers in enumerate([(ada,), (ada, 20_000, 1)]):
        token = office.signatures.sign(Purpose.CONVERSATION, *numbers)
        office.fates.hear(office.chat, [Heard(f"c{place}", minutes(1), token)])
    assert office.rows(Identity) == 1


def test_writing_agrees_to_nothing(office: Office) -> None:
    office.fates.hear(office.line, [StopRequest(BEA_PHONE, minutes(9))])
    office.fates.hear(office.line, [Heard(BEA_PHONE, minutes(5))])
    assert "bea" not in office.consents(SMS)


def test_an_erased_customers_conversation_goes(office: Office) -> None:
    office.fates.hear(office.chat, [Heard("bea-on-chat", minutes(5))])
    with office.database.writing() as connection:
        erase_customers(connection, [office.numbers["bea"]])
    assert office.heard_at("bea-on-chat") == {}


events = st.one_of(
    st.builds(StopRequest, st.sampled_from([ADA_PHONE, BEA_PHONE]), st.integers(0, 9).map(minutes)),
    st.builds(Heard, st.sampled_from([ADA_PHONE, BEA_PHONE]), st.integers(0, 9).map(minutes)),
    st.builds(FateReport, st.just("m1"), st.sampled_from(Fate), st.integers(0, 9).map(minutes)),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(st.lists(events, max_size=4), max_size=4))
def test_who_stopped_never_agrees_by_the_hubs_own_doing(office: Office, told: list[list[ChannelEvent]]) -> None:
    office.clear()
    office.sent("m1")
    before = office.consents(SMS)
    for events in told:
        office.fates.hear(office.line, events)
        after = office.consents(SMS)
        assert after <= before
        for event in events:
            if isinstance(event, StopRequest):
                assert not after & ({"ada", "cis"} if event.address == ADA_PHONE else {"bea"})
        before = after


def test_an_identity_that_is_imported_is_found(office: Office) -> None:
    office.bring(IdentityRecord(customer="dan", channel=CHAT, value="dan-on-chat"))
    office.fates.hear(office.chat, [StopRequest("dan-on-chat", minutes(1))])
    assert office.consents(CHAT) == {"ada", "bea", "cis"}

"""Messages to one customer."""

from datetime import time, timedelta

import pytest

from hub import CustomerRecord, FateUnknown, NotAuthorised, Rejected, TryAgain, UserError
from hub.core.contracts.errors import NotFound
from hub.core.store.facts.erasing import erase_customers
from hub.core.store.tables import SuppressionReason
from tests.messaging.conftest import EMAIL, SMS, Stage


def test_it_goes_out_at_once_and_is_kept(stage: Stage) -> None:
    stage.bring_readers("ada")
    ada = stage.number_of("ada")
    message = stage.hub.single_messages.write(
        ada, EMAIL, "See you tonight.", subject="Your seats", permission="newsletter"
    )
    assert message.status == "sent"
    (arrived,) = stage.mail.arrived
    assert (arrived.to, arrived.subject, arrived.text) == ("ada@example.com", "Your seats", "See you tonight.")
    assert arrived.is_marketing
    assert arrived.unsubscribe_url is not None
    assert [one.id for one in stage.hub.single_messages.of_customer(ada)] == [message.id]


def test_what_is_no_advertising_needs_no_consent(stage: Stage) -> None:
    stage.bring(CustomerRecord(id="ada", email="ada@example.com"))
    ada = stage.number_of("ada")
    with pytest.raises(UserError, match="has not agreed to 'newsletter' on email"):
        stage.hub.single_messages.write(ada, EMAIL, "Buy!", subject="Offer", permission="newsletter")
    answer = stage.hub.single_messages.write(ada, EMAIL, "It is at eight.", subject="Re: when?", permission=None)
    assert answer.status == "sent"
    assert not stage.mail.arrived[0].is_marketing
    assert stage.mail.arrived[0].unsubscribe_url is None


def test_the_same_key_is_the_same_message(stage: Stage) -> None:
    stage.bring_readers("ada")
    ada = stage.number_of("ada")
    ids = {
        stage.hub.single_messages.write(ada, EMAIL, "Hello", subject="Hi", permission=None, key="k1").id
        for _ in range(2)
    }
    assert len(ids) == len(stage.mail.arrived) == 1


def test_what_the_provider_could_not_take_goes_out_later(stage: Stage) -> None:
    stage.bring_readers("ada")
    stage.mail.fault = lambda message: TryAgain("busy")
    ada = stage.number_of("ada")
    message = stage.hub.single_messages.write(ada, EMAIL, "Hello", subject="Hi", permission="newsletter")
    assert (message.status, message.reason) == ("queued", "busy")
    stage.mail.fault = lambda message: None
    stage.now += timedelta(minutes=2)
    (job,) = [job for job in stage.hub.jobs.all() if job.name == "single messages"]
    job.work()
    assert stage.hub.single_messages.of_id(message.id or 0).status == "sent"


def test_who_withdraws_before_it_goes_out_does_not_get_it(stage: Stage) -> None:
    stage.bring_readers("ada")
    stage.mail.fault = lambda message: TryAgain("busy")
    ada = stage.number_of("ada")
    message = stage.hub.single_messages.write(ada, EMAIL, "Hello", subject="Hi", permission="newsletter")
    stage.mail.fault = lambda message: None
    stage.agree("ada", given=False)
    stage.now += timedelta(minutes=2)
    stage.hub.single_messages.send_waiting()
    assert stage.hub.single_messages.of_id(message.id or 0).status == "withheld"
    assert not stage.mail.arrived


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Rejected("too long"), "failed"),
        (FateUnknown("the answer was lost"), "unknown"),
        (NotAuthorised("the key is refused"), "queued"),
    ],
)
def test_its_fate_is_told(stage: Stage, fault: Exception, status: str) -> None:
    stage.bring_readers("ada")
    stage.mail.fault = lambda message: fault
    message = stage.hub.single_messages.write(
        stage.number_of("ada"), EMAIL, "Hello", subject="Hi", permission=None
    )
    assert (message.status, message.reason) == (status, str(fault))


def test_quiet_hours_and_the_cap_are_for_newsletters(stage: Stage) -> None:
    stage.bring_readers("ada", channel=SMS)
    stage.hub.message_ruling.change(quiet_from=time(0), quiet_until=time(23, 59), most_messages=1)
    ada = stage.number_of("ada")
    for _ in range(2):
        message = stage.hub.single_messages.write(ada, SMS, "The show begins at nine", permission=None)
        assert message.status == "sent"


def test_an_erased_customer_leaves_nothing_of_what_was_written(stage: Stage) -> None:
    stage.bring_readers("ada")
    ada = stage.number_of("ada")
    message = stage.hub.single_messages.write(ada, EMAIL, "Secret words", subject="Hi", permission=None)
    with stage.hub.database.writing() as connection:
        erase_customers(connection, [ada])
    words = stage.hub.single_messages.words(message)
    assert words is not None
    assert (words.subject, words.text) == ("", "")


def test_whoever_cannot_be_written_to_is_told(stage: Stage) -> None:
    stage.bring_readers("ada")
    ada = stage.number_of("ada")

    def write(number: int = ada, channel: object = EMAIL, text: str = "Hello", subject: str = "Hi") -> None:
        stage.hub.single_messages.write(number, channel, text, subject=subject, permission=None)  # type: ignore[arg-type]

    with pytest.raises(NotFound, match="no customer 999"):
        write(999)
    with pytest.raises(UserError, match="write a text"):
        write(text=" ")
    with pytest.raises(UserError, match="needs a subject"):
        write(subject="")
    with pytest.raises(UserError, match="no subject"):
        write(channel=SMS)
    with pytest.raises(UserError, match="1,000,000 characters"):
        write(subject="x" * 1_000_000)
    with pytest.raises(UserError, match="more than one line"):
        write(subject="a\r\nBcc: b@example.com")
    stage.bring(CustomerRecord(id="ada", phone="12"))
    with pytest.raises(UserError, match="no address for sms"):
        write(channel=SMS, subject="")
    stage.hub.suppressions.add(EMAIL, "ada@example.com", SuppressionReason.COMPLAINED)
    with pytest.raises(UserError, match="nothing more is sent"):
        write()
    assert not stage.mail.arrived
    assert not stage.hub.single_messages.of_customer(ada)

"""Newsletters from their making to their end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub import (
    CompanyRecord,
    CustomerRecord,
    EventRecord,
    FateUnknown,
    Message,
    NotAuthorised,
    OrderLineRecord,
    OrderRecord,
    Refusal,
    Rejected,
    TryAgain,
    UserError,
)
from hub.core.contracts.errors import InUse, NameTaken, NotFound, SettingsError
from hub.core.messaging.newsletters.drafts import Draft
from hub.core.messaging.newsletters.recipients import LeftOut
from hub.core.store.facts.erasing import erase_customers
from hub.core.store.tables import SuppressionReason
from tests.messaging.conftest import EMAIL, SMS, Stage


def test_everyone_who_agreed_gets_it_once(stage: Stage) -> None:
    stage.bring_readers("ada", "ben")
    stage.bring_readers("cyn", channel=SMS)
    stage.template(text="Hello {{ customer.first_name | otherwise('friend') }}")
    sent = stage.send(stage.newsletter())
    assert sent.status == "sent", sent.message
    assert {(one.to, one.text) for one in stage.mail.arrived} == {
        ("ada@example.com", "Hello Ada"),
        ("ben@example.com", "Hello Ben"),
    }
    assert stage.statuses(sent) == {"ada": "sent", "ben": "sent"}


def test_segments_are_joined_and_those_who_did_not_agree_are_left_out(stage: Stage) -> None:
    stage.bring_readers("ada", "ben", "cyn")
    stage.bring(CustomerRecord(id="dan", email="dan@example.com"))
    stage.bring(CustomerRecord(id="ada", city="Bonn"))
    stage.hub.segments.create("Bonn", 'city in ("Bonn")')
    stage.hub.segments.create("All", "everyone")
    stage.template()
    found = stage.hub.newsletters.estimate(stage.newsletter("A", segments=["Bonn"]))
    assert (found.chosen, found.size, found.left_out) == (1, 1, {})
    both = stage.newsletter("B", segments=["Bonn", "All"])
    found = stage.hub.newsletters.estimate(both)
    assert (found.chosen, found.size, found.left_out) == (4, 3, {LeftOut.NO_CONSENT: 1})
    assert set(stage.statuses(stage.send(both))) == {"ada", "ben", "cyn"}


def test_each_customer_gets_it_on_the_first_channel_that_reaches_them(stage: Stage) -> None:
    stage.bring_readers("ada", "ben")
    stage.agree("ada", "cyn", channel=SMS)
    stage.bring(CustomerRecord(id="cyn", phone="0151 2345678"))
    stage.template()
    sent = stage.send(stage.newsletter(channels={SMS: None, EMAIL: None}))
    by = {name: message.channel for name, message in stage.messages(sent).items()}
    assert by == {"ada": "sms", "ben": "email", "cyn": "sms"}
    assert min(one.to for one in stage.texts.arrived).startswith("+491512345678")


def test_one_address_gets_it_once_whoever_has_it(stage: Stage) -> None:
    stage.bring_readers("ada", "ben")
    stage.bring(CustomerRecord(id="ben", email=" ADA@example.com "))
    stage.agree("ben", channel=SMS)
    stage.template()
    sent = stage.send(stage.newsletter(channels={EMAIL: None, SMS: None}))
    assert [one.to for one in stage.mail.arrived] == ["ada@example.com"]
    assert not stage.texts.arrived, "who shares an address has the message already"
    assert sent.left_out == {"same_address": 1}


def test_why_somebody_is_left_out_is_told(stage: Stage) -> None:
    stage.bring_readers("ada", "ben", "cyn", "dan")
    stage.agree("ben", given=False)
    stage.bring(CustomerRecord(id="cyn", email="no address"), CustomerRecord(id="eve", email="eve@example.com"))
    stage.hub.suppressions.add(EMAIL, "Dan@example.com", SuppressionReason.BOUNCED)
    stage.hub.segments.create("All", "everyone")
    stage.template()
    found = stage.hub.newsletters.estimate(stage.newsletter(segments=["All"]))
    assert found.left_out == {LeftOut.NO_CONSENT: 2, LeftOut.NO_ADDRESS: 1, LeftOut.SUPPRESSED: 1}
    assert found.size == 1


def test_it_reaches_all_of_a_partners_contacts_who_agreed(stage: Stage) -> None:
    stage.bring(CompanyRecord(id="acme", name="Acme"))
    stage.bring_readers("ada", "ben", "cyn")
    stage.bring(CustomerRecord(id="ada", company="acme"), CustomerRecord(id="ben", company="acme"))
    stage.agree("ben", given=False)
    stage.template()
    assert set(stage.statuses(stage.send(stage.newsletter(companies=["Acme"])))) == {"ada"}
    with pytest.raises(NotFound, match="no company 'Umbrella'"):
        stage.newsletter("Other", companies=["Umbrella"])


def test_who_holds_a_ticket_does_not_get_it(stage: Stage) -> None:
    stage.bring_readers("ada", "ben")
    stage.bring(
        EventRecord(id="hamlet-1", title="Hamlet", production="Hamlet"),
        OrderRecord(id="1", customer="ada", ordered_at=stage.now, total=10, status="paid"),
        OrderLineRecord(id="1", order="1", event="hamlet-1", quantity=1),
    )
    stage.template()
    sent = stage.send(stage.newsletter(without_productions=["Hamlet"]))
    assert set(stage.statuses(sent)) == {"ben"}


def test_who_withdraws_in_the_middle_of_a_send_gets_nothing_more(stage: Stage) -> None:
    stage.bring_readers("ada", "ben", "cyn")
    stage.template()
    stage.mail.side_by_side = 1

    def withdraw(message: Message) -> None:
        if len(stage.mail.arrived) == 0:
            stage.agree("cyn", given=False)

    stage.mail.fault = withdraw
    sent = stage.send(stage.newsletter())
    assert sent.status == "sent"
    messages = stage.messages(sent)
    assert {name: one.status for name, one in messages.items()} == {
        "ada": "sent", "ben": "sent", "cyn": "withheld"
    }  # fmt: skip
    assert "withdrawn" in messages["cyn"].reason


def test_an_erased_customer_and_a_changed_address_are_heeded_in_the_middle_of_a_send(stage: Stage) -> None:
    stage.bring_readers("ada", "ben", "cyn", "dan")
    stage.template()
    stage.mail.side_by_side = 1

    def change(message: Message) -> None:
        if len(stage.mail.arrived) == 0:
            with stage.hub.database.writing() as connection:
                erase_customers(connection, [stage.number_of("ben")])
            stage.bring(
                CustomerRecord(id="cyn", email="new@example.com"),
                CustomerRecord(id="dan", email="ada@example.com"),
            )

    stage.mail.fault = change
    sent = stage.send(stage.newsletter())
    assert sent.status == "sent"
    assert sorted(one.to for one in stage.mail.arrived) == ["ada@example.com", "new@example.com"]
    counts = stage.hub.newsletters.states([sent])[0].counts
    assert counts == {"sent": 2, "withheld": 2}


def test_a_refused_recipient_stops_no_other_and_a_dead_address_gets_nothing_more(stage: Stage) -> None:
    stage.bring_readers("ada", "ben", "cyn", "dan")
    stage.template()
    faults = {
        "ada@example.com": Rejected("there is no such mailbox", Refusal.ADDRESS),
        "ben@example.com": Rejected("the message looks like advertising"),
        "cyn@example.com": Rejected("its owner unsubscribed", Refusal.UNSUBSCRIBED),
    }
    stage.mail.fault = lambda message: faults.get(message.to)
    sent = stage.send(stage.newsletter("first"))
    assert stage.statuses(sent) == {"ada": "bounced", "ben": "failed", "cyn": "failed", "dan": "sent"}
    assert stage.messages(sent)["ben"].reason == "the message looks like advertising"
    stage.mail.fault = lambda message: None
    second = stage.send(stage.newsletter("second"))
    assert set(stage.statuses(second)) == {"ben", "dan"}
    assert second.left_out == {"suppressed": 1}, "cyn's stop at the provider is a withdrawal"


def test_what_was_not_taken_is_tried_again_later(stage: Stage) -> None:
    stage.bring_readers("ada", "ben")
    stage.template()
    busy = {"ada@example.com"}
    stage.mail.fault = lambda message: TryAgain("mailbox is locked", after=90) if message.to in busy else None
    newsletter = stage.send(stage.newsletter())
    assert (newsletter.status, stage.statuses(newsletter)) == ("sending", {"ada": "queued", "ben": "sent"})
    assert "1 messages wait until 2026-05-06 12:01 UTC" in newsletter.message
    busy.clear()
    assert stage.hub.newsletters.run(newsletter).status == "sending", "it is too early"
    stage.now += timedelta(seconds=91)
    assert [one.id for one in stage.hub.newsletters.due()] == [newsletter.id]
    assert stage.hub.newsletters.run(newsletter).status == "sent"
    assert sorted(one.to for one in stage.mail.arrived) == ["ada@example.com", "ben@example.com"]


def test_a_provider_in_trouble_is_not_hammered(stage: Stage) -> None:
    stage.bring_readers(*(f"reader{number}" for number in range(40)))
    stage.template()
    asked: list[str] = []

    def down(message: Message) -> TryAgain:
        asked.append(message.to)
        return TryAgain("can't be reached")

    stage.mail.fault = down
    newsletter = stage.send(stage.newsletter())
    assert newsletter.status == "sending"
    assert "can't be reached" in newsletter.message
    assert len(asked) < 12
    stage.mail.fault = lambda message: None
    stage.now += timedelta(minutes=2)
    assert stage.hub.newsletters.run(newsletter).status == "sent"
    assert len(stage.mail.arrived) == len({one.to for one in stage.mail.arrived}) == 40


def test_a_message_of_unknown_fate_is_told_and_not_sent_again(stage: Stage) -> None:
    stage.bring_readers("ada", "ben")
    stage.agree("ada", "ben", channel=SMS)
    stage.template()
    lost = FateUnknown("the answer was lost")
    stage.mail.fault = lambda message: lost if message.to.startswith("ada") else None
    sent = stage.send(stage.newsletter("by email"))
    assert stage.statuses(sent) == {"ada": "unknown", "ben": "sent"}
    assert len(stage.mail.arrived) == 2
    answers: list[Exception | None] = [None, None, lost]
    stage.texts.fault = lambda message: answers.pop()
    by_text = stage.send(stage.newsletter("by text", channels={SMS: None}))
    stage.now += timedelta(minutes=2)
    by_text = stage.hub.newsletters.run(by_text)
    assert stage.statuses(by_text) == {"ada": "sent", "ben": "sent"}, "this channel knows a message by its id"
    assert len(stage.texts.arrived) == 2


def test_a_key_that_is_refused_stops_it_until_somebody_mends_that(stage: Stage) -> None:
    stage.bring_readers("ada", "ben", "cyn")
    stage.template()
    stage.mail.side_by_side = 1
    stage.mail.fault = lambda message: NotAuthorised("the key is refused") if stage.mail.arrived else None
    newsletter = stage.send(stage.newsletter())
    assert (newsletter.status, newsletter.message) == ("failed", "the key is refused")
    assert not stage.hub.newsletters.due()
    stage.mail.fault = lambda message: None
    resumed = stage.hub.newsletters.resume(newsletter)
    assert stage.hub.newsletters.run(resumed).status == "sent"
    assert len(stage.mail.arrived) == len({one.to for one in stage.mail.arrived}) == 3


def test_what_would_go_wrong_is_told_before_anything_is_sent(stage: Stage) -> None:
    stage.bring_readers("ada")
    stage.template(text="Hello {{ customer.first_name }}")
    newsletter = stage.newsletter()
    with pytest.raises(UserError, match="first_name"):
        stage.hub.newsletters.schedule(newsletter)
    stage.template("right", sms="")
    right = stage.newsletter("right", template="right")
    stage.mail.checked = lambda: NotAuthorised("the mail server refuses the password")
    with pytest.raises(NotAuthorised, match="refuses the password"):
        stage.hub.newsletters.schedule(right)
    with pytest.raises(UserError, match="no wording for sms"):
        stage.hub.newsletters.schedule(stage.newsletter("by text", template="right", channels={SMS: None}))
    assert not stage.mail.arrived
    assert stage.hub.newsletters.of_id(right.id or 0).status == "draft"


def test_without_an_https_address_nobody_could_unsubscribe(stage: Stage) -> None:
    settings = stage.home / "hub.toml"
    settings.write_text(settings.read_text().replace("https://hub.example.com", "http://hub.example.com"))
    stage.close()
    stage.hub = stage.opened()
    stage.template()
    with pytest.raises(SettingsError, match="public_url"):
        stage.hub.newsletters.schedule(stage.newsletter())


def test_it_is_paused_resumed_and_cancelled_in_mid_send(stage: Stage) -> None:
    stage.bring_readers(*(f"reader{number}" for number in range(6)))
    stage.template()
    stage.mail.side_by_side = 1
    newsletter = stage.newsletter()

    def after(number: int, act: object) -> None:
        stage.mail.fault = lambda message: act(newsletter) if len(stage.mail.arrived) == number else None  # type: ignore[operator]

    def pause(it: object) -> None:
        stage.hub.newsletters.pause(newsletter)

    def cancel(it: object) -> None:
        stage.hub.newsletters.cancel(newsletter)

    after(1, pause)
    paused = stage.send(newsletter)
    assert (paused.status, len(stage.mail.arrived)) == ("paused", 2)
    assert stage.hub.newsletters.run(paused).status == "paused"
    after(3, cancel)
    ended = stage.hub.newsletters.run(stage.hub.newsletters.resume(paused))
    assert (ended.status, len(stage.mail.arrived)) == ("cancelled", 4)
    assert stage.hub.newsletters.states([ended])[0].counts == {"sent": 4, "cancelled": 2}
    with pytest.raises(InUse, match="cancelled"):
        stage.hub.newsletters.resume(ended)


def test_it_goes_out_by_itself_at_its_time(stage: Stage) -> None:
    stage.bring_readers("ada")
    stage.template()
    newsletter = stage.hub.newsletters.schedule(stage.newsletter(), stage.now + timedelta(hours=1))
    assert not stage.hub.newsletters.due()
    stage.bring_readers("ben")
    stage.now += timedelta(hours=1, minutes=1)
    assert [job.name for job in stage.hub.jobs.all() if job.name.startswith("newsletter")] == [
        f"newsletter {newsletter.id}"
    ]
    for job in stage.hub.jobs.all():
        if job.name.startswith("newsletter"):
            job.work()
    assert set(stage.statuses(newsletter)) == {"ada", "ben"}, "recipients are chosen when it goes out"
    assert not stage.hub.newsletters.due()


def test_two_processes_do_not_send_one_newsletter_at_once(stage: Stage) -> None:
    stage.template()
    newsletter = stage.hub.newsletters.schedule(stage.newsletter())
    begun = stage.hub.newsletters.begin(newsletter)
    with pytest.raises(InUse, match="being sent already"):
        stage.hub.newsletters.begin(newsletter)
    assert stage.hub.newsletters.finish(begun).status == "sent"


def test_a_process_that_ends_lets_go_and_another_one_goes_on(stage: Stage) -> None:
    stage.bring_readers(*(f"reader{number}" for number in range(6)))
    stage.template()
    stage.mail.side_by_side = 1

    def end(message: Message) -> None:
        if len(stage.mail.arrived) == 1:
            stage.hub.newsletters.let_all_go()

    stage.mail.fault = end
    newsletter = stage.send(stage.newsletter())
    assert (newsletter.status, 1 < len(stage.mail.arrived) < 5) == ("sending", True)
    with pytest.raises(InUse, match="about to end"):
        stage.hub.newsletters.begin(newsletter)
    stage.close()
    stage.hub = stage.opened()
    assert stage.hub.newsletters.run(newsletter).status == "sent"
    assert len(stage.mail.arrived) == len({one.to for one in stage.mail.arrived}) == 6


def test_a_template_that_changes_in_mid_send_does_not_change_what_goes_out(stage: Stage) -> None:
    stage.bring_readers("ada", "ben")
    stage.template(text="first words")
    stage.mail.side_by_side = 1
    busy = [TryAgain("later", after=1)]
    stage.mail.fault = lambda message: busy.pop() if busy else None
    newsletter = stage.send(stage.newsletter())
    template = stage.hub.templates.named("May")
    wording = stage.hub.templates.contents(template).wording(EMAIL, None)
    stage.hub.templates.set_wording(template, replace(wording, text="other words"))
    stage.now += timedelta(minutes=1)
    stage.hub.newsletters.run(newsletter)
    assert [one.text for one in stage.mail.arrived] == ["first words", "first words"]


def test_a_segment_that_a_scheduled_newsletter_needs_is_not_removed(stage: Stage) -> None:
    stage.hub.segments.create("All", "everyone")
    stage.template()
    newsletter = stage.newsletter(segments=["All"])
    stage.hub.newsletters.schedule(newsletter, stage.now + timedelta(days=1))
    with pytest.raises(InUse, match="newsletter 'May'"):
        stage.hub.segments.remove(stage.hub.segments.named("All"))
    stage.hub.newsletters.unschedule(newsletter)
    stage.hub.segments.remove(stage.hub.segments.named("All"))
    with pytest.raises(NotFound, match="was removed"):
        stage.hub.newsletters.estimate(newsletter)


def test_it_is_changed_and_removed_while_nobody_has_it(stage: Stage) -> None:
    stage.bring_readers("ada")
    stage.template()
    stage.newsletter("Taken")
    newsletter = stage.newsletter()
    with pytest.raises(NameTaken, match="already"):
        stage.hub.newsletters.change(newsletter, Draft(name="TAKEN", template="May"))
    stage.hub.newsletters.change(newsletter, Draft(name="June", template="May", subject="Other"))
    sent = stage.send(stage.hub.newsletters.named("june"))
    assert stage.mail.arrived[0].subject == "Other"
    with pytest.raises(InUse, match="sent"):
        stage.hub.newsletters.remove(sent)
    stage.hub.newsletters.remove(stage.hub.newsletters.named("Taken"))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"subject": "x" * 1_000_000}, "1,000,000 characters"),
        ({"subject": "a\nBcc: b@example.com"}, "more than one line"),
        ({"own_text": "x" * 30_000}, "own text"),
        ({"channels": {}}, "at least one channel"),
        ({"permission": " "}, "which permission"),
        ({"name": ""}, "name"),
        ({"template": "none"}, "no template"),
        ({"segments": ["none"]}, "no segment"),
        ({"campaign_link": "none"}, "no campaign link"),
        ({"channels": {EMAIL: "texts"}}, "nothing can be sent by email"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(stage: Stage, values: dict[str, object], told: str) -> None:
    stage.template()
    with pytest.raises(UserError, match=told):
        stage.newsletter(**{"name": "May", **values})  # type: ignore[arg-type]
    assert not stage.hub.newsletters.all()

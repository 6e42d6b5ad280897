"""What goes out to each provider, and what becomes of each of its answers."""

import logging
from typing import Any

import pytest
from hub_sms.channel import SmsChannel

import hub
from hub import Delivery, FateUnknown, HubError, NotAuthorised, Refusal, Rejected, SettingsError, TryAgain
from hub.testing.channels import Fault as Wanted
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.messages import Reply

from .conftest import ADA, HOOK, PROVIDERS, SECRET, TOKEN, MakeChannel, Platform, make_server, message


def test_a_message_arrives_as_it_is_with_its_parts(platform: Platform, channel: SmsChannel) -> None:
    for number, text in enumerate(("Hello {you} €", "x" * 161, "Zoë: 🎟 你好", "你" * 134, "€" * 81)):
        receipt = channel.send(message(number, text=text))
        kept = platform.phones.messages[-1]
        assert (kept.to, kept.text, receipt.delivery) == (ADA, text, Delivery.QUEUED)
        assert receipt.parts == kept.parts == channel.measure(text).parts
        assert receipt.reference == kept.reference


def test_where_to_report_and_ones_own_number_go_along(platform: Platform, channel: SmsChannel) -> None:
    channel.send(message(7))
    (kept,) = platform.phones.messages
    assert kept.callback == ("" if platform.name == "seven" else HOOK)
    assert kept.own_reference == ("" if platform.name == "twilio" else "m-7")


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("015112345678", "no country code"),
        ("4915112345678", "no country code"),
        ("ada@example.com", "no phone number"),
        ("+49 151 12345678", "no phone number"),
        ("+0491511234567", "no phone number"),
        ("+1234567890123456", "no phone number"),
        ("+４９１５１１２３４５６７８", "no phone number"),
    ],
)
def test_an_address_that_is_none_is_refused_before_anybody_is_asked(
    platform: Platform, channel: SmsChannel, to: str, said: str
) -> None:
    with pytest.raises(Rejected, match=said) as caught:
        channel.send(message(to=to))
    assert to not in str(caught.value)
    assert platform.server.requests == []


def test_a_text_too_long_is_refused_before_anybody_is_asked(platform: Platform, make_channel: MakeChannel) -> None:
    channel = make_channel(platform.name, platform.server.url, most_parts=3)
    for text, said in (
        ("x" * 1_000_000, "1,000,000 characters"),
        ("x" * 460, "4 parts in GSM-7"),
        ("你" * 202, "4 parts in UCS-2"),
    ):
        with pytest.raises(Rejected, match=said) as caught:
            channel.send(message(text=text))
        assert len(str(caught.value)) < 200
    assert platform.server.requests == []
    channel.send(message(text="x" * 459))


def test_someone_who_unsubscribed_there_is_told_of(platform: Platform, channel: SmsChannel) -> None:
    platform.phones.unsubscribed.add(ADA)
    with pytest.raises(Rejected) as caught:
        channel.send(message())
    if platform.name in ("twilio", "gatewayapi"):
        assert "unsubscribed" in str(caught.value)
    # seven says of such a number what it says of one that nobody has.
    known = Refusal.ADDRESS if platform.name == "seven" else Refusal.UNSUBSCRIBED
    assert caught.value.refusal is known
    assert ADA[1:] not in str(caught.value)


def test_a_number_that_nobody_has_is_refused_for_good(platform: Platform, channel: SmsChannel) -> None:
    platform.phones.unknown.add(ADA)
    with pytest.raises(Rejected) as caught:
        channel.send(message())
    # The other two say alike of a number and of a text that they do not take.
    known = Refusal.ADDRESS if platform.name in ("twilio", "seven") else Refusal.MESSAGE
    assert caught.value.refusal is known
    with pytest.raises(Rejected) as caught:
        channel.send(message(to="015112345678"))
    assert caught.value.refusal is Refusal.ADDRESS


def test_without_credit_nobody_gets_anything(make_channel: MakeChannel, platform: Platform) -> None:
    if platform.name == "twilio":
        platform.server.status = "suspended"
        with pytest.raises(SettingsError, match="suspended, not active"):
            make_channel(platform.name, platform.server.url).check()
        return
    platform.phones.has_credit = False
    with pytest.raises(SettingsError, match="no credit left; top up"):
        make_channel(platform.name, platform.server.url).send(message())


def test_a_sender_that_is_refused_is_a_setting(make_channel: MakeChannel, platform: Platform) -> None:
    if platform.name in ("gatewayapi", "seven", "vonage"):
        make_channel(platform.name, platform.server.url, sender="+4915100000000").send(message())
        assert platform.phones.messages[-1].sender == "4915100000000"
    else:
        with pytest.raises(SettingsError, match="correct sender"):
            make_channel("twilio", platform.server.url, sender="+4915100000000").send(message())
        make_channel("twilio", platform.server.url, sender="15005550006").send(message())
        assert platform.phones.messages[-1].sender == "+15005550006"
        service = "MG" + "a" * 32
        receipt = make_channel("twilio", platform.server.url, sender=service).send(message(text="x" * 200))
        assert platform.phones.messages[-1].sender == service
        assert receipt.parts == 2


ANSWERS: list[tuple[str, int, Any, type[HubError]]] = [
    ("twilio", 400, {"code": 21211, "message": f"The 'To' number {ADA} is not valid"}, Rejected),
    ("twilio", 400, {"code": 21408}, Rejected),
    ("twilio", 400, {"code": 21612}, Rejected),
    ("twilio", 400, {"code": 99999}, Rejected),
    ("twilio", 400, {"code": ADA[1:]}, Rejected),
    ("twilio", 400, {"code": 21606}, SettingsError),
    ("twilio", 429, {"code": 20429}, TryAgain),
    ("twilio", 400, {"code": 21611}, TryAgain),
    ("twilio", 401, {"code": 20003}, NotAuthorised),
    ("twilio", 401, {}, NotAuthorised),
    ("twilio", 404, {"code": 20404}, SettingsError),
    ("twilio", 201, {"sid": "SM1", "status": "failed", "error_code": 21610}, Rejected),
    ("twilio", 201, {"status": "queued"}, FateUnknown),
    ("twilio", 201, ["SM1"], FateUnknown),
    ("gatewayapi", 403, {"code": "0x0213", "variables": ["1.2.3.4"]}, NotAuthorised),
    ("gatewayapi", 403, {}, NotAuthorised),
    ("gatewayapi", 401, {"code": "0x0229"}, NotAuthorised),
    ("gatewayapi", 403, {"code": "0x0216"}, SettingsError),
    ("gatewayapi", 422, {"code": "0x0310", "variables": [ADA]}, Rejected),
    ("gatewayapi", 400, {"message": f"{ADA}"}, Rejected),
    ("gatewayapi", 200, {"ids": []}, FateUnknown),
    ("gatewayapi", 200, {"usage": {}}, FateUnknown),
    ("gatewayapi", 200, None, FateUnknown),
    ("seven", 200, 900, NotAuthorised),
    ("seven", 200, {"success": "900"}, NotAuthorised),
    ("seven", 401, {"success": False}, NotAuthorised),
    ("seven", 200, {"success": "202"}, Rejected),
    ("seven", 200, {"success": "402"}, Rejected),
    ("seven", 200, {"success": "500"}, SettingsError),
    ("seven", 200, {"success": "306"}, SettingsError),
    ("seven", 200, {"success": "600"}, TryAgain),
    ("seven", 200, {"success": "700"}, FateUnknown),
    ("seven", 200, {"success": "100", "messages": [{"success": False, "error": "500"}]}, SettingsError),
    ("seven", 200, {"success": "100", "messages": []}, FateUnknown),
    ("seven", 200, {"success": "100", "messages": None}, FateUnknown),
    ("vonage", 200, {"messages": [{"status": "1"}]}, TryAgain),
    ("vonage", 200, {"messages": [{"status": "4"}]}, NotAuthorised),
    ("vonage", 401, {}, NotAuthorised),
    ("vonage", 200, {"messages": [{"status": "5"}]}, FateUnknown),
    ("vonage", 200, {"messages": [{"status": "6", "error-text": f"Unroutable message {ADA}"}]}, Rejected),
    ("vonage", 200, {"messages": [{"status": "9"}]}, SettingsError),
    ("vonage", 200, {"messages": [{"status": "99"}]}, Rejected),
    ("vonage", 200, {"messages": []}, FateUnknown),
    ("vonage", 200, {"messages": [{"status": "0"}]}, FateUnknown),
    ("vonage", 200, "0", FateUnknown),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "status", "answer", "error"), ANSWERS, ids=[f"{one[0]}-{one[1]}-{one[2]}"[:60] for one in ANSWERS]
)
def test_each_answer_has_its_error(
    name: str, status: int, answer: Any, error: type[HubError], make_channel: MakeChannel
) -> None:
    with make_server(name) as server:
        server.faults.add(Fault(Reply.of(answer, status), on="POST"))
        with pytest.raises(HubError) as caught:
            make_channel(name, server.url).send(message())
        assert type(caught.value) is error
        assert ADA[1:] not in str(caught.value)
        assert len(server.requests) == 1, "nothing is sent twice"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.bodyless(429, headers={"Retry-After": "7"}), TryAgain),
        (Fault.bodyless(503), TryAgain),
        (Fault.html(403), TryAgain),
        (Fault.html(500), FateUnknown),
        (Fault.html(502), FateUnknown),
        (Fault.html(504), FateUnknown),
        (Fault.html(200), FateUnknown),
        (Fault.html(404), SettingsError),
        (Fault.html(401), NotAuthorised),
        (Fault.bodyless(301, headers={"Location": "https://example.com"}), SettingsError),
        (Fault(truncate=True), FateUnknown),
        (Fault(reset="before"), FateUnknown),
        (Fault(reset="after"), FateUnknown),
        (Fault(delay=1.0), FateUnknown),
        (Fault(Reply(200, b"[" * 100_000)), FateUnknown),
    ],
)
def test_what_goes_wrong_on_the_way(
    platform: Platform, make_channel: MakeChannel, fault: Fault, error: type[HubError]
) -> None:
    channel = make_channel(platform.name, platform.server.url, timeout=0.3)
    platform.server.faults.add(fault, on="POST")
    with pytest.raises(HubError) as caught:
        channel.send(message())
    assert type(caught.value) is error
    if isinstance(caught.value, TryAgain):
        assert platform.phones.messages == []
        assert caught.value.after == (7.0 if "429" in str(caught.value) else None)
    assert len(platform.server.requests) <= 1, "nothing is sent twice"


def test_while_nothing_is_sent_everything_unclear_is_a_passing_fault(
    platform: Platform, channel: SmsChannel
) -> None:
    for fault in (Fault.html(500), Fault.html(200), Fault(truncate=True), Fault(reset="after"), Fault.html(403)):
        platform.server.faults.add(fault)
        with pytest.raises(TryAgain):
            channel.check()
    platform.server.faults.add(Fault(Reply.of({"code": "0x0999", "success": "700"}, 400)))
    with pytest.raises(TryAgain):
        channel.check()


def test_parts_that_were_taken_without_the_others_are_unknown(make_channel: MakeChannel) -> None:
    with make_server("vonage") as server:
        server.failing_parts = frozenset({1})  # type: ignore[attr-defined]
        with pytest.raises(FateUnknown, match="took 2 of 3 parts"):
            make_channel("vonage", server.url).send(message(text="x" * 400))


def test_seven_takes_the_same_text_again_within_three_minutes(make_channel: MakeChannel) -> None:
    with make_server("seven") as server:
        channel = make_channel("seven", server.url)
        references = {channel.send(message(number, text="Same")).reference for number in range(2)}
        assert len(references) == 2


def test_no_secret_number_or_text_gets_into_a_log_or_an_error(
    platform: Platform, channel: SmsChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    said = []
    channel.send(message(text="Premiere"))
    for fault in Wanted:
        platform.fail_next(fault)
        try:
            channel.send(message(text="Premiere"))
        except HubError as error:
            said.append(repr(error))
    for secret in (TOKEN, SECRET, ADA[1:], "Premiere"):
        assert secret not in caplog.text + "".join(said) + repr(vars(channel))
    assert len(said) == 3
    assert not [asked for asked in platform.server.requests if TOKEN in str(asked.query) + asked.path]


def test_the_rate_is_what_is_set_or_what_the_provider_allows(make_channel: MakeChannel) -> None:
    for name in PROVIDERS:
        channel = make_channel(name, "https://example.com")
        assert channel.rate == (30.0 if name == "vonage" else None)
        assert make_channel(name, "https://example.com", rate=2).rate == 2.0
        for ability in (hub.BatchChannel, hub.WebhookChannel, hub.PollingChannel, hub.MeasuringChannel):
            assert isinstance(channel, ability)

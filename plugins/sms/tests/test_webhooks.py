"""What the providers tell: signatures first, then fates, wishes for no more, and people who wrote."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from hub_sms import signatures
from hub_sms.channel import SmsChannel
from hub_sms.settings import SignatureMethod
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from hub import Fate, FateReport, Heard, Rejected, StopRequest, WebhookRequest
from hub.testing.platforms.sms import Call

from .conftest import ADA, HOOK, SECRET, TOKEN, MakeChannel, Platform, Receiver, heard, make_server, message

STATUSES: dict[str, list[tuple[str, str, Fate, bool]]] = {
    "twilio": [
        ("sending", "", Fate.QUEUED, False),
        ("sent", "", Fate.SENT, False),
        ("delivered", "", Fate.DELIVERED, False),
        ("read", "", Fate.OPENED, False),
        ("undelivered", "30003", Fate.FAILED, False),
        ("undelivered", "30005", Fate.BOUNCED, True),
        ("failed", "30006", Fate.BOUNCED, True),
        ("failed", "21610", Fate.FAILED, True),
        ("failed", "", Fate.FAILED, False),
        ("canceled", "", Fate.FAILED, False),
    ],
    "gatewayapi": [
        ("BUFFERED", "", Fate.QUEUED, False),
        ("ENROUTE", "", Fate.SENT, False),
        ("ACCEPTED", "", Fate.SENT, False),
        ("DELIVERED", "", Fate.DELIVERED, False),
        ("EXPIRED", "0x1019", Fate.FAILED, False),
        ("UNDELIVERABLE", "", Fate.BOUNCED, False),
        ("UNDELIVERABLE", "0x1010", Fate.BOUNCED, True),
        ("REJECTED", "0x1010", Fate.BOUNCED, True),
        ("SKIPPED", "", Fate.FAILED, False),
    ],
    "seven": [
        ("TRANSMITTED", "", Fate.SENT, False),
        ("DELIVERED", "", Fate.DELIVERED, False),
        ("NOTDELIVERED", "", Fate.FAILED, False),
        ("EXPIRED", "", Fate.FAILED, False),
    ],
    "vonage": [
        ("buffered", "0", Fate.QUEUED, False),
        ("accepted", "0", Fate.SENT, False),
        ("delivered", "0", Fate.DELIVERED, False),
        ("failed", "2", Fate.FAILED, False),
        ("failed", "3", Fate.BOUNCED, True),
        ("rejected", "9", Fate.FAILED, True),
        ("expired", "1", Fate.FAILED, False),
    ],
}
UNKNOWN = {"twilio": "partially_delivered", "gatewayapi": "UNKNOWN", "seven": "UNKNOWN", "vonage": "unknown"}


def reported(platform: Platform, status: str, code: str = "") -> Call:
    kept = platform.phones.messages[-1]
    return platform.server.report(kept, status, code, HOOK)  # type: ignore[no-any-return]


def test_every_status_has_its_fate(platform: Platform, channel: SmsChannel) -> None:
    reference = channel.send(message()).reference
    for status, code, fate, for_good in STATUSES[platform.name]:
        (report,) = heard(channel, reported(platform, status, code)).events
        assert isinstance(report, FateReport)
        assert (report.reference, report.fate, report.for_good) == (reference, fate, for_good)
        assert abs((datetime.now(UTC) - report.at).total_seconds()) < 90_000
        assert report.at <= datetime.now(UTC)
        assert bool(report.reason) == (fate in (Fate.FAILED, Fate.BOUNCED))
        assert ADA[1:] not in report.reason
    assert heard(channel, reported(platform, UNKNOWN[platform.name])).events == ()


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("STOP", True), ("stop", True), ("  Stop. ", True), ("STOPP", True), ("Abmelden", True), ("AFMELD", True),
        ("unsubscribe", True), ("STOP ALL", True), ("opt-out", True), ("END!", True), ("Quit", True),
        ("Stop it please", False), ("non-stop", False), ("Danke", False), ("weekend", False), ("🎟", False),
    ],
)  # fmt: skip
def test_who_answers_stop_wants_no_more(platform: Platform, channel: SmsChannel, text: str, stops: bool) -> None:
    (event,) = heard(channel, platform.server.answer(HOOK, ADA, text)).events
    assert isinstance(event, StopRequest if stops else Heard)
    assert event.address == ADA  # as in Message.to


def test_a_wish_that_twilio_understood_itself(make_channel: MakeChannel) -> None:
    with make_server("twilio") as server:
        channel = make_channel("twilio", server.url)
        answer = heard(channel, server.answer(HOOK, ADA, "Arrêt", "STOP"))  # type: ignore[attr-defined]
        assert [type(event) for event in answer.events] == [StopRequest]
        assert (answer.body, answer.headers) == (b"<Response/>", {"Content-Type": "text/xml"})


def test_the_keyword_of_a_short_code_comes_first(make_channel: MakeChannel) -> None:
    with make_server("gatewayapi") as server:
        call = server.answer(HOOK, ADA, "Opera STOP")  # type: ignore[attr-defined]
        with_keyword = make_channel("gatewayapi", server.url, keyword="OPERA")
        assert isinstance(heard(with_keyword, call).events[0], StopRequest)
        assert isinstance(heard(make_channel("gatewayapi", server.url), call).events[0], Heard)


def test_a_changed_or_unsigned_call_is_rejected(platform: Platform, channel: SmsChannel) -> None:
    channel.send(message())
    for call in (reported(platform, STATUSES[platform.name][0][0]), platform.server.answer(HOOK, ADA, "STOP")):
        names = ("x-twilio-signature", "x-gwapi-signature", "x-signature")
        headers = {name.lower(): value for name, value in call.headers.items()}
        unsigned = {name: value for name, value in headers.items() if name not in names}
        for wrong in ("", "x", "ä", "AAAA.BBBB.CCCC", base64.b64encode(b"x" * 20).decode()):
            signed = {name: wrong if name in names else value for name, value in headers.items()}
            if platform.name == "vonage":
                body = json.dumps(json.loads(call.body) | {"sig": wrong}).encode()
                with pytest.raises(Rejected):
                    heard(channel, call, body=body)
            else:
                with pytest.raises(Rejected):
                    heard(channel, call, headers=signed)
        if platform.name in ("twilio", "seven", "vonage"):
            changed = call.body.replace(b"STOP", b"HELP").replace(b"Text", b"Else")
            changed = changed.replace(b"messageId", b"messageID").replace(b"msg_id", b"msg_jd")
            with pytest.raises(Rejected):
                heard(channel, call, body=changed.replace(b"SmsSid", b"SmsSjd"))
        if platform.name != "vonage":
            with pytest.raises(Rejected):
                heard(channel, call, headers=unsigned)


def test_what_only_the_body_says_is_not_believed(make_channel: MakeChannel) -> None:
    """GatewayAPI signs the claims in its token, not the body."""
    with make_server("gatewayapi") as server:
        channel = make_channel("gatewayapi", server.url)
        call = server.answer(HOOK, ADA, "Danke")  # type: ignore[attr-defined]
        forged = json.dumps({"id": 1, "msisdn": 4520123456, "message": "STOP"}).encode()
        (event,) = heard(channel, call, body=forged).events
        assert isinstance(event, Heard)
        assert event.address == ADA


def test_an_unsigned_token_is_not_taken() -> None:
    """The algorithm ``none`` is the oldest trick with such tokens."""
    head = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    claims = base64.urlsafe_b64encode(b'{"id":1}').decode().rstrip("=")
    for header in (f"{head}.{claims}.", f"{head}.{claims}", f"{head}.{claims}.{claims}"):
        with pytest.raises(Rejected):
            signatures.json_web_token(
                WebhookRequest("POST", HOOK, {"x-gwapi-signature": header}), SecretStr("secret")
            )


def test_a_token_of_another_algorithm_is_not_taken_even_if_it_is_signed() -> None:
    for algorithm, is_good in (("HS256", True), ("HS512", False), ("none", False)):
        parts = (json.dumps({"alg": algorithm}).encode(), b'{"id":1}')
        signed = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
        digest = hmac.new(b"secret", signed.encode(), hashlib.sha256).digest()
        token = f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"
        request = WebhookRequest("POST", HOOK, {"x-gwapi-signature": token})
        if is_good:
            assert signatures.json_web_token(request, SecretStr("secret")) == {"id": 1}
        else:
            with pytest.raises(Rejected):
                signatures.json_web_token(request, SecretStr("secret"))


def test_the_token_in_gatewayapis_documentation() -> None:
    token = (
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpZCI6MjM4MTcwMywibXNpc2RuIjo0NTQyNjA5MDQ1LCJ0aW1lIjoxNTIyNzY0MDYyL"
        "CJzdGF0dXMiOiJERUxJVkVSRUQiLCJlcnJvciI6bnVsbCwiY29kZSI6bnVsbCwidXNlcnJlZiI6bnVsbCwiY2FsbGJhY2tfdXJsIjoiaHR0"
        "cDovL2JiYWY3MTQyLm5ncm9rLmlvIiwiYXBpIjo0fQ.KdfDH65bnQtgxEkFnpAQodOciAJedZFB13r9wEo8t3Y"
    )
    request = WebhookRequest("POST", HOOK, {"x-gwapi-signature": token})
    assert signatures.json_web_token(request, SecretStr("secret"))["id"] == 2381703
    with pytest.raises(Rejected):
        signatures.json_web_token(request, SecretStr("another"))


@pytest.mark.parametrize(
    ("method", "digest"),
    [
        ("md5hash", "6af838ef94998832dbfc29020b564830"),
        ("md5", "c15c21ced558c93a226c305f58f902f2"),
        ("sha1", "3e19a4e6880fdc2c1426bfd0587c98b9532f0210"),
        ("sha256", "a321e824b9b816be7c3f28859a31749a098713d39f613c80d455bbaffae1cd24"),
    ],
)
def test_the_digests_of_vonages_own_library(method: str, digest: str) -> None:
    fields = {"a": "1", "b": "2", "timestamp": "1461605396", "sig": digest}
    signatures.vonage(fields, SecretStr("secret"), SignatureMethod(method))
    for changed in ({"a": "2"}, {"sig": ""}, {"c": "3"}):
        with pytest.raises(Rejected):
            signatures.vonage(fields | changed, SecretStr("secret"), SignatureMethod(method))


TWILIO_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
TWILIO_FIELDS = {
    "CallSid": "CA1234567890ABCDE", "Digits": "1234", "From": "+14158675309", "To": "+18005551212",
    "Caller": "+14158675309",
}  # fmt: skip
TWILIO_SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_the_signature_in_twilios_own_library() -> None:
    body = urlencode(TWILIO_FIELDS).encode()
    request = WebhookRequest("POST", TWILIO_URL, {"x-twilio-signature": TWILIO_SIGNATURE}, body)
    signatures.twilio(request, SecretStr("12345"))
    with pytest.raises(Rejected):
        signatures.twilio(request, SecretStr("12346"))


def twilio_signature(signed: str) -> dict[str, str]:
    digest = hmac.new(TOKEN.encode(), signed.encode(), hashlib.sha1).digest()
    return {"x-twilio-signature": base64.b64encode(digest).decode()}


@pytest.mark.parametrize("called", ["https://example.com/h?a=1", "https://example.com:443/h?a=1"])
@pytest.mark.parametrize("signed", ["https://example.com/h?a=1", "https://example.com:443/h?a=1"])
def test_the_usual_port_may_stand_in_the_address_or_not(called: str, signed: str) -> None:
    signatures.twilio(WebhookRequest("POST", called, twilio_signature(signed), b""), SecretStr(TOKEN))
    with pytest.raises(Rejected):
        signatures.twilio(
            WebhookRequest("POST", called.replace("a=1", "a=2"), twilio_signature(signed)), SecretStr(TOKEN)
        )


def test_a_body_that_is_no_form_is_signed_by_its_hash() -> None:
    body = b'{"property": "value"}'
    url = f"https://example.com/h?bodySHA256={hashlib.sha256(body).hexdigest()}"
    signatures.twilio(WebhookRequest("POST", url, twilio_signature(url), body), SecretStr(TOKEN))
    with pytest.raises(Rejected, match="not the one that Twilio signed"):
        signatures.twilio(WebhookRequest("POST", url, twilio_signature(url), body + b" "), SecretStr(TOKEN))


def test_a_field_that_stands_twice_counts_once_for_each_value() -> None:
    url = "https://example.com/h"
    request = WebhookRequest(
        "POST", url, twilio_signature(f"{url}MediaUrl1MediaUrl2"), b"MediaUrl=2&MediaUrl=1&MediaUrl=2"
    )
    signatures.twilio(request, SecretStr(TOKEN))


def test_twilio_may_call_with_get_and_then_signs_the_address(make_channel: MakeChannel) -> None:
    channel = make_channel("twilio", "https://example.com")
    url = f"https://example.com/h?{urlencode({'From': ADA, 'Body': 'STOP', 'SmsStatus': 'received'})}"
    (event,) = channel.receive(WebhookRequest("GET", url, twilio_signature(url))).events
    assert isinstance(event, StopRequest)
    # The same signature does not cover a body of another kind.
    forged = WebhookRequest("POST", url, twilio_signature(url), b'{"From": "+4520123456", "Body": "STOP"}')
    with pytest.raises(Rejected):
        channel.receive(forged)


def test_an_old_call_of_sevens_is_rejected(make_channel: MakeChannel) -> None:
    with make_server("seven") as server:
        for age, is_good in ((0, True), (240, True), (400, False), (-400, False)):
            moment = datetime.now(UTC) - timedelta(seconds=age)
            server.clock = moment.timestamp  # type: ignore[attr-defined]
            call = server.answer(HOOK, ADA, "STOP")  # type: ignore[attr-defined]
            if is_good:
                assert heard(make_channel("seven", server.url), call).events
            else:
                with pytest.raises(Rejected, match="older than five minutes"):
                    heard(make_channel("seven", server.url), call)


@pytest.mark.parametrize("how", ["json", "form", "get"])
def test_vonage_calls_as_its_account_is_set(make_channel: MakeChannel, how: str) -> None:
    with make_server("vonage") as server:
        channel = make_channel("vonage", server.url, signature_method="sha512")
        server.method = "sha512"  # type: ignore[attr-defined]
        call = server.answer(HOOK, ADA, "Ja & nein = 1", how)  # type: ignore[attr-defined]
        assert isinstance(heard(channel, call).events[0], Heard)


@pytest.mark.parametrize("name", ["gatewayapi", "seven", "vonage"])
def test_where_nothing_is_signed_the_address_holds_a_secret(name: str, make_channel: MakeChannel) -> None:
    token = "a-long-random-word-0123"
    with make_server(name, signed=False) as server:
        channel = make_channel(name, server.url, webhook_secret=None, webhook_token=token)
        channel.send(message())
        if name != "seven":
            assert server.phones.messages[0].callback == f"{HOOK}?token={token}"  # type: ignore[attr-defined]
        call = server.answer(f"{HOOK}?token={token}", ADA, "STOP")  # type: ignore[attr-defined]
        assert isinstance(heard(channel, call).events[0], StopRequest)
        for url in (HOOK, f"{HOOK}?token=", f"{HOOK}?token={token}x", f"{HOOK}?token=ä"):
            with pytest.raises(Rejected) as caught:
                heard(channel, call, url=url)
            assert token not in str(caught.value)
        nothing = make_channel(name, server.url, webhook_secret=None)
        with pytest.raises(Rejected, match="set webhook_secret, or webhook_token"):
            heard(nothing, call)


@pytest.mark.parametrize("number", ["1204", "Theatre", "", "+0123456789"])
def test_names_and_short_codes_tell_nothing(make_channel: MakeChannel, number: str) -> None:
    with make_server("twilio") as server:
        call = server.answer(HOOK, number, "STOP")  # type: ignore[attr-defined]
        assert heard(make_channel("twilio", server.url), call).events == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200) | st.sampled_from([b"[" * 50_000, b"{}", b'{"data": 1}', b"null", b"1"]))
def test_whatever_a_known_caller_sends_is_survived(make_channel: MakeChannel, body: bytes) -> None:
    for name in ("seven", "gatewayapi", "vonage"):
        channel = make_channel(name, "https://example.com", webhook_secret=None, webhook_token="a" * 20)
        request = WebhookRequest("POST", f"{HOOK}?token={'a' * 20}", {}, body)
        assert channel.receive(request).status == 200


def test_calls_arrive_over_http(platform: Platform, make_channel: MakeChannel) -> None:
    """From the provider's server to the hub's, as they travel."""
    with Receiver(make_channel(platform.name, platform.server.url)) as receiver:
        url = f"{receiver.root}/hooks/sms"
        channel = make_channel(platform.name, platform.server.url, webhook_url=url)
        reference = channel.send(message()).reference
        kept = platform.phones.messages[0]
        status = STATUSES[platform.name][0][0]
        report = platform.server.report(kept, status, url=url if platform.name == "seven" else "")
        assert report.place() == 200
        assert platform.server.answer(url, ADA, "STOP").place() == 200
        told = [event for answer in receiver.answers for event in answer.events]
        assert isinstance(told[0], FateReport)
        assert told[0].reference == reference
        assert isinstance(told[1], StopRequest)
        forged = Call(report.method, report.url, {"Content-Type": report.headers["Content-Type"]}, b"{}")
        assert forged.place() == 403


def test_the_secret_is_in_no_rejection(platform: Platform, channel: SmsChannel) -> None:
    call = platform.server.answer(HOOK, ADA, "STOP")
    with pytest.raises(Rejected) as caught:
        heard(channel, call, headers={}, body=b"a=b")
    assert SECRET not in str(caught.value)
    assert TOKEN not in str(caught.value)

"""Newsletters over HTTP: made, tried out, sent to a mail server and an SMS account, watched and stopped."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from hub.api.application import make_application
from hub.core.access.tokens import Scope
from hub.core.app import Hub, open_hub
from hub.core.contracts.records import (
    Batch,
    CompanyRecord,
    ConsentChannel,
    ConsentRecord,
    CustomerRecord,
)
from hub.core.ingest.ingest import Ingest
from hub.core.messaging.newsletters.drafts import Draft
from hub.testing.platforms.sms import GatewayApiServer
from tests.api.conftest import make_theatre_hub, served
from tests.letterbox import Letterbox

KEY = "inventedtoken0123456789"
AT = datetime(2025, 1, 1, tzinfo=UTC)
Make = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def letterbox() -> Iterator[Letterbox]:
    with Letterbox() as found:
        yield found


@pytest.fixture(scope="module")
def account() -> Iterator[GatewayApiServer]:
    with GatewayApiServer(KEY) as found:
        yield found


@pytest.fixture(scope="module")
def hub(
    tmp_path_factory: pytest.TempPathFactory, letterbox: Letterbox, account: GatewayApiServer
) -> Iterator[Hub]:
    """A hub that is reached at an https address, with a mail server, an SMS account and a template.

    Of its 60 customers the odd ones read newsletters; customer 2 wants text messages alone, customer 4 has no
    usable number for theirs, and customer 6 works for a partner and reads newsletters, too.
    """
    home = tmp_path_factory.mktemp("hub") / "home"
    make_theatre_hub(home).close()
    settings = home / "hub.toml"
    settings.write_text(settings.read_text() + 'public_url = "https://hub.example.com"\n')
    hub = open_hub(home)
    records: list[Any] = [
        CustomerRecord(id="C-2", phone="+4915112345678", first_name="Bea"),
        CustomerRecord(id="C-4", phone="12"),
        CompanyRecord(id="P-1", name="Ufer Travel Ltd"),
        CustomerRecord(id="C-6", email="Customer6@Example.com", company="P-1"),
        ConsentRecord(customer="C-6", permission="newsletter", at=AT),
        *(
            ConsentRecord(customer=one, permission="newsletter", channel=ConsentChannel.SMS, at=AT)
            for one in ("C-2", "C-4")
        ),
    ]
    list(Ingest(hub.database, hub.organisation, "tests", hub.clock).store([Batch.of(*records)]))
    hub.connections.connect(
        "email",
        "mail",
        {
            "host": "127.0.0.1",
            "port": str(letterbox.port),
            "security": "none",
            "sender": "news@example.com",
            "connections": "1",
        },
    )
    hub.connections.connect(
        "sms",
        "texts",
        {"provider": "gatewayapi", "sender": "Theatre", "api_key": KEY, "base_url": account.url},
    )
    yield hub
    hub.close()


@pytest.fixture(autouse=True)
def calm(letterbox: Letterbox) -> None:
    """Every test begins with a mail server that is well and has nothing."""
    letterbox.be()


@pytest.fixture(scope="module")
def template(api: httpx.Client) -> str:
    """A template for email and SMS; its name."""
    made = api.post("/templates", json={"name": "Monthly"}).json()
    greeting = 'Hello {{ customer.first_name | otherwise("friend") }}{% if own_text %}: {{ own_text }}{% endif %}'
    for words in (
        {"channel": "email", "subject": "News", "text": greeting},
        {"channel": "sms", "text": greeting},
    ):
        assert api.put(f"/templates/{made['id']}/wordings", json=words).status_code == 200
    return "Monthly"


@pytest.fixture
def make(api: httpx.Client, template: str) -> Make:
    """Makes a newsletter."""

    def of(name: str, **more: Any) -> dict[str, Any]:
        answer = api.post("/newsletters", json={"name": name, "template": template, **more})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        assert answer.headers["Location"] == f"/api/v1/newsletters/{made['id']}"
        return made

    return of


@pytest.fixture
def stands(api: httpx.Client) -> Callable[[int, str], dict[str, Any]]:
    """Waits until a newsletter stands so; the newsletter."""

    def wait(newsletter_id: int, status: str) -> dict[str, Any]:
        until = time.monotonic() + 30
        while True:
            found: dict[str, Any] = api.get(f"/newsletters/{newsletter_id}").json()
            if found["status"] == status:
                return found
            assert time.monotonic() < until, found
            time.sleep(0.02)

    return wait


def test_a_newsletter_is_made_changed_listed_and_removed(
    api: httpx.Client, make: Make, make_segment: Make
) -> None:
    make_segment("Regulars", "orders >= 3")
    made = make("first", channels=[{"channel": "sms", "connection": "texts"}, {"channel": "email"}])
    path = f"/newsletters/{made['id']}"
    assert made["channels"] == [
        {"channel": "sms", "connection": "texts"},
        {"channel": "email", "connection": "mail"},
    ]
    assert (made["status"], made["permission"], made["segments"], made["messages"]) == (
        "draft",
        "newsletter",
        [],
        [],
    )
    changed = api.patch(path, json={"segments": ["Regulars"], "without_event": ["E-2"], "subject": "May"}).json()
    assert {**changed, "changed_at": made["changed_at"]} == {
        **made, "segments": ["Regulars"], "without_event": ["E-2"], "subject": "May",
    }  # fmt: skip
    assert api.get(path).json() == changed
    second = make("second")
    page = api.get("/newsletters", params={"limit": 1}).json()
    assert [one["name"] for one in page["items"]] == ["second"]
    rest = api.get("/newsletters", params={"limit": 1, "cursor": page["next_cursor"]}).json()
    assert [one["name"] for one in rest["items"]] == ["first"]
    assert api.post("/newsletters", json={"name": "FIRST", "template": "Monthly"}).status_code == 409
    assert api.delete(path).status_code == api.delete(f"/newsletters/{second['id']}").status_code == 204
    assert api.get(path).status_code == 404


def test_its_reach_is_told_before_anything_is_sent(api: httpx.Client, make: Make, letterbox: Letterbox) -> None:
    both = make("reach", channels=[{"channel": "email"}, {"channel": "sms"}])
    assert api.get(f"/newsletters/{both['id']}/estimate").json() == {
        "chosen": 33,
        "recipients": 32,
        "channels": [{"channel": "email", "count": 31}, {"channel": "sms", "count": 1}],
        "left_out": [{"reason": "no_address", "count": 1}],
    }
    partner = make("partner", companies=["Ufer Travel Ltd"])
    assert api.get(f"/newsletters/{partner['id']}/estimate").json()["recipients"] == 1
    without = make("without", without_production=["Hamlet"])
    assert api.get(f"/newsletters/{without['id']}/estimate").json()["recipients"] == 6
    assert letterbox.mails == []


def test_who_sends_more_than_expected_is_stopped(
    api: httpx.Client, make: Make, stands: Callable[..., Any], letterbox: Letterbox
) -> None:
    path = f"/newsletters/{make('expected', companies=['Ufer Travel Ltd'])['id']}"
    for step in ("send", "schedule"):
        answer = api.post(f"{path}/{step}", json={"expected": 0})
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (409, "changed-meanwhile")
        assert "would go to 1 customers now, and 0 are expected" in answer.json()["detail"]
    assert api.get(path).json()["status"] == "draft"
    answer = api.post(f"{path}/send", json={"expected": 1})
    assert (answer.status_code, answer.headers["Location"]) == (202, f"/api/v1{path}")
    stands(int(path.rpartition("/")[2]), "sent")
    assert letterbox.addresses == ["customer6@example.com"]


def test_it_goes_out_by_email_and_by_sms_and_each_fate_is_told(
    api: httpx.Client,
    make: Make,
    stands: Callable[..., Any],
    letterbox: Letterbox,
    account: GatewayApiServer,
) -> None:
    letterbox.be(refused={"customer9@example.com"})
    made = make("both", channels=[{"channel": "email"}, {"channel": "sms"}], own_text="Hamlet is back")
    assert api.post(f"/newsletters/{made['id']}/send").status_code == 202
    sent = stands(made["id"], "sent")
    assert (sent["chosen"], sent["recipients"]) == (33, 32)
    assert sent["left_out"] == [{"reason": "no_address", "count": 1}]
    assert sent["messages"] == [{"status": "sent", "count": 31}, {"status": "bounced", "count": 1}]
    assert len(letterbox.mails) == len(set(letterbox.addresses)) == 30
    assert letterbox.text_to("customer3@example.com").startswith("Hello Ada 3: Hamlet is back")
    (texted,) = [kept for kept in account.phones.messages if "Hamlet is back" in kept.text]
    assert texted.to == "+4915112345678"
    path = f"/newsletters/{made['id']}/messages"
    first = api.get(path, params={"limit": 30}).json()
    second = api.get(path, params={"limit": 30, "cursor": first["next_cursor"]}).json()
    assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (30, 2, None)
    (bounced,) = api.get(path, params={"status": "bounced"}).json()["items"]
    assert bounced["reason"]
    assert "@" not in str(first) + str(second) + str(bounced)
    assert api.get(f"/messages/{bounced['id']}").json() == {
        **bounced, "permission": None, "subject": None, "text": None,
    }  # fmt: skip
    profile = api.get(f"/customers/{bounced['customer_number']}").json()
    assert bounced in profile["newest_messages"]
    # It ended: nothing of it can be changed or sent again.
    for step in ("send", "schedule", "pause", "resume", "cancel", "unschedule"):
        assert api.post(f"/newsletters/{made['id']}/{step}").status_code == 409, step
    assert api.delete(f"/newsletters/{made['id']}").status_code == 409
    assert api.patch(f"/newsletters/{made['id']}", json={"subject": "Late"}).status_code == 409


def test_it_is_paused_resumed_and_cancelled_and_nobody_gets_it_twice(
    api: httpx.Client, make: Make, stands: Callable[..., Any], letterbox: Letterbox
) -> None:
    letterbox.be(delay=0.1)
    made = make("stopped")
    path = f"/newsletters/{made['id']}"
    api.post(f"{path}/send")
    while len(letterbox.mails) < 2:
        time.sleep(0.02)
    assert api.post(f"{path}/pause").json()["status"] == "paused"
    time.sleep(0.5)
    before = len(letterbox.mails)
    assert before < 31
    time.sleep(0.5)
    assert len(letterbox.mails) == before
    resumed = api.post(f"{path}/resume")
    assert (resumed.status_code, resumed.json()["status"]) == (202, "sending")
    while len(letterbox.mails) < before + 2:
        time.sleep(0.02)
    cancelled = api.post(f"{path}/cancel").json()
    assert cancelled["status"] == "cancelled"
    time.sleep(0.5)
    ended = api.get(path).json()
    counts = {one["status"]: one["count"] for one in ended["messages"]}
    assert counts["sent"] == len(letterbox.mails) == len(set(letterbox.addresses)) < 31
    assert counts["sent"] + counts["cancelled"] == ended["recipients"] >= 30


def test_it_is_scheduled_and_taken_back(api: httpx.Client, make: Make) -> None:
    path = f"/newsletters/{make('later')['id']}"
    past = f"{datetime.now(UTC) - timedelta(minutes=2):%Y-%m-%dT%H:%M:%SZ}"
    late = api.post(f"{path}/schedule", json={"at": past})
    assert (late.status_code, "has passed" in late.json()["detail"]) == (422, True)
    at = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    scheduled = api.post(f"{path}/schedule", json={"at": at, "expected": 1000}).json()
    assert (scheduled["status"], scheduled["send_at"]) == ("scheduled", at)
    assert api.patch(path, json={"own_text": "More"}).json()["status"] == "scheduled"
    assert api.post(f"{path}/unschedule").json()["status"] == "draft"
    assert api.post(f"{path}/unschedule").status_code == 409


def test_it_is_previewed_and_sent_to_oneself(api: httpx.Client, make: Make, letterbox: Letterbox) -> None:
    path = f"/newsletters/{make('tried', channels=[{'channel': 'email'}, {'channel': 'sms'}])['id']}"
    number = api.get("/customers/lookup", params={"source": "tests", "external_id": "C-2"}).json()["number"]
    seen = api.post(f"{path}/preview", json={"customer_number": number, "channel": "sms"}).json()
    assert (seen["text"].split("\n")[0], seen["measure"]["parts"], seen["withheld"]) == ("Hello Bea", 1, None)
    withheld = api.post(f"{path}/preview", json={"customer_number": number}).json()
    assert withheld["withheld"] == "the customer has no address on email"
    assert api.post(f"{path}/preview").json()["subject"] == "News"
    tested = api.post(f"{path}/test", json={"address": "me@example.com", "customer_number": number})
    assert tested.status_code == 200, tested.text
    assert letterbox.addresses == ["me@example.com"]
    assert letterbox.mails[0][1]["Subject"] == "[Test] News"
    assert api.get(path).json()["messages"] == []


@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        ({"template": "none"}, 404, "no template"),
        ({"segments": ["none"]}, 404, "no segment 'none'"),
        ({"companies": ["none"]}, 404, "no company 'none'"),
        ({"campaign_link": "none"}, 404, "no campaign link 'none'"),
        ({"channels": [{"channel": "viber"}]}, 422, "nothing is connected that could send by viber"),
        ({"channels": [{"channel": "sms", "connection": "mail"}]}, 422, "nothing can be sent by sms over"),
        ({"channels": [{"channel": "sms"}, {"channel": "sms"}]}, 422, "name each channel once"),
        ({"channels": []}, 422, "body.channels"),
        ({"subject": "s" * 1_000_000}, 422, "body.subject"),
        ({"subject": "two\nlines"}, 422, "more than one line"),
        ({"permission": " "}, 422, "which permission"),
    ],
)
def test_what_can_not_be_made_is_refused(
    api: httpx.Client, template: str, wrong: dict[str, Any], status: int, said: str
) -> None:
    answer = api.post("/newsletters", json={"name": "wrong", "template": template, **wrong})
    assert (answer.status_code, said in answer.json()["detail"]) == (status, True), answer.text
    assert len(answer.text) < 2_000


def test_what_can_not_be_sent_is_refused_before_anybody_gets_it(
    api: httpx.Client, make: Make, letterbox: Letterbox, hub: Hub
) -> None:
    path = f"/newsletters/{make('wrong words', subject='{{ customer.shoe_size }}')['id']}"
    (finding,) = api.get(f"{path}/check").json()["items"]
    assert (finding["part"], finding["line"], "shoe_size" in finding["word"]) == ("subject", 1, True)
    for step in ("send", "schedule"):
        answer = api.post(f"{path}/{step}")
        assert (answer.status_code, "shoe_size" in answer.json()["detail"]) == (422, True), answer.text
    endless = {"subject": "{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}"}
    assert api.patch(path, json=endless).status_code == 200
    assert api.post(f"{path}/send").status_code == 422
    assert api.patch(path, json={"subject": ""}).status_code == 200
    assert api.post(f"{path}/test", json={"address": "none"}).status_code == 400
    assert "no email address" in api.post(f"{path}/test", json={"address": "none"}).json()["detail"]
    number = {"address": "12", "channel": "sms"}
    assert "does not go out on sms" in api.post(f"{path}/test", json=number).json()["detail"]
    assert api.patch(path, json={"channels": [{"channel": "sms"}]}).status_code == 200
    assert "no phone number" in api.post(f"{path}/test", json=number).json()["detail"]
    assert api.get(path).json()["status"] == "draft"
    assert letterbox.mails == []


def test_a_provider_that_refuses_the_key_ends_it_before_it_begins(
    api: httpx.Client, make: Make, hub: Hub, letterbox: Letterbox
) -> None:
    with GatewayApiServer("another") as stranger:
        hub.connections.connect(
            "sms",
            "changed",
            {"provider": "gatewayapi", "sender": "Theatre", "api_key": "another", "base_url": stranger.url},
        )
        stranger._token = "changed since"
        path = f"/newsletters/{make('refused', channels=[{'channel': 'sms', 'connection': 'changed'}])['id']}"
        answer = api.post(f"{path}/send")
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (502, "platform")
    assert api.get(path).json()["status"] == "draft"


def test_scopes_are_asked_for(hub: Hub, address: str, make: Make) -> None:
    path = f"/newsletters/{make('guarded')['id']}"
    headers = {"Authorization": f"Bearer {hub.tokens.create('reader', [Scope.MESSAGES_READ])}"}
    with httpx.Client(base_url=f"{address}/api/v1", headers=headers, trust_env=False) as reader:
        assert reader.get(path).status_code == reader.get(f"{path}/estimate").status_code == 200
        for step in ("send", "schedule", "pause", "cancel", "test"):
            answer = reader.post(f"{path}/{step}", json={"address": "a@example.com"} if step == "test" else None)
            assert (answer.status_code, answer.json()["scope"]) == (403, "messages:write")
        assert reader.post(f"{path}/preview").json()["scope"] == "segments:read"


def test_a_server_that_stops_hands_the_rest_over(hub: Hub, template: str, letterbox: Letterbox) -> None:
    letterbox.be(delay=0.1)
    newsletter = hub.newsletters.create(Draft("handed over", template))
    headers = {"Authorization": f"Bearer {hub.tokens.create('stopping', list(Scope))}"}
    with (
        served(make_application(hub)) as address,
        httpx.Client(base_url=f"{address}/api/v1", headers=headers, trust_env=False) as client,
    ):
        assert client.post(f"/newsletters/{newsletter.id}/send").status_code == 202
        while len(letterbox.mails) < 2:
            time.sleep(0.02)
    (left,) = hub.newsletters.states([hub.newsletters.of_id(newsletter.id or 0)])
    assert (left.newsletter.status, left.newsletter.lease_owner) == ("sending", None)
    assert left.counts.keys() == {"sent", "queued"}
    assert left.counts["sent"] == len(letterbox.mails)
    assert hub.newsletters.run(left.newsletter).status == "sent"
    assert len(letterbox.mails) == len(set(letterbox.addresses)) == left.newsletter.recipients

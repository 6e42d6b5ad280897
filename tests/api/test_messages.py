"""Messages to single customers over HTTP, with what became of them, and the rules of how often."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from hub.core.access.tokens import Scope
from hub.core.app import Hub, open_hub
from hub.core.contracts.channel_abilities import Fate, FateReport
from hub.core.contracts.records import Batch, ConsentChannel, ConsentRecord, CustomerRecord
from hub.core.ingest.ingest import Ingest
from hub.testing.platforms.sms import GatewayApiServer
from tests.api.conftest import make_theatre_hub
from tests.letterbox import Letterbox

KEY = "inventedtoken0123456789"
WORDS = {"channel": "email", "subject": "Your seats", "text": "We moved you.", "permission": None}


@pytest.fixture(scope="module")
def letterbox() -> Iterator[Letterbox]:
    with Letterbox() as found:
        yield found


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, letterbox: Letterbox) -> Iterator[Hub]:
    """A hub with a mail server and an SMS account; its customer 3 reads both, customer 8 has half a number."""
    home = tmp_path_factory.mktemp("hub") / "home"
    make_theatre_hub(home).close()
    settings = home / "hub.toml"
    settings.write_text(settings.read_text() + 'public_url = "https://hub.example.com"\n')
    hub = open_hub(home)
    at = datetime(2025, 1, 1, tzinfo=UTC)
    records: list[Any] = [
        ConsentRecord(customer="C-3", permission="newsletter", channel=ConsentChannel.SMS, at=at),
        CustomerRecord(id="C-8", phone="12"),
    ]
    list(Ingest(hub.database, hub.organisation, "tests", hub.clock).store([Batch.of(*records)]))
    mail = {"host": "127.0.0.1", "port": str(letterbox.port), "security": "none", "sender": "desk@example.com"}
    hub.connections.connect("email", "mail", mail)
    with GatewayApiServer(KEY) as account:
        texts = {"provider": "gatewayapi", "sender": "Theatre", "api_key": KEY, "base_url": account.url}
        hub.connections.connect("sms", "texts", texts)
        yield hub
    hub.close()


@pytest.fixture(autouse=True)
def calm(letterbox: Letterbox) -> None:
    """Every test begins with a mail server that is well and has nothing."""
    letterbox.be()


@pytest.fixture
def number_of(api: httpx.Client) -> Any:
    """The number of a customer by the source's id."""

    def number(external_id: str) -> int:
        asked = {"source": "tests", "external_id": external_id}
        return int(api.get("/customers/lookup", params=asked).json()["number"])

    return number


def test_a_customer_is_written_to_and_the_fate_is_told(
    api: httpx.Client, number_of: Any, letterbox: Letterbox, hub: Hub
) -> None:
    path = f"/customers/{number_of('C-5')}/messages"
    answer = api.post(path, json=WORDS)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["Location"] == f"/api/v1/messages/{made['id']}"
    assert (made["status"], made["newsletter_id"], made["text"]) == ("sent", None, "We moved you.")
    assert letterbox.addresses == ["customer5@example.com"]
    assert "@" not in answer.text
    assert api.get(f"/messages/{made['id']}").json() == made
    kept = hub.single_messages.of_id(made["id"])
    at = datetime.now(UTC).replace(microsecond=0)
    told = [
        FateReport(kept.reference or "", Fate.OPENED, at + timedelta(seconds=5)),
        FateReport(kept.reference or "", Fate.DELIVERED, at),
    ]
    hub.fates.hear(kept.connection_id, told)
    events = api.get(f"/messages/{made['id']}/events").json()["items"]
    assert [one["fate"] for one in events][-2:] == ["delivered", "opened"]
    (listed,) = api.get(path).json()["items"]
    assert listed["status"] == "opened"
    assert api.get(f"/customers/{listed['customer_number']}").json()["newest_messages"] == [listed]


def test_the_same_key_is_the_same_message(api: httpx.Client, number_of: Any, letterbox: Letterbox) -> None:
    path, key = f"/customers/{number_of('C-7')}/messages", {"Idempotency-Key": "order 17"}
    first, second = (api.post(path, json=WORDS, headers=key) for _ in range(2))
    assert first.json() == second.json()
    assert letterbox.addresses == ["customer7@example.com"]
    other = api.post(path, json={**WORDS, "text": "Something else."}, headers=key)
    assert (other.status_code, "another message" in other.json()["detail"]) == (422, True)
    elsewhere = api.post(f"/customers/{number_of('C-5')}/messages", json=WORDS, headers=key)
    assert elsewhere.status_code == 422
    assert letterbox.addresses == ["customer7@example.com"]
    assert api.post(path, json=WORDS, headers={"Idempotency-Key": "x" * 201}).status_code == 422


def test_messages_come_in_pages_newest_first(api: httpx.Client, number_of: Any) -> None:
    path = f"/customers/{number_of('C-11')}/messages"
    made = [api.post(path, json=WORDS).json()["id"] for _ in range(3)]
    first = api.get(path, params={"limit": 2}).json()
    second = api.get(path, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [one["id"] for page in (first, second) for one in page["items"]] == sorted(made, reverse=True)
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("customer", "wrong", "status", "said"),
    [
        ("C-2", {"permission": "newsletter"}, 422, "has not agreed to 'newsletter' on email"),
        ("C-5", {"channel": "sms", "subject": ""}, 422, "has no address for sms"),
        ("C-8", {"channel": "sms", "subject": ""}, 422, "has no address for sms"),
        ("C-5", {"subject": ""}, 422, "an email needs a subject"),
        ("C-3", {"channel": "sms"}, 422, "has no subject"),
        ("C-5", {"text": " "}, 422, "there is nothing to send"),
        ("C-5", {"subject": "s" * 1_000_000}, 422, "body.subject"),
        ("C-5", {"channel": "viber", "subject": ""}, 422, "nothing is connected"),
        ("C-5", {"connection": "none"}, 404, "no connection 'none'"),
    ],
)
def test_what_can_not_be_written_is_refused(
    api: httpx.Client,
    number_of: Any,
    letterbox: Letterbox,
    customer: str,
    wrong: dict[str, Any],
    status: int,
    said: str,
) -> None:
    answer = api.post(f"/customers/{number_of(customer)}/messages", json={**WORDS, **wrong})
    assert (answer.status_code, said in answer.json()["detail"]) == (status, True), answer.text
    assert len(answer.text) < 2_000
    assert letterbox.mails == []


def test_what_is_unsaid_or_unknown_is_refused(api: httpx.Client) -> None:
    assert api.post("/customers/1/messages", json={"channel": "email", "text": "x"}).status_code == 422
    assert api.post("/customers/999999/messages", json=WORDS).status_code == 404
    assert api.get("/customers/999999/messages").status_code == 404
    assert api.get("/messages/999999").status_code == api.get("/messages/999999/events").status_code == 404


def test_a_mail_server_that_wants_a_login_is_told_with_the_message(
    api: httpx.Client, number_of: Any, letterbox: Letterbox
) -> None:
    letterbox.be(takes_senders=False)
    made = api.post(f"/customers/{number_of('C-13')}/messages", json=WORDS).json()
    assert (made["status"], bool(made["reason"])) == ("queued", True)


def test_rules_are_set_and_read(api: httpx.Client, hub: Hub, address: str) -> None:
    none = {
        "quiet_from": None, "quiet_until": None, "quiet_channels": ["sms", "messenger", "viber"],
        "most_messages": None, "most_days": 7,
    }  # fmt: skip
    assert api.get("/message-rules").json() == none
    asked = {
        "quiet_from": "21:00", "quiet_until": "08:30", "quiet_channels": ["email"], "most_messages": 2,
        "most_days": 3,
    }  # fmt: skip
    assert api.put("/message-rules", json=asked).json() == api.get("/message-rules").json() == asked
    for wrong in (
        {"quiet_from": "21:00"},
        {"quiet_from": "24:00", "quiet_until": "08:00"},
        {"quiet_from": "08:00", "quiet_until": "08:00"},
        {"most_messages": 0},
        {"most_days": 367},
        {"quiet_channels": ["fax"]},
    ):
        assert api.put("/message-rules", json=wrong).status_code == 422, wrong
    assert api.get("/message-rules").json() == asked
    assert api.put("/message-rules", json={}).json() == none
    headers = {"Authorization": f"Bearer {hub.tokens.create('reader', [Scope.MESSAGES_READ])}"}
    with httpx.Client(base_url=f"{address}/api/v1", headers=headers, trust_env=False) as reader:
        assert reader.get("/message-rules").status_code == 200
        assert reader.put("/message-rules", json={}).status_code == 403
        assert reader.post("/customers/1/messages", json=WORDS).status_code == 403


def test_many_who_ask_at_once_with_one_key_send_one_message(
    api: httpx.Client, number_of: Any, letterbox: Letterbox
) -> None:
    path, key = f"/customers/{number_of('C-15')}/messages", {"Idempotency-Key": "all at once"}
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: api.post(path, json=WORDS, headers=key), range(8)))
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert letterbox.addresses.count("customer15@example.com") == 1

"""Providers on loopback call a hub that really runs: signed calls count, forged ones change nothing."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from hub import Message
from hub.api.application import make_application
from hub.api.logs import HideSecrets
from hub.core.app import Hub
from hub.core.contracts.errors import IntegratorError, SettingsError, TryAgain
from hub.core.contracts.records import Batch, ConsentChannel, ConsentRecord, CustomerRecord, IdentityRecord
from hub.core.ingest.ingest import Ingest
from hub.core.store.tables import Consent, OutboxMessage, table_of
from hub.testing.platforms.messenger import MessengerServer
from hub.testing.platforms.messenger import events as page_events
from hub.testing.platforms.sms import (
    Call,
    GatewayApiServer,
    SevenServer,
    TwilioServer,
    VonageServer,
)
from hub.testing.platforms.viber import ViberServer
from hub.testing.platforms.viber import events as bot_events
from tests.api.conftest import make_theatre_hub, served

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN, SECRET, WORD, PAGE = (
    "inventedtoken0123456789",
    "inventedwebhooksecret",
    "invented-verify-word",
    "104857600000001",
)
PHONE, BOT_USER, PAGE_USER = "+4930123456", "01234567890A=", "24610213000000001"
PUBLIC = "https://hub.example.com/theatre/"
NOW = datetime.now(UTC).replace(microsecond=0)
BEFORE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub with every plugin; its customer 3 agreed to everything and has an account of each chat service."""
    made = make_theatre_hub(tmp_path_factory.mktemp("hub") / "home")
    records: list[Any] = [CustomerRecord(id="C-3", phone="030 123456")]
    for channel, value in ((ConsentChannel.VIBER, BOT_USER), (ConsentChannel.MESSENGER, PAGE_USER)):
        records.append(IdentityRecord(customer="C-3", channel=channel, value=value))
    list(Ingest(made.database, made.organisation, "tests", made.clock).store([Batch.of(*records)]))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def agree(hub: Hub) -> None:
    """Before every test customer 3 agrees to the newsletter everywhere."""
    with hub.database.writing() as connection:
        connection.execute(sa.delete(table_of(Consent)))
    channels = (ConsentChannel.SMS, ConsentChannel.VIBER, ConsentChannel.MESSENGER)
    records = [ConsentRecord(customer="C-3", permission="newsletter", channel=one, at=BEFORE) for one in channels]
    list(Ingest(hub.database, hub.organisation, "tests", hub.clock).store([Batch.of(*records)]))


@pytest.fixture(scope="module")
def address(hub: Hub) -> Iterator[str]:
    """Where the hub is served; its providers know it under this address, too."""
    with served(make_application(hub)) as found:
        yield found


def connect(hub: Hub, component: str, name: str, **values: Any) -> int:
    made = hub.connections.connect(component, name, values)
    assert made.id is not None
    return made.id


def sent(hub: Hub, connection: int, reference: str, channel: str) -> int:
    """A message to customer 3 that the provider calls so."""
    row = OutboxMessage(
        connection_id=connection, customer_number=number(hub), channel=channel, status="sent",
        reference=reference, created_at=NOW, sent_at=NOW,
    )  # fmt: skip
    with hub.database.session(write=True) as session:
        session.add(row)
    return row.id or 0


def number(hub: Hub) -> int:
    with hub.database.reading() as connection:
        found = connection.execute(sa.text("SELECT number FROM customers WHERE external_id = 'C-3'"))
        return int(found.scalar_one())


def status(hub: Hub, message: int) -> str:
    with hub.database.session() as session:
        return session.get_one(OutboxMessage, message).status


def agrees(hub: Hub, channel: ConsentChannel) -> bool:
    """Whether customer 3 agrees to the newsletter, by the newest entry of the log."""
    log = table_of(Consent)
    own = sa.select(log.c.given).where(log.c.customer_number == number(hub), log.c.channel == channel.value)
    with hub.database.reading() as connection:
        return bool(connection.execute(own.order_by(log.c.at.desc(), log.c.id.desc()).limit(1)).scalar_one())


def forged(call: Call) -> list[Call]:
    """The call with another body or a broken signature, whatever of both it has."""
    changed = replace(call, body=call.body.replace(b"STOP", b"stop"))
    broken = {name: value if name == "Content-Type" else value[:-2] for name, value in call.headers.items()}
    # One provider signs a copy of what it says, in a header, and nothing but that counts.
    whole = [changed] if "X-Gwapi-Signature" not in call.headers else []
    return [*whole, replace(call, headers=broken)] if len(call.headers) > 1 else whole


PROVIDERS: dict[str, Callable[[], Any]] = {
    "twilio": lambda: TwilioServer(ACCOUNT, TOKEN),
    "gatewayapi": lambda: GatewayApiServer(TOKEN, SECRET),
    "seven": lambda: SevenServer(TOKEN, SECRET),
    "vonage": lambda: VonageServer("key12345", TOKEN, SECRET),
}
CREDENTIALS: dict[str, dict[str, Any]] = {
    "twilio": {"account_sid": ACCOUNT, "auth_token": TOKEN},
    "gatewayapi": {"api_key": TOKEN, "webhook_secret": SECRET},
    "seven": {"api_key": TOKEN, "webhook_secret": SECRET},
    "vonage": {"api_key": "key12345", "api_secret": TOKEN, "webhook_secret": SECRET},
}
DELIVERED = {"twilio": "delivered", "gatewayapi": "DELIVERED", "seven": "DELIVERED", "vonage": "delivered"}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_text_messages(hub: Hub, address: str, provider: str) -> None:
    with PROVIDERS[provider]() as server:
        connection = connect(
            hub, "sms", provider, provider=provider, sender="Theatre", base_url=server.url, **CREDENTIALS[provider]
        )
        webhook = f"{address}/webhooks/{connection}"
        receipt = hub.channels.open(connection).send(Message(id="m", to=PHONE, text="Hello"))
        message = sent(hub, connection, receipt.reference, "sms")
        kept = server.phones.named(receipt.reference)
        assert kept is not None
        report = server.report(kept, DELIVERED[provider], url=webhook)
        assert 200 <= report.place() < 300
        assert status(hub, message) == "delivered"
        stop = server.answer(webhook, PHONE, "STOP")
        assert forged(stop)
        for call in forged(stop):
            assert call.place() == 403
        assert agrees(hub, ConsentChannel.SMS)
        assert 200 <= stop.place() < 300
        assert not agrees(hub, ConsentChannel.SMS)


def test_a_bot(hub: Hub, address: str) -> None:
    with ViberServer(TOKEN) as server:
        connection = connect(hub, "viber", "bot", auth_token=TOKEN, sender_name="Theatre", base_url=server.url)
        webhook = f"{address}/webhooks/{connection}"
        registered = httpx.post(
            f"{server.url}/set_webhook",
            json={"url": webhook},
            headers={"X-Viber-Auth-Token": TOKEN},
            trust_env=False,
        )
        assert registered.json()["status"] == 0, registered.json()
        assert server.bot.webhook == webhook
        assert bot_events.tell(webhook, bot_events.left(BOT_USER, NOW), "forged") == 403
        token = hub.conversations.token(1)
        assert server.tell(bot_events.begun("newcomer0000A=", NOW, token)) == 200
        assert hub_owner(hub, "newcomer0000A=") == 1
        assert agrees(hub, ConsentChannel.VIBER)
        assert server.tell(bot_events.left(BOT_USER, NOW)) == 200
        assert not agrees(hub, ConsentChannel.VIBER)


def test_a_page(hub: Hub, address: str) -> None:
    with MessengerServer(PAGE, TOKEN, SECRET, WORD) as server:
        connection = connect(
            hub, "messenger", "page", page_id=PAGE, access_token=TOKEN, app_secret=SECRET, verify_token=WORD,
            base_url=server.url,
        )  # fmt: skip
        webhook = f"{address}/webhooks/{connection}"
        assert not page_events.confirm(webhook, "another word")
        assert server.set_webhook(webhook)
        message = sent(hub, connection, "m_1", "messenger")
        assert (
            page_events.tell(webhook, PAGE, [page_events.delivered(PAGE, PAGE_USER, ["m_1"], NOW)], "forged")
            == 403
        )
        assert status(hub, message) == "sent"
        assert server.tell(page_events.delivered(PAGE, PAGE_USER, ["m_1"], NOW)) == 200
        assert status(hub, message) == "delivered"
        with hub.database.reading() as reading:
            assert hub.conversations.heard_at(reading, ConsentChannel.MESSENGER, [PAGE_USER]) == {}
        assert server.tell(page_events.written(PAGE, PAGE_USER, "Hello", NOW)) == 200
        with hub.database.reading() as reading:
            heard = hub.conversations.heard_at(reading, ConsentChannel.MESSENGER, [PAGE_USER])
        assert heard == {PAGE_USER: NOW}
        assert agrees(hub, ConsentChannel.MESSENGER)
        assert server.tell(page_events.written(PAGE, PAGE_USER, "Stop.", NOW)) == 200
        assert not agrees(hub, ConsentChannel.MESSENGER)


def hub_owner(hub: Hub, value: str) -> int:
    with hub.database.reading() as connection:
        found = connection.execute(
            sa.text("SELECT customer_number FROM identities WHERE value = :v"), {"v": value}
        )
        return int(found.scalar_one())


def test_a_signature_is_over_the_address_that_the_provider_called(
    hub: Hub, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TwilioServer(ACCOUNT, TOKEN) as server:
        connection = connect(
            hub, "sms", "behind", provider="twilio", sender="Theatre", base_url=server.url, **CREDENTIALS["twilio"]
        )
        stop = server.answer(f"{PUBLIC}webhooks/{connection}?place=a%2Fb&x", PHONE, "STOP")
        here = replace(stop, url=f"{address}/webhooks/{connection}?place=a%2Fb&x")
        assert here.place() == 403
        monkeypatch.setattr(hub.settings, "public_url", PUBLIC)
        assert here.place() == 200
        assert not agrees(hub, ConsentChannel.SMS)


@pytest.mark.parametrize("place", ["9999", "0", "x", "99999999999999999999999", "٣", "1/2", ""])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_where_nothing_is_connected_there_is_nothing(address: str, place: str, method: str) -> None:
    answer = httpx.request(method, f"{address}/webhooks/{place}", trust_env=False)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_data_source_has_no_webhook(hub: Hub, address: str) -> None:
    (hub.home / "guests.csv").write_text("id\ng1\n")
    source = connect(hub, "csv", "guests", path="guests.csv", kind="customers")
    assert httpx.post(f"{address}/webhooks/{source}", trust_env=False).status_code == 404


def test_a_body_that_is_too_large_is_refused(address: str) -> None:
    assert httpx.post(f"{address}/webhooks/1", content=b"x" * 2_000_000, trust_env=False).status_code == 413


@pytest.mark.parametrize(
    ("error", "after"),
    [(TryAgain("busy: secret", 7), "7"), (SettingsError("secret"), "5"), (IntegratorError("sms", "secret"), "5")],
)
def test_what_is_wrong_with_the_hub_is_not_told_but_logged(
    hub: Hub,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    after: str,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(hub.fates, "receive", fail)
    with caplog.at_level(logging.INFO):
        answer = httpx.post(f"{address}/webhooks/1", trust_env=False)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, after)
    assert "secret" not in answer.text
    assert isinstance(error, TryAgain) or "secret" in caplog.text


def test_the_servers_log_has_nothing_of_what_stands_behind_the_address() -> None:
    path = "/webhooks/3?token=inventedword&msisdn=4930123456"
    record = logging.LogRecord(
        "uvicorn.access",
        logging.INFO,
        "",
        0,
        '%s - "%s %s HTTP/%s" %d',
        ("127.0.0.1:1", "GET", path, "1.1", 200),
        None,
    )
    assert HideSecrets().filter(record)
    assert record.getMessage() == '127.0.0.1:1 - "GET /webhooks/3?*** HTTP/1.1" 200'

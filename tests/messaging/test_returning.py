"""The whole way of what comes back: from a newsletter over two real servers to whom the next one leaves out."""

import email
import email.policy
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub import Batch, ConsentRecord, CustomerRecord
from hub.core.app import Hub, open_hub
from hub.core.ingest.ingest import Ingest
from hub.core.messaging.newsletters.drafts import Draft
from hub.core.messaging.suppressions import suppression_digest
from hub.core.messaging.templates.contents import Wording
from hub.core.store.tables import Consent, table_of
from hub.testing.platforms.bounces import bounce, complaint
from hub.testing.platforms.mailbox import PASSWORD, USERNAME, Mailbox, mailbox
from tests.messaging.conftest import EMAIL, make_home_with_address
from tests.messaging.mail_server import MailServer, mail_server

READERS = ("ada", "bea", "cis", "dan")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as running:
        yield running


@pytest.fixture
def hub(tmp_path: Path, server: MailServer, box: Mailbox) -> Iterator[Hub]:
    """A hub with four readers, a mail server, and a mailbox for what comes back."""
    make_home_with_address(tmp_path / "home")
    opened = open_hub(tmp_path / "home")
    people = [CustomerRecord(id=name, email=f"{name}@example.org") for name in READERS]
    consents = [ConsentRecord(customer=name, permission="newsletter") for name in READERS]
    list(Ingest(opened.database, opened.organisation, "test").store([Batch.of(*people, *consents)]))
    opened.connections.connect("email", "mail", settings(server, box))
    opened.templates.set_wording(opened.templates.create("News"), Wording(EMAIL, "", "News", "Hello", ""))
    yield opened
    opened.close()


def settings(server: MailServer, box: Mailbox) -> dict[str, object]:
    """What a connection to both servers needs."""
    return {
        **server.settings(), "return_path": "bounces@example.com", "mailbox_host": "127.0.0.1",
        "mailbox_port": box.port, "mailbox_security": "none", "mailbox_username": USERNAME,
        "mailbox_password": PASSWORD,
    }  # fmt: skip


def send(hub: Hub, name: str) -> dict[str, str]:
    """Send a newsletter; return its statuses by customer."""
    hub.newsletters.schedule(hub.newsletters.create(Draft(name, "News")))
    hub.newsletters.run(hub.newsletters.named(name))
    return statuses(hub, name)


def statuses(hub: Hub, name: str) -> dict[str, str]:
    messages = hub.newsletters.messages(hub.newsletters.named(name))
    return {hub.profiles.of_number(one.customer_number).customer.external_id: one.status for one in messages}


def reasons(hub: Hub, name: str) -> dict[str, str]:
    messages = hub.newsletters.messages(hub.newsletters.named(name))
    return {hub.profiles.of_number(one.customer_number).customer.external_id: one.reason for one in messages}


def test_what_comes_back_by_mail_keeps_the_next_newsletter_away(
    hub: Hub, server: MailServer, box: Mailbox
) -> None:
    assert send(hub, "May") == dict.fromkeys(READERS, "sent")
    sent = {}
    for content in server.contents:
        mail = email.message_from_bytes(content, policy=email.policy.default)
        sent[str(mail["To"]).partition("@")[0]] = content
    box.put(bounce(sent["ada"], "ada@example.org", whole=True))
    box.put(complaint(sent["bea"]))
    box.put(bounce(sent["cis"], "cis@example.org", "5.2.2"))
    box.put(b"From: dan@example.org\nSubject: A question\n\nWhen does Hamlet begin?\n")
    assert hub.fates.poll() == 3
    assert statuses(hub, "May") == {"ada": "bounced", "bea": "complained", "cis": "failed", "dan": "sent"}
    assert reasons(hub, "May") == {
        "ada": "there is no such mailbox (5.1.1)", "bea": "", "cis": "the mailbox is full (5.2.2)", "dan": "",
    }  # fmt: skip
    assert [mail.is_seen for mail in box.kept()] == [True, True, True, False]
    assert hub.fates.poll() == 0, "each is told once"

    assert suppressed(hub) == {"ada", "bea"}
    assert withdrawn(hub) == {"bea"}, "whoever has no mailbox any more took nothing back"
    assert send(hub, "June") == {"cis": "sent", "dan": "sent"}
    assert server.taken["ada@example.org"] == server.taken["bea@example.org"] == 1


def withdrawn(hub: Hub) -> set[str]:
    """Who took consent back, by the log."""
    log = table_of(Consent)
    with hub.database.reading() as connection:
        numbers = (
            connection.execute(sa.select(log.c.customer_number).where(log.c.given.is_(False))).scalars().all()
        )
    return {hub.profiles.of_number(number).customer.external_id for number in numbers}


def suppressed(hub: Hub) -> set[str]:
    """To whose address nothing more is sent."""
    digests = {suppression_digest(EMAIL, f"{name}@example.org"): name for name in READERS}
    with hub.database.reading() as connection:
        return {digests[held] for held in hub.suppressions.held(connection, EMAIL, list(digests))}


def test_a_mailbox_out_of_reach_holds_up_nothing(
    hub: Hub, server: MailServer, box: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    with mailbox() as gone:
        hub.connections.connect("email", "other", settings(server, gone))
    send(hub, "May")
    box.put(complaint(server.contents[0]))
    assert hub.fates.poll() == 1
    assert f"127.0.0.1:{gone.port} can't be reached" in caplog.text

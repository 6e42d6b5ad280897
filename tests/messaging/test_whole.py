"""The whole way of a newsletter: over a real mail server to real links that lead back to a real hub."""

import email
import email.policy
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from hub import Batch, ConsentRecord, CustomerRecord
from hub.core.access.signatures import Purpose
from hub.core.app import Hub, open_hub
from hub.core.ingest.ingest import Ingest
from hub.core.messaging.newsletters.drafts import Draft
from hub.core.messaging.templates.contents import Wording
from hub.serving import make_server
from tests.messaging.conftest import EMAIL, make_home_with_address
from tests.messaging.mail_server import MailServer, mail_server

READERS = 30
MJML = """<mjml><mj-body><mj-section><mj-column>
<mj-text>Hello {{ customer.first_name | otherwise("friend") }}, <a href="https://tickets.example.com/hamlet">see</a>
<a href="{{ unsubscribe_url }}">no more</a></mj-text></mj-column></mj-section></mj-body></mjml>"""
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"}


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server(seconds=0.03) as running:
        yield running


@pytest.fixture
def hub(tmp_path: Path, server: MailServer) -> Iterator[Hub]:
    """A hub with readers, a mail server and a newsletter that is to go out, one email at a time."""
    make_home_with_address(tmp_path / "home")
    opened = open_hub(tmp_path / "home")
    people = [CustomerRecord(id=str(n), email=f"reader{n}@example.org") for n in range(READERS)]
    consents = [ConsentRecord(customer=str(n), permission="newsletter") for n in range(READERS)]
    list(Ingest(opened.database, opened.organisation, "test").store([Batch.of(*people, *consents)]))
    opened.connections.connect("email", "mail", {**server.settings(), "connections": 1})
    opened.templates.set_wording(opened.templates.create("News"), Wording(EMAIL, "", "News", "", MJML))
    opened.newsletters.schedule(opened.newsletters.create(Draft("News", "News")))
    yield opened
    opened.close()


@pytest.fixture
def web(hub: Hub) -> Iterator[httpx.Client]:
    """The hub as customers reach it; its address in messages is another one."""
    running = uvicorn.Server(uvicorn.Config(make_server(hub), lifespan="on", ws="none", log_level="critical"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
        thread.start()
        while not running.started and thread.is_alive():
            time.sleep(0.01)
        with httpx.Client(
            base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", headers=BROWSER, timeout=30
        ) as client:
            yield client
        running.should_exit = True
        thread.join()


def path(url: str) -> str:
    """Where an address of the hub leads, without its host."""
    assert url.startswith("https://hub.example.com/")
    return url.removeprefix("https://hub.example.com")


def test_one_click_takes_effect_in_the_middle_of_a_send(hub: Hub, server: MailServer, web: httpx.Client) -> None:
    newsletter = hub.newsletters.named("News")
    sending = threading.Thread(target=hub.newsletters.run, args=(newsletter,))
    sending.start()
    while not server.contents:
        time.sleep(0.005)
    last = hub.newsletters.messages(newsletter)[-1]
    token = hub.signatures.sign(Purpose.UNSUBSCRIBE, last.id or 0)
    assert web.get(f"/u/{token}").status_code == 200, "a look at the page changes nothing"
    answer = web.post(f"/u/{token}", content="List-Unsubscribe=One-Click", headers={
        "Content-Type": "application/x-www-form-urlencoded"
    })  # fmt: skip
    assert answer.status_code == 200
    assert not answer.cookies
    assert len(server.contents) < READERS, "the newsletter is still going out"
    sending.join()
    assert hub.newsletters.named("News").status == "sent"
    assert len(server.contents) == READERS - 1
    message = hub.single_messages.of_id(last.id or 0)
    assert (message.status, "withdrawn" in message.reason) == ("withheld", True)


def test_headers_links_and_opens_lead_back_to_the_message(hub: Hub, server: MailServer, web: httpx.Client) -> None:
    newsletter = hub.newsletters.run(hub.newsletters.named("News"))
    mail = email.message_from_bytes(server.contents[0], policy=email.policy.default)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    unsubscribe = str(mail["List-Unsubscribe"]).strip("<>")
    html_part, text_part = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html_part is not None
    assert text_part is not None
    html, text = html_part.get_content(), text_part.get_content()
    assert unsubscribe in html, "the link in the words is the one in the header, and is not tracked"
    (click,) = set(re.findall(r"https://hub\.example\.com/l/[^\s\")]+", text))
    (picture,) = re.findall(r"https://hub\.example\.com/o/[^\s\"]+", html)
    time.sleep(2.1)  # whoever is quicker than that is no person
    assert web.get(path(picture)).headers["content-type"] == "image/gif"
    followed = web.get(path(click))
    assert (followed.status_code, followed.headers["location"]) == (302, "https://tickets.example.com/hamlet")
    hub.following.flush()
    first = hub.newsletters.messages(newsletter)[0]
    assert first.status == "clicked"
    assert {event.fate for event in hub.fates.events_of(first.id or 0)} >= {"opened", "clicked"}
    assert hub.newsletters.states([newsletter])[0].counts == {"sent": READERS - 1, "clicked": 1}

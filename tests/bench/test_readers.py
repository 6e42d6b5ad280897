"""What the benchmarks of messages send is what they say: a whole newsletter to everyone who agreed."""

from email import message_from_bytes
from email.policy import default

import pytest

from bench.comparisons import messages_email
from bench.mail_sink import Mail
from bench.world import World

MESSAGES = 12


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> list[Mail]:
    world = World(customers=0, orders=0, members=0, messages=MESSAGES, folder=tmp_path_factory.mktemp("bench"))
    return list(messages_email.recorded(world))


def test_everyone_gets_one(mails: list[Mail]) -> None:
    assert sorted(mail.recipient for mail in mails) == sorted(f"person{n}@example.com" for n in range(MESSAGES))


def test_it_is_a_whole_newsletter(mails: list[Mail]) -> None:
    """With data, links that tell who followed them, both parts, and the headers of one-click unsubscribing."""
    for mail in mails:
        message = message_from_bytes(mail.content, policy=default)
        assert message["List-Unsubscribe"].startswith("<https://hub.example.com/")
        assert message["Subject"].endswith(", the programme for November")
        html, text = (message.get_body((kind,)) for kind in ("html", "plain"))
        assert html is not None
        assert text is not None
        assert html.get_content().count("Tickets for Evening") == 5
        assert "theatre.example.com" not in html.get_content(), "a link that is not tracked"
        assert "Hello" in text.get_content()


def test_those_who_bought_read_about_it(mails: list[Mail]) -> None:
    told = [message_from_bytes(mail.content, policy=default).get_body(("plain",)) for mail in mails]
    texts = [part.get_content() for part in told if part is not None]
    assert sum("How was Evening" in text for text in texts) == MESSAGES - len(range(0, MESSAGES, 5))

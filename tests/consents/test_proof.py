"""The proof of a customer's consents tells all of it, in three languages, and runs nothing."""

import re
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from hub.core.consents.languages import Language
from hub.core.consents.proof_words import proof_words
from hub.core.contracts.errors import NotFound
from hub.core.contracts.records import Batch, ConsentChannel, ConsentRecord, IdentityRecord
from hub.core.ingest.ingest import Ingest
from tests.consents.shop import EMAIL, NOON, SMS, Shop

EVIL = '<script>alert("1")</script>{{ 7 * 7 }}'


@pytest.fixture
def busy(shop: Shop) -> Shop:
    """A shop with a customer who gave, confirmed and withdrew."""
    shop.connect()
    shop.texts.publish("newsletter", f"May we write?\n{EVIL}", [EMAIL, SMS])
    shop.capture({EMAIL: True}, first_name=EVIL, last_name="Albers")
    shop.texts.publish("newsletter", "Second words", double_opt_in=True)
    shop.now += timedelta(days=1)
    shop.capture({SMS: True}, version=2)
    shop.confirming.send_due()
    shop.now += timedelta(hours=1)
    shop.consents.confirm(shop.tokens()[0])
    shop.consents.withdraw(1, channels=[EMAIL])
    imported = [
        ConsentRecord(
            customer="C-1", permission="post", at=datetime.fromisoformat("2020-07-01T00:00:00Z"), place=EVIL
        ),
        IdentityRecord(customer="C-1", channel=list(ConsentChannel)[-1], value="4711"),
    ]
    list(Ingest(shop.database, shop.organisation, "shop", shop.clock).store([Batch.of(*imported)]))
    return shop


def test_it_has_every_entry_with_the_words_and_how_things_stand(busy: Shop) -> None:
    proof = busy.proof.of(1)
    assert (proof.organisation, proof.name, proof.source, proof.external_id) == (
        "Theater am Ufer", f"{EVIL} Albers", "shop", "C-1",
    )  # fmt: skip
    assert [address.value for address in proof.addresses] == ["c-1@example.com", "+4930123456", "4711"]
    told = [(one.permission, one.channel, one.given, one.version, one.place) for one in proof.entries]
    assert told == [
        ("post", "email", True, None, EVIL),
        ("newsletter", "email", True, 1, "registration"),
        ("newsletter", "sms", True, 2, "registration"),
        ("newsletter", "email", False, None, "profile"),
    ]
    assert [(one.permission, one.channel, one.given) for one in proof.standing] == [
        ("newsletter", "email", False),
        ("newsletter", "sms", True),
        ("post", "email", True),
    ]
    (request,) = proof.requests
    day, hour = NOON + timedelta(days=1), timedelta(hours=1)
    assert (request.asked_at, request.sent_at, request.confirmed_at) == (day, day, day + hour)
    assert [(text.version, text.text) for text in proof.texts] == [
        (1, f"May we write?\n{EVIL}"),
        (2, "Second words"),
    ]
    assert proof.as_data()["entries"][0]["at"] == proof.entries[0].at
    assert "Albers" not in repr(proof)


class _Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    ("language", "title", "withdrawn"),
    [
        (Language.ENGLISH, "Proof of consent: Theater am Ufer", "withdrawn"),
        (Language.GERMAN, "Nachweis der Einwilligung: Theater am Ufer", "widerrufen"),
        (Language.DANISH, "Dokumentation for samtykke: Theater am Ufer", "trukket tilbage"),
    ],
)
def test_the_page_tells_it_all_and_runs_nothing(
    busy: Shop, language: Language, title: str, withdrawn: str
) -> None:
    html = busy.proof.of(1).as_html(language)
    page = _Page(html)
    assert f'<html lang="{language}">' in html
    assert "script" not in page.tags
    assert not any(name in ("src", "href") or name.startswith("on") for name, _ in page.attributes)
    assert "http" not in re.sub("http-equiv", "", html)
    for said in (
        title, withdrawn, f"{EVIL} Albers", f"May we write?\n{EVIL}", "Second words", "c-1@example.com", "4711",
        "2026-03-01 13:00:00 CET (UTC+01:00)", "2020-07-01 02:00:00 CEST (UTC+02:00)",
    ):  # fmt: skip
        assert said in page.text, said


def test_who_never_agreed_to_anything_has_a_proof_of_that(shop: Shop) -> None:
    shop.texts.publish("newsletter", "Words")
    shop.capture({EMAIL: False}, email=None, phone=None)
    assert _Page(shop.proof.of(1).as_html()).text.count("There is nothing.") == 3
    with pytest.raises(NotFound):
        shop.proof.of(2)


def test_no_language_lacks_a_word() -> None:
    told: list[Any] = [proof_words(language) for language in Language]
    for name in told[0].__dataclass_fields__:
        assert all(getattr(one, name) for one in told), name
    assert len({one.title for one in told}) == len(told)
    assert len({frozenset(one.places) for one in told}) == 1

"""The pages in a real browser: without script, by key, at any width, in three languages, for everybody."""

import itertools
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from string import Formatter

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect

from hub.core.access.signatures import Purpose
from hub.core.app import Hub
from hub.core.consents.languages import Language
from hub.core.store.standing import consenting
from hub.core.store.tables import ConsentRequest, ConsentText
from hub.web.languages import language_of_page
from hub.web.words import WORDS, Words
from tests.messaging.links.post import NOON, Post

COUNT = itertools.count(30)
WIDE, NARROW = ViewportSize(width=1280, height=800), ViewportSize(width=320, height=640)

Leave = tuple[str, Callable[[], dict[str, bool]]]


@pytest.fixture
def leave(address: str, post: Post) -> Leave:
    """Where somebody else each time unsubscribes from email, and on which channels they agree to newsletters."""
    number = next(COUNT)
    token = post.signatures.sign(Purpose.UNSUBSCRIBE, post.message(post.newsletter(f"Page {number}"), number))

    def stands() -> dict[str, bool]:
        with post.database.reading() as connection:
            return {
                channel: bool(consenting(connection, [number], "newsletter", channel))
                for channel in ("email", "sms")
            }

    return f"{address}/u/{token}", stands


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, viewport=NARROW, locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.fixture
def confirm(address: str, hub: Hub, post: Post) -> str:
    """Where somebody confirms what they agreed to."""
    number = next(COUNT)
    with hub.database.session(write=True) as session:
        words = ConsentText(
            organisation_id=hub.organisation.id or 0, permission="programme", version=number, channels="email",
            text="Yes, send me the programme by email.\nI can end that at any time. <b>&", double_opt_in=True,
            created_at=NOON,
        )  # fmt: skip
        session.add(words)
        session.flush()
        request = ConsentRequest(
            customer_number=number, permission="programme", channel="email", place="registration",
            consent_text_id=words.id or 0, asked_at=hub.clock(), expires_at=hub.clock() + timedelta(days=1),
        )  # fmt: skip
        session.add(request)
        session.flush()
        return f"{address}/confirm/{post.signatures.sign(Purpose.CONFIRM, request.id or 0)}"


def test_leaving_everything_and_coming_back(page: Page, leave: Leave) -> None:
    url, stands = leave
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Stop these messages?")
    assert page.locator("dd").all_inner_texts() == ["Theater am Ufer", "newsletter", "email"]
    assert stands() == {"email": True, "sms": True}
    page.get_by_role("button", name="Stop these messages").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are unsubscribed")
    assert stands() == {"email": False, "sms": True}
    page.get_by_role("button", name="Stop everything").click()
    assert stands() == {"email": False, "sms": False}
    expect(page.get_by_role("button", name="Stop everything")).to_have_count(0)
    page.get_by_role("button", name="Keep sending me these messages").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are subscribed again")
    assert stands() == {"email": True, "sms": False}
    assert page.url == url
    page.goto(url)
    page.get_by_role("button", name="Stop these messages").click()
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_have_text("You get none of these messages")


def test_all_of_it_by_key(page: Page, leave: Leave) -> None:
    url, stands = leave
    page.goto(url)
    page.keyboard.press("Tab")
    focused = page.locator("button:focus")
    expect(focused).to_have_text("Stop these messages")
    page.keyboard.press("Tab")
    expect(focused).to_have_text("Stop everything")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are unsubscribed")
    assert stands() == {"email": False, "sms": True}


def test_confirming(page: Page, confirm: str) -> None:
    page.goto(confirm)
    expect(page.locator("blockquote")).to_contain_text("at any time. <b>&")
    expect(page.get_by_text("Theater am Ufer was asked to write to you by email.")).to_be_visible()
    twice = page.context.new_page()
    twice.goto(confirm)
    for each in (page, twice):
        each.get_by_role("button", name="Yes, I agree").click()
        expect(each.get_by_role("heading", level=1)).to_have_text("Thank you")
    page.goto(confirm)
    expect(page.get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW], ids=["wide", "narrow"])
def test_everybody_can_use_every_page(
    browser: Browser, leave: Leave, confirm: str, address: str, scheme: str, width: ViewportSize
) -> None:
    context = browser.new_context(color_scheme=scheme, viewport=width, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text))

    def look(heading: str) -> None:
        assert page.locator("h1").inner_text() == heading
        found = Axe().run(page, options={"resultTypes": ["violations"]})
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it is wider than the window"
        assert page.evaluate("getComputedStyle(document.querySelector('main')).borderTopStyle") == "solid"

    page.goto(leave[0])
    look("Stop these messages?")
    page.get_by_role("button", name="Stop these messages").click()
    look("You are unsubscribed")
    page.get_by_role("button", name="Keep sending").click()
    look("You are subscribed again")
    page.goto(confirm)
    look("Please confirm")
    page.get_by_role("button").click()
    look("Thank you")
    assert refused == []
    page.goto(f"{address}/u/nobody")
    look("This address is not valid")
    context.close()


def test_nothing_comes_from_elsewhere_and_no_script_runs(browser: Browser, leave: Leave, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(leave[0])
    assert len(asked) >= 2
    assert all(url.startswith(address) for url in asked)
    assert "<script" not in page.content()
    assert context.cookies() == []
    context.close()


@pytest.mark.parametrize(
    ("customers", "wished", "country", "spoken"),
    [
        ("da", "de", "DE", "da"),
        ("de-AT", "", "GB", "de"),
        ("fr", "de", "DE", "en"),
        (None, "fr, da;q=0.3, de;q=0.7", "GB", "de"),
        (None, "de;q=0, da;q=0.1", "GB", "da"),
        (None, "de;q=x, ;;,=", "DK", "da"),
        (None, "", "AT", "de"),
        (None, "fr", "FR", "en"),
    ],
)
def test_pages_speak_the_readers_language(customers: str | None, wished: str, country: str, spoken: str) -> None:
    assert language_of_page(customers, wished, country) == spoken


@pytest.mark.parametrize("language", Language)
def test_every_language_says_the_same(language: Language) -> None:
    words, english = WORDS[language], WORDS[Language.ENGLISH]
    for name in Words.__dataclass_fields__:
        said, meant = (getattr(each, name) for each in (words, english))
        assert said.strip() == said != ""
        places = [{field for _, field, _, _ in Formatter().parse(each)} - {None} for each in (said, meant)]
        assert places[0] == places[1], name
        assert not re.search(r"\s{2}", said)

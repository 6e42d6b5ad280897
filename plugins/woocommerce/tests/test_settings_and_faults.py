"""Settings are checked where they enter, every fault says who must act, and no key shows anywhere."""

import base64
import logging
import traceback
from pathlib import Path

import pytest
from hub_woocommerce import WooCommerce, WooCommerceSettings, hub_data_sources
from pydantic import ValidationError

from hub import HubError, NotAuthorised, SettingsError, TryAgain
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.messages import Reply
from hub.testing.platforms.woocommerce import Shop, WooCommerceServer

from .conftest import KEY, SECRET, MakeSource


def error(status: int, code: str = "some_code") -> Fault:
    return Fault(Reply.of({"code": code, "message": "Sorry.", "data": {"status": status}}, status))


FAULTS = {
    "401": (error(401), NotAuthorised),
    "403": (error(403, "woocommerce_rest_cannot_view"), NotAuthorised),
    "403 page": (Fault.html(403), TryAgain),
    "404 without WooCommerce": (error(404, "rest_no_route"), SettingsError),
    "404 page": (Fault.html(404, "Not found"), SettingsError),
    "400 of an old WooCommerce": (error(400, "rest_invalid_param"), SettingsError),
    "429": (Fault.bodyless(429), TryAgain),
    "500 of a broken plugin": (Fault.html(500, "There has been a critical error on this website."), TryAgain),
    "503 for maintenance": (Fault.html(503, "Briefly unavailable for scheduled maintenance."), TryAgain),
    "200 page": (Fault.html(200, "Fatal error"), TryAgain),
    "200 with an object": (Fault(Reply.of({})), TryAgain),
    "200 with a warning in front": (Fault(Reply(200, b"<br /><b>Warning</b>: in plugin.php[]")), TryAgain),
    "redirect": (Fault.bodyless(301, headers={"Location": "https://www.shop.example/?token=x"}), SettingsError),
    "reset before": (Fault(reset="before"), TryAgain),
    "reset after": (Fault(reset="after"), TryAgain),
    "truncated": (Fault(truncate=True), TryAgain),
    "too slow": (Fault(delay=30), TryAgain),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults(shop: Shop, server: WooCommerceServer, make_source: MakeSource, fault: str) -> None:
    shop.order(1, 1)
    source = make_source(timeout=0.3)
    spoiled, kind = FAULTS[fault]
    server.faults.add(spoiled)
    with pytest.raises(kind):
        source.check()
    server.faults.add(spoiled, on="orders")
    with pytest.raises(kind):
        list(source.read(None))
    assert list(source.read(None))


def test_a_redirect_names_where_to_and_no_more(server: WooCommerceServer, source: WooCommerce) -> None:
    server.faults.add(FAULTS["redirect"][0])
    with pytest.raises(SettingsError, match=r"to https://www\.shop\.example\. Enter") as caught:
        source.check()
    assert "token" not in str(caught.value)


def test_how_long_to_wait_is_passed_on(server: WooCommerceServer, source: WooCommerce) -> None:
    server.faults.add(Fault.bodyless(429, headers={"Retry-After": "17"}))
    with pytest.raises(TryAgain) as caught:
        source.check()
    assert caught.value.after == 17


def test_a_mark_of_byte_order_does_no_harm(shop: Shop, server: WooCommerceServer, source: WooCommerce) -> None:
    server.faults.add(Fault(Reply(200, "\ufeff[]".encode())))
    source.check()


@pytest.mark.parametrize("wrong", [{"consumer_key": "ck_other"}, {"consumer_secret": "cs_other"}])
def test_wrong_keys_are_refused(make_source: MakeSource, wrong: dict[str, str]) -> None:
    with pytest.raises(NotAuthorised, match="is invalid"):
        make_source(**wrong).check()


@pytest.mark.parametrize("ending", ["", "/", "/wp-json/wc/v3", "/wp-json/wc/v3/"])
def test_the_address_may_be_that_of_the_interface(
    server: WooCommerceServer, make_source: MakeSource, ending: str
) -> None:
    make_source(url=server.url + ending).check()


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://shop.example"},
        {"url": "https://user:word@shop.example"},
        {"url": "https://shop.example?x=1"},
        {"url": "shop.example"},
        {"consumer_key": 17},
        {"statuses": {"packed": "somehow"}},
        {"permission": ""},
        {"batch_rows": 0},
        {"timeout": 0},
        {"unknown": SECRET},
    ],
)
def test_wrong_settings_are_refused_without_showing_any(wrong: dict[str, object]) -> None:
    right: dict[str, object] = {"url": "https://shop.example", "consumer_key": KEY, "consumer_secret": SECRET}
    WooCommerceSettings.model_validate(right)
    with pytest.raises(ValidationError) as caught:
        WooCommerceSettings.model_validate(right | wrong)
    for word in (KEY, SECRET, "user:word"):
        assert word not in str(caught.value)


def test_no_key_shows_anywhere(
    shop: Shop, server: WooCommerceServer, make_source: MakeSource, caplog: pytest.LogCaptureFixture
) -> None:
    basic = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
    shop.order(1, 1)
    source = make_source(timeout=0.3)
    shown = [repr(source), repr(source.settings), repr(vars(source))]
    echo = {"code": f"key {KEY}", "message": f"the key {KEY} with {SECRET} ({basic}) is wrong"}
    faults = [Fault(Reply.of(echo, status)) for status in (200, 400, 401, 403, 404, 500)]
    with caplog.at_level(logging.DEBUG):
        for fault in [*faults, Fault(reset="before"), Fault(truncate=True), Fault.html(502)]:
            server.faults.add(fault, on="orders")
            with pytest.raises(HubError) as caught:
                list(source.read(None))
            shown.append(every_word(caught.value))
        shown += [repr(batch) for batch in source.read(None)]
    shown += [caplog.text, repr(server.requests)]
    for text in shown:
        for word in (KEY, SECRET, basic):
            assert word not in text


def every_word(error: BaseException) -> str:
    """The error with all that hangs on it, local variables included, but those of this file."""
    text = ""
    seen: BaseException | None = error
    while seen is not None:
        capture = traceback.TracebackException.from_exception(seen, capture_locals=True)
        text += f"{seen!r} {seen.args} {vars(seen)}"
        text += "".join(line for line in capture.format() if "test_settings_and_faults.py" not in line)
        seen = seen.__context__
    return text


def test_the_plugin_brings_its_source_and_can_be_installed_alone() -> None:
    assert list(hub_data_sources()) == [WooCommerce]
    text = (Path(__file__).parent.parent / "pyproject.toml").read_text()
    assert '[project.entry-points.hub]\nwoocommerce = "hub_woocommerce"' in text

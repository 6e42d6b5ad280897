"""Which store it is; every fault in the class of error that says who must act; the key nowhere to be seen."""

import base64
import logging

import pytest
from hub_mailchimp import MailchimpShop, MailchimpShopSettings, hub_data_sources
from pydantic import ValidationError

from hub import HubError, SettingsError
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.mailchimp import MailchimpServer
from hub.testing.platforms.messages import PROBLEM, Reply

from .conftest import KEY, MakeShop
from .shop import Shop
from .test_faults import ATTEMPTS, FAULTS
from .test_settings_and_secrets import every_word


def test_the_plugin_brings_its_source() -> None:
    assert list(hub_data_sources()) == [MailchimpShop]


def test_the_only_store_need_not_be_named(shop: Shop, make_shop: MakeShop) -> None:
    make_shop(store_id="").check()


def test_of_several_stores_one_must_be_named(shop: Shop, server: MailchimpServer, make_shop: MakeShop) -> None:
    server.ecommerce.add_store("second", "Second shop")
    with pytest.raises(SettingsError, match=r"playhouse-shop \(Shop at the Playhouse\), second \(Second shop\)"):
        make_shop(store_id="").check()
    make_shop(store_id="second").check()


def test_an_unknown_store_or_none_at_all_is_a_wrong_setting(
    shop: Shop, server: MailchimpServer, make_shop: MakeShop
) -> None:
    with pytest.raises(SettingsError, match="no e-commerce store with the ID elsewhere"):
        make_shop(store_id="elsewhere").check()
    server.ecommerce.stores.clear()
    with pytest.raises(SettingsError, match="connect a shop"):
        make_shop(store_id="").check()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("place", ["stores/[^/]+$", "customers"])
def test_faults(shop: Shop, server: MailchimpServer, make_shop: MakeShop, fault: str, place: str) -> None:
    shop.customer("ada")
    source = make_shop(timeout=0.3)
    spoiled, error = FAULTS[fault]
    server.faults.add(spoiled, on=place, times=ATTEMPTS.get(fault, 1))
    with pytest.raises(error):
        list(source.read(None))
    assert list(source.read(None))


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "http://mail.example/3.0"},
        {"store_id": "../lists"},
        {"batch_rows": 0},
        {"timeout": 0},
        {"key": KEY},
    ],
)
def test_wrong_settings_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        MailchimpShopSettings.model_validate({"api_key": KEY} | wrong)
    assert KEY not in str(caught.value)


def test_the_key_shows_nowhere(
    shop: Shop, server: MailchimpServer, make_shop: MakeShop, caplog: pytest.LogCaptureFixture
) -> None:
    basic = base64.b64encode(f"hub:{KEY}".encode()).decode()
    shop.customer("ada")
    source = make_shop(timeout=0.3)
    shown = [repr(source), repr(source.settings), repr(vars(source))]
    echo = {"title": f"key {KEY}", "detail": f"the key {KEY} ({basic}) is wrong"}
    with caplog.at_level(logging.DEBUG):
        faults = [Fault(Reply.of(echo, status, PROBLEM)) for status in (400, 401, 403, 404, 500)]
        for fault in [*faults, Fault(reset="before"), Fault(truncate=True), Fault.html(502)]:
            server.faults.add(fault, on="customers")
            with pytest.raises(HubError) as caught:
                list(source.read(None))
            assert caught.value.__traceback__ is not None
            # Without this test's own frame, whose variables name the key.
            shown.append(every_word(caught.value.with_traceback(caught.value.__traceback__.tb_next)))
        shown += [repr(batch) for batch in source.read(None)]
    shown += [caplog.text, repr(server.requests)]
    for text in shown:
        assert basic not in text
        assert KEY not in text

"""The state of the token, the ad account and the audience is told in plain words."""

import logging

import pytest
from hub_facebook import FacebookSink

from hub import NotAuthorised, SettingsError, TryAgain, UserError
from hub.testing.platforms.facebook import FacebookServer

from .conftest import NOW, MakeSink, people


def test_an_audience_left_empty_by_a_crash_is_taken_up_and_a_filled_one_is_not(
    sink: FacebookSink, server: FacebookServer
) -> None:
    first = sink.ensure_audience("Opera", None)
    assert sink.ensure_audience("Opera", None) == first
    sink.add(first, people(1))
    second = sink.ensure_audience("Opera", None)
    assert second != first
    assert server.people(second) == []


def test_somebody_elses_audience_of_that_name_is_left_alone(sink: FacebookSink, server: FacebookServer) -> None:
    foreign = server.account.make("Opera", "Made by hand", "USER_PROVIDED_ONLY")
    assert sink.ensure_audience("Opera", None) != foreign.id


def test_audiences_are_looked_for_on_all_pages(sink: FacebookSink, server: FacebookServer) -> None:
    first = sink.ensure_audience("Opera", None)
    for number in range(201):
        server.account.make(f"Other {number}", "", "USER_PROVIDED_ONLY")
    assert sink.ensure_audience("Opera", None) == first


def test_the_source_of_the_data_is_stated(make_sink: MakeSink, server: FacebookServer) -> None:
    sink = make_sink(customer_file_source="PARTNER_PROVIDED_ONLY")
    audience = server.account.audiences[sink.ensure_audience("Opera", None)]
    assert audience.source == "PARTNER_PROVIDED_ONLY"


def test_a_flagged_audience(sink: FacebookSink, server: FacebookServer, audience: str) -> None:
    server.account.audiences[audience].status = 471
    for call in (lambda: sink.ensure_audience("Opera", audience), lambda: sink.add(audience, people(1))):
        with pytest.raises(UserError, match="Appeal in Ads Manager"):
            call()


def test_an_audience_under_replacement(sink: FacebookSink, server: FacebookServer, audience: str) -> None:
    server.account.audiences[audience].status = 414
    with pytest.raises(TryAgain, match="still replacing"):
        sink.ensure_audience("Opera", audience)


def test_an_unusual_state_is_logged(
    sink: FacebookSink, server: FacebookServer, audience: str, caplog: pytest.LogCaptureFixture
) -> None:
    sink.ensure_audience("Opera", audience)
    assert caplog.text == ""
    server.account.audiences[audience].status = 421
    sink.ensure_audience("Opera", audience)
    assert "Expiring Audience" in caplog.text


@pytest.mark.parametrize(("days", "is_told"), [(0, False), (3, True), (30, False)])
def test_a_token_that_expires_soon(
    sink: FacebookSink, server: FacebookServer, caplog: pytest.LogCaptureFixture, days: int, is_told: bool
) -> None:
    server.account.token.expires_at = int(NOW.timestamp()) + days * 86_400 if days else 0
    with caplog.at_level(logging.WARNING):
        sink.check()
    assert ("expires on 2026-05-04" in caplog.text) == is_told


def test_a_token_without_the_permission(sink: FacebookSink, server: FacebookServer) -> None:
    server.account.token.scopes = ("ads_read",)
    with pytest.raises(NotAuthorised, match="ads_management"):
        sink.check()


def test_a_token_that_may_not_ask_about_itself_will_do(sink: FacebookSink, server: FacebookServer) -> None:
    server.account.token.may_be_debugged = False
    sink.check()


def test_another_token(make_sink: MakeSink) -> None:
    with pytest.raises(NotAuthorised, match="refuses the access token"):
        make_sink(access_token="EAAanother").check()


@pytest.mark.parametrize("secret", [None, "another"])
def test_the_apps_secret_is_proved(make_sink: MakeSink, secret: str | None) -> None:
    with pytest.raises(NotAuthorised, match="secret"):
        make_sink(app_secret=secret).check()


def test_no_proof_is_sent_when_none_is_needed(make_sink: MakeSink, server: FacebookServer) -> None:
    server.account.secret = None
    make_sink(app_secret=None).check()


def test_an_unknown_account(make_sink: MakeSink) -> None:
    with pytest.raises(SettingsError, match="act_999"):
        make_sink(ad_account_id="999").check()


def test_a_disabled_account(sink: FacebookSink, server: FacebookServer) -> None:
    server.account.status = 2
    with pytest.raises(SettingsError, match="disabled"):
        sink.check()


def test_an_account_in_debt(sink: FacebookSink, server: FacebookServer, caplog: pytest.LogCaptureFixture) -> None:
    server.account.status = 3
    sink.check()
    assert "until a bill is paid" in caplog.text


def test_terms_nobody_has_accepted(sink: FacebookSink, server: FacebookServer) -> None:
    server.account.has_accepted_terms = False
    for call in (sink.check, lambda: sink.ensure_audience("Opera", None)):
        with pytest.raises(NotAuthorised, match="terms for Custom Audiences"):
            call()

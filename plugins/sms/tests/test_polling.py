"""Asking what became of messages."""

import subprocess
import sys

import httpx
import pytest
from hub_sms.channel import SmsChannel

from hub import Fate, NotAuthorised, Rejected, TryAgain
from hub.testing.platforms.faults import Fault

from .conftest import ADA, PROVIDERS, TOKEN, MakeChannel, Platform, Receiver, make_server, message

DONE = {
    "twilio": ("delivered", "undelivered"),
    "gatewayapi": ("DELIVERED", "EXPIRED"),
    "seven": ("DELIVERED", "FAILED"),
}


def test_what_is_known_is_told_and_the_rest_left_out(platform: Platform, channel: SmsChannel) -> None:
    references = [channel.send(message(number)).reference for number in range(3)]
    if platform.name == "vonage":
        assert list(channel.reports(references)) == []
        return
    good, bad = DONE[platform.name]
    platform.phones.messages[0].status, platform.phones.messages[1].status = good, bad
    asked = [*references[:2], "nonsense/../x", "", "12345", "SM" + "f" * 32]
    told = {report.reference: report.fate for report in channel.reports(asked)}
    assert told == {references[0]: Fate.DELIVERED, references[1]: Fate.FAILED}
    assert all(report.at.tzinfo is not None for report in channel.reports(references[:1]))
    assert list(channel.reports(["12345", "SM" + "f" * 32])) == []


def test_many_are_asked_for_in_pages(make_channel: MakeChannel) -> None:
    with make_server("seven") as server:
        channel = make_channel("seven", server.url)
        references = [channel.send(message(number)).reference for number in range(120)]
        before = len(server.requests)
        assert {report.reference for report in channel.reports(references)} == set(references)
        assert len(server.requests) == before + 3


def test_a_provider_in_trouble_is_asked_again_later(platform: Platform, make_channel: MakeChannel) -> None:
    channel = make_channel(platform.name, platform.server.url)
    reference = channel.send(message()).reference
    if platform.name == "vonage":
        return
    for fault in (Fault.html(500), Fault.bodyless(429), Fault(reset="after"), Fault.html(200)):
        platform.server.faults.add(fault)
        with pytest.raises(TryAgain):
            list(channel.reports([reference]))
    secret = {"twilio": "auth_token"}.get(platform.name, "api_key")
    with pytest.raises(NotAuthorised):
        list(make_channel(platform.name, platform.server.url, **{secret: "other" * 4}).reports([reference]))


@pytest.mark.parametrize("name", PROVIDERS)
def test_each_provider_runs_as_a_process(name: str, make_channel: MakeChannel) -> None:
    account = {"twilio": "AC" + "0123456789abcdef" * 2, "vonage": "key12345"}.get(name, "AC")
    words = ["-m", "hub.testing.platforms.sms", name, "--key", TOKEN, "--account", account]
    with subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        try:
            channel = make_channel(name, url)
            channel.check()
            assert channel.send(message()).reference
            _look_inside(url, channel)
        finally:
            process.terminate()


def _look_inside(url: str, channel: SmsChannel) -> None:
    """A server that runs by itself can be looked into and stirred."""
    with httpx.Client(base_url=url, trust_env=False) as outside, Receiver(channel) as receiver:
        (kept,) = outside.get("/__messages").json()
        assert kept["to"] == ADA
        hook = f"{receiver.root}/hooks/sms"
        told = {"reference": kept["reference"], "status": "delivered", "url": hook}
        # Unsigned, as this process was given no secret: the channel does not believe it, but for Twilio's.
        answered = outside.post("/__report", json=told).json()["answered"]
        assert answered == (200 if kept["reference"].startswith("SM") else 403)
        outside.post("/__answer", json={"url": hook, "number": ADA, "text": "STOP"}).raise_for_status()
        outside.post("/__faults", json={"status": 429}).raise_for_status()
        outside.post("/__phones", json={"unknown": [ADA]}).raise_for_status()
        with pytest.raises(TryAgain):
            channel.send(message(2))
        with pytest.raises(Rejected):
            channel.send(message(3))
        assert outside.post("/__report", json={"reference": "none", "status": "x"}).status_code == 404

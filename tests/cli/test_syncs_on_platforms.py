"""``hub sync`` with platforms that refuse, are lost or are slow, watched by people and stopped by them."""

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.testing.platforms.facebook import FacebookServer
from hub.testing.platforms.faults import Fault
from hub.testing.platforms.mailchimp import MailchimpServer

Run = Callable[..., Any]
KEY = "invented0123456789-us3"
FREELY = "--without-consent"


@pytest.fixture
def platform(run: Run, home: Path) -> Iterator[MailchimpServer]:
    """A platform, connected as ``news`` and kept by the sync ``s``."""
    with MailchimpServer(KEY) as server:
        settings = (f"api_key={KEY}", f"list_id={server.add_list('Friends')}", f"base_url={server.url}")
        run("connect", "mailchimp", "news", *(word for one in settings for word in ("--set", one)))
        run("sync", "create", "s", "--segment", "Buyers", "--to", "news", FREELY)
        yield server


def test_a_platform_in_trouble_fails_the_run_and_is_told(run: Run, platform: MailchimpServer, home: Path) -> None:
    # It asks for more patience than one command has, so the hub does not wait.
    platform.faults.add(Fault.bodyless(503, headers={"Retry-After": "3600"}), times=100)
    said = run("sync", "run", "s", code=1)
    assert said.out.startswith("failed: ")
    assert KEY not in said.out + said.err
    assert run("sync", "history", "s", "--json").data[0]["status"] == "failed"


def test_members_a_platform_refuses_are_listed_with_reasons(
    run: Run, platform: MailchimpServer, tmp_path: Path
) -> None:
    (tmp_path / "new.csv").write_text(
        "id,email\n1,ada@example.com\n2,not-an-address@@example\n3,cleo@example.com\n"
    )
    run("import", "csv", tmp_path / "new.csv", "--kind", "customers")
    account = next(iter(platform.account.lists.values()))
    done = run("sync", "run", "s", "--json").data
    assert done["status"] in ("succeeded", "partial")
    assert done["added"] == len(platform.tagged(account.id, "Buyers")) == 2
    refused = run("sync", "history", "s", "--rejected", "--json").data
    assert len(refused) == done["rejected"]
    assert done["rejected"] + done["unreachable"] == 1


def test_who_was_refused_is_written_and_sent_again(run: Run, platform: MailchimpServer, tmp_path: Path) -> None:
    platform.account.poison.add("ada@example.com")
    assert run("sync", "run", "s", "--json").data["rejected"] == 1
    (refused,) = run("sync", "history", "s", "--rejected", "--json").data
    assert (refused["number"], refused["external_id"]) == (1, "1")
    assert refused["reason"] in run("sync", "history", "s", "--rejected").out
    run("sync", "history", "s", "--to", tmp_path / "refused.csv")
    heading, row = (tmp_path / "refused.csv").read_text().splitlines()
    assert (heading, row.split(",")[:3]) == ("run,number,external_id,reason,permanent", ["1", "1", '"1"'])
    platform.account.poison.clear()
    assert run("sync", "run", "s", "--json").data["added"] == 0
    assert run("sync", "run", "s", "--retry", "--json").data["added"] == 1


def test_an_audience_deleted_on_facebook_is_told_and_made_anew(run: Run, home: Path) -> None:
    token, account = "EAAinvented0123456789ZDZD", "1234567890"
    with FacebookServer(token, account) as server:
        settings = (f"access_token={token}", f"ad_account_id={account}", f"base_url={server.url}")
        run("connect", "facebook", "ads", *(word for one in settings for word in ("--set", one)))
        run("sync", "create", "s", "--segment", "Buyers", "--to", "ads", FREELY)
        assert run("sync", "run", "s", "--json").data["added"] == 3
        (audience,) = server.account.audiences
        del server.account.audiences[audience]
        said = run("sync", "run", "s", code=1).out
        assert said.startswith("failed: ")
        assert "deleted" in said
        assert token not in said
        run("sync", "start-over", "s", "--yes")
        assert run("sync", "run", "s", "--json").data["added"] == 3
        assert [len(server.people(one)) for one in server.account.audiences] == [3]


def test_a_terminal_shows_how_far_a_run_is(platform: MailchimpServer, home: Path) -> None:
    platform.faults.add(Fault(delay=1.5, on="POST|PUT|PATCH"))
    ours, theirs = pty.openpty()
    with _running(theirs) as process:
        os.close(theirs)
        said = _all_of(ours)
        assert process.wait(60) == 0
    assert "finding out what there is to do" in said
    assert "0 of 3 added" in said


def test_control_c_cancels_a_run(run: Run, platform: MailchimpServer, home: Path) -> None:
    platform.faults.add(Fault(delay=3, on="POST|PUT|PATCH"), times=100)
    with _running(subprocess.PIPE) as process:
        assert process.stderr is not None
        end = time.monotonic() + 60
        while time.monotonic() < end and not any(one.method != "GET" for one in platform.requests):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert b"Traceback" not in process.stderr.read()
    (ended,) = run("sync", "history", "s", "--json").data
    assert (ended["status"], "somebody stopped it" in ended["message"]) == ("cancelled", True)
    platform.faults.clear()
    assert run("sync", "run", "s", "--json").data["status"] == "succeeded"


def _running(stderr: int) -> "subprocess.Popen[bytes]":
    """The run of ``s`` in a process of its own."""
    command = [sys.executable, "-c", "from hub.cli import main; main()", "sync", "run", "s"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stderr)


def _all_of(terminal: int) -> str:
    """What is shown on a terminal until everyone has let go of it."""
    said = b""
    with os.fdopen(terminal, "rb", buffering=0) as shown:
        while True:
            try:
                piece = shown.read(1024)
            except OSError:  # how Linux says that nobody holds the other end any more
                piece = b""
            if not piece:
                return said.decode()
            said += piece

"""``hub sync``: from its making to a platform that refuses, is lost, or would lose too many."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.testing.platforms.faults import Fault
from hub.testing.platforms.mailchimp import MailchimpServer

Run = Callable[..., Any]
KEY = "invented0123456789-us3"
FREELY = "--without-consent"


@pytest.fixture
def files(run: Run, home: Path) -> Path:
    """A connected folder of CSV files."""
    run("connect", "csv", "files", "--kind", "audience_sink", "--set", "folder=out")
    return home / "out"


@pytest.fixture
def create(run: Run, files: Path) -> Callable[..., Any]:
    def made(*words: str, segment: str = "Buyers", code: int = 0) -> Any:
        return run("sync", "create", "s", "--segment", segment, "--to", "files", *words, code=code)

    return made


def test_a_sync_is_made_previewed_run_and_remembered(run: Run, create: Callable[..., Any], files: Path) -> None:
    create(FREELY, "--audience", "buyers")
    assert run("sync", "preview", "s", "--json").data == {
        "held": 0, "to_add": 3, "to_update": 0, "to_remove": 0, "unreachable": 0,
    }  # fmt: skip
    assert not files.exists()
    assert run("sync", "run", "s").out == "succeeded: 3 added, 0 updated, 0 removed\n"
    (file,) = files.iterdir()
    assert len(file.read_text(encoding="utf-8").splitlines()) == 4
    again = run("sync", "run", "s", "--json").data
    assert (again["status"], again["added"], again["message"]) == ("succeeded", 0, "0 added, 0 updated, 0 removed")
    assert [one["added"] for one in run("sync", "history", "s", "--json").data] == [0, 3]
    assert len(run("sync", "history", "s", "--limit", "1").out.splitlines()) == 2
    (listed,) = run("sync", "list", "--json").data
    assert (listed["segment"], listed["connection"], listed["audience"]) == ("Buyers", "files", "buyers")
    assert (listed["last_status"], listed["mode"], listed["schedule"]) == ("succeeded", "mirror", None)
    assert run("segment", "show", "Buyers", "--json").data["synced_to"] == [
        {"sync": "s", "connection": "files", "audience": "buyers"}
    ]
    assert "buyers (files, by s)" in run("segment", "show", "Buyers").out


def test_everything_that_was_said_is_kept(run: Run, create: Callable[..., Any]) -> None:
    words = ("--permission", "newsletter", "--channel", "email", "--mode", "add_only", "--guard", "0.2")
    made = create(*words, "--every", "15 minutes", "--json").data
    assert {name: made[name] for name in ("permission", "channel", "mode", "guard", "schedule")} == {
        "permission": "newsletter",
        "channel": "email",
        "mode": "add_only",
        "guard": 0.2,
        "schedule": "every 15 minutes",
    }


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--permission", "newsletter", FREELY),
        ("--permission", " "),
        (FREELY, "--channel", "email"),
        (FREELY, "--every", "hour", "--schedule", "0 6 * * *"),
        (FREELY, "--mode", "upside_down"),
        (FREELY, "--guard", "1.5"),
        ("--permission", "newsletter", "--channel", "pigeon"),
    ],
)
def test_what_contradicts_itself_is_wrong_usage(
    run: Run, create: Callable[..., Any], words: tuple[str, ...]
) -> None:
    assert "--" in create(*words, code=2).err.splitlines()[0]
    assert run("sync", "list", "--json").data == []


def test_consent_must_be_spoken_of(create: Callable[..., Any]) -> None:
    said = create(code=2).err
    assert "say either --permission" in said
    assert "or --without-consent" in said


@pytest.mark.parametrize(
    "words",
    [
        ("--every", "0 minutes"),
        ("--every", "fortnight"),
        ("--schedule", "every now and then"),
        ("--schedule", "0 25 * * *"),
    ],
)
def test_a_schedule_that_will_never_run_is_refused(
    run: Run, create: Callable[..., Any], words: tuple[str, ...]
) -> None:
    create(FREELY, *words, code=1)
    assert run("sync", "list", "--json").data == []


def test_what_is_not_there_is_told(run: Run, create: Callable[..., Any]) -> None:
    assert "no segment 'Nope'" in create(FREELY, segment="Nope", code=1).err
    said = run("sync", "create", "s", "--segment", "Buyers", "--to", "nowhere", FREELY, code=1).err
    assert "no connection 'nowhere'" in said
    for verb in ("preview", "run", "history", "pause", "resume", "cancel"):
        assert "there is no sync 'none'" in run("sync", verb, "none", code=1).err


def test_only_who_consented_is_sent(run: Run, create: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "consents.csv").write_text("customer,permission,at\n1,newsletter,2024-01-03\n")
    run("import", "csv", tmp_path / "consents.csv", "--kind", "consents")
    create("--permission", "newsletter")
    said = run("sync", "preview", "s").out
    assert "would add 1," in said
    assert "2 members of the segment can't be sent" in said


def test_a_run_that_would_remove_many_is_held_until_approved(
    run: Run, create: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "many.csv").write_text("id,city\n" + "".join(f"m{n},Graz\n" for n in range(40)))
    (tmp_path / "moved.csv").write_text("id,city\n" + "".join(f"m{n},Linz\n" for n in range(30)))
    run("import", "csv", tmp_path / "many.csv", "--kind", "customers")
    run("segment", "create", "Graz", 'city = "Graz"')
    create(FREELY, segment="Graz")
    run("sync", "run", "s")
    run("import", "csv", tmp_path / "moved.csv", "--kind", "customers")
    held = run("sync", "run", "s", code=3)
    assert held.out.startswith("held: 30 of 40 members would leave")
    assert run("sync", "run", "s", "--approve", "--json").data["removed"] == 30


def test_pause_and_resume(run: Run, create: Callable[..., Any]) -> None:
    create(FREELY, "--schedule", "0 6 * * *")
    run("sync", "pause", "s")
    assert run("sync", "list", "--json").data[0]["paused"] is True
    assert "paused" in run("sync", "list").out
    run("sync", "resume", "s")
    assert run("sync", "list", "--json").data[0]["paused"] is False
    assert "0 6 * * *" in run("sync", "list").out
    assert "is not running" in run("sync", "cancel", "s", code=1).err


def test_a_segment_that_is_synced_is_not_removed(run: Run, create: Callable[..., Any]) -> None:
    create(FREELY)
    assert "pause that first" in run("segment", "remove", "Buyers", code=1).err
    run("sync", "pause", "s")
    run("segment", "remove", "Buyers")
    assert run("sync", "list", "--json").data[0]["segment"] == "Buyers"


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

"""``hub sync``: from its making to its removal, with a guard that asks and an audience that is lost."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
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
        "held": 0, "to_add": 3, "to_update": 0, "to_remove": 0, "must_go": 0, "unreachable": 0,
        "objection": None, "rejections": [],
    }  # fmt: skip
    assert not files.exists()
    assert run("sync", "run", "s").out == "succeeded: 3 added, 0 updated, 0 removed\n"
    (file,) = files.iterdir()
    assert len(file.read_text(encoding="utf-8").splitlines()) == 4
    again = run("sync", "run", "s", "--json").data
    assert (again["status"], again["added"], again["message"]) == ("succeeded", 0, "0 added, 0 updated, 0 removed")
    assert [one["added"] for one in run("sync", "history", "s", "--json").data] == [0, 3]
    assert len(run("sync", "history", "s", "--limit", "1").out.splitlines()) == 2
    assert run("sync", "history", "s", "--json").data[0]["seconds"] >= 0
    (listed,) = run("sync", "list", "--json").data
    assert run("sync", "show", "s", "--json").data == listed
    assert "asks before a run removes more than 50%" in run("sync", "show", "s").out
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
        (FREELY, "--on-change", "--every", "hour"),
        ("--mode", "remove_only", FREELY),
        ("--mode", "remove_only", "--permission", "newsletter"),
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
    assert "view" in create(FREELY, "--view", "Nope", code=1).err
    verbs = ("show", "preview", "run", "history", "pause", "resume", "cancel", "empty", "start-over", "remove")
    for verb in verbs:
        assert "there is no sync 'none'" in run("sync", verb, "none", code=1).err
    assert "there is no sync 'none'" in run("sync", "change", "none", "--on-change", code=1).err


def test_only_who_consented_is_sent(run: Run, create: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "consents.csv").write_text("customer,permission,at\n1,newsletter,2024-01-03\n")
    run("import", "csv", tmp_path / "consents.csv", "--kind", "consents")
    create("--permission", "newsletter")
    said = run("sync", "preview", "s").out
    assert "would add 1," in said
    assert "2  it did not give the permission this sync asks for" in said


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


def test_a_view_is_kept(run: Run, create: Callable[..., Any], files: Path) -> None:
    run("view", "create", "Buyers", "In Berlin", 'city = "Berlin"')
    made = create(FREELY, "--view", "in berlin", "--json").data
    assert (made["segment"], made["view"], made["audience"]) == ("Buyers", "In Berlin", "In Berlin")
    assert run("sync", "run", "s", "--json").data["added"] == 2
    assert "Buyers / In Berlin" in run("sync", "list").out
    assert re.search(r"view: +In Berlin", run("sync", "show", "s").out)
    said = run("view", "remove", "Buyers", "In Berlin", code=1).err
    assert "used by the sync 's'; remove that first" in said


def test_what_is_said_is_changed_and_the_rest_stays(run: Run, create: Callable[..., Any]) -> None:
    made = create("--permission", "newsletter", "--channel", "email", "--every", "hour", "--json").data

    def changed(*words: str) -> dict[str, Any]:
        data = run("sync", "change", "s", *words, "--json").data
        return {name: value for name, value in data.items() if value != made[name]}

    assert changed("--guard", "0.1", "--on-change") == {"guard": 0.1, "schedule": "on change"}
    assert changed("--by-hand", "--guard", "0.5", "--any-channel") == {"schedule": None, "channel": None}
    assert changed("--schedule", "0 6 * * *", "--permission", "letters", "--channel", "sms") == {
        "schedule": "0 6 * * *", "permission": "letters", "channel": "sms",
    }  # fmt: skip
    assert changed("--mode", "remove_only", "--every", "hour") == {
        "mode": "remove_only", "permission": None, "channel": None,
    }  # fmt: skip
    assert "say either --permission" in run("sync", "change", "s", "--mode", "mirror", code=2).err
    assert changed("--mode", "mirror", FREELY, "--name", "t") == {"name": "t", "permission": None, "channel": None}
    assert run("sync", "change", "t", "--name", "s").out == "Changed the sync 's'.\n"


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--by-hand", "--on-change"),
        ("--any-channel", "--channel", "email"),
        ("--permission", "letters", FREELY),
        ("--channel", "email"),
        ("--permission", " "),
        ("--guard", "2"),
    ],
)
def test_a_change_that_contradicts_itself_is_wrong_usage(
    run: Run, create: Callable[..., Any], words: tuple[str, ...]
) -> None:
    create(FREELY)
    before = run("sync", "show", "s", "--json").data
    assert "--" in run("sync", "change", "s", *words, code=2).err.splitlines()[0]
    assert run("sync", "show", "s", "--json").data == before


def test_who_would_be_sent_is_shown_and_written(run: Run, create: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "consents.csv").write_text("customer,permission,at\n1,newsletter,2024-01-03\n")
    run("import", "csv", tmp_path / "consents.csv", "--kind", "consents")
    create("--permission", "newsletter")
    reason = "it did not give the permission this sync asks for"
    expected = [
        {"number": 1, "external_id": "1", "change": "add", "reason": None},
        {"number": 2, "external_id": "2", "change": "reject", "reason": reason},
        {"number": 3, "external_id": "3", "change": "reject", "reason": reason},
    ]
    assert run("sync", "preview", "s", "--changes", "all", "--json").data == expected
    assert run("sync", "preview", "s", "--changes", "reject", "--json").data == expected[1:]
    page = run("sync", "preview", "s", "--changes", "all", "--limit", "2")
    assert (len(page.out.splitlines()), "there are more" in page.err) == (3, True)
    run("sync", "preview", "s", "--to", tmp_path / "changes.csv")
    rows = (tmp_path / "changes.csv").read_text().splitlines()
    assert rows[:2] == ["number,external_id,change,reason", '1,"1","add",']
    assert len(rows) == 4
    assert run("sync", "preview", "s", "--changes", "add", "--to", "-").out.splitlines() == rows[:2]
    assert "none of" in run("sync", "preview", "s", "--changes", "wipe", code=2).err


def test_a_sync_that_only_removes(run: Run, create: Callable[..., Any], files: Path) -> None:
    create(FREELY, "--audience", "buyers")
    run("sync", "run", "s")
    (file,) = files.iterdir()
    run("sync", "remove", "s", "--yes", "--leave-members")
    create("--mode", "remove_only", "--audience", file.stem, segment="Regulars")
    assert run("sync", "preview", "s").out == "0 were taken out so far. A run would take out 1.\n"
    done = run("sync", "run", "s", "--json").data
    assert (done["added"], done["removed"]) == (0, 1)
    assert run("sync", "run", "s", "--json").data["removed"] == 0


def test_an_audience_is_emptied_and_the_sync_removed(run: Run, create: Callable[..., Any], files: Path) -> None:
    create(FREELY, "--every", "hour")
    run("sync", "run", "s")
    assert "nothing was changed" in _answering(run, "n", "sync", "empty", "s", code=1).err
    assert "holds 3 members" in run("sync", "remove", "s", "--yes", code=1).err
    assert "--yes" in run("sync", "remove", "s", code=1).err
    assert run("sync", "empty", "s", "--yes").out.startswith("succeeded: 0 added, 0 updated, 3 removed")
    assert run("sync", "show", "s", "--json").data["paused"] is True
    assert "Removed the sync 's'." in _answering(run, "y", "sync", "remove", "s").out
    assert run("sync", "list", "--json").data == []


def test_an_audience_that_was_deleted_is_made_anew(run: Run, create: Callable[..., Any], files: Path) -> None:
    create(FREELY)
    run("sync", "run", "s")
    (file,) = files.iterdir()
    file.unlink()
    assert run("sync", "run", "s", code=1).out.startswith("failed: ")
    assert "nothing was changed" in _answering(run, "n", "sync", "start-over", "s", code=1).err
    assert "makes its audience anew" in run("sync", "start-over", "s", "--yes").out
    assert run("sync", "run", "s").out == "succeeded: 3 added, 0 updated, 0 removed\n"
    assert run("sync", "run", "s", "--afresh", "--json").data["status"] == "succeeded"


def _answering(run: Run, answer: str, *words: str, code: int = 0) -> Any:
    return run(*words, code=code, stdin=f"{answer}\n")


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
    assert "remove that first" in run("segment", "delete", "Buyers", "--yes", code=1).err
    run("sync", "remove", "s", "--yes")
    run("segment", "delete", "Buyers", "--yes")

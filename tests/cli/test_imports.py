"""``hub import``: what is said of what was read, changed and refused."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
HEADER = "id,email,registered_at\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


def test_a_second_import_changes_nothing_and_a_changed_one_what_changed(run: Run, home: Path, file: Path) -> None:
    def kinds() -> Any:
        return run("import", "csv", file, "--kind", "customers", "--source", "list", "--json").data["kinds"]

    file.write_text(f"{HEADER}x,x@example.com,2024-01-01\ny,y@example.com,2024-01-01\n")
    assert kinds() == {"customers": {"new": 2, "changed": 0, "unchanged": 0, "deleted": 0}}
    assert kinds() == {"customers": {"new": 0, "changed": 0, "unchanged": 2, "deleted": 0}}
    file.write_text(f"{HEADER}x,other@example.com,2024-01-01\ny,y@example.com,2024-01-01\n")
    assert kinds() == {"customers": {"new": 0, "changed": 1, "unchanged": 1, "deleted": 0}}


def test_a_dry_run_stores_nothing(run: Run, home: Path, file: Path) -> None:
    file.write_text(f"{HEADER}x,x@example.com,2024-01-01\n")
    said = run("import", "csv", file, "--kind", "customers", "--dry-run")
    assert said.out.startswith("This was a dry run; nothing was stored.\ncustomers: 1 new,")
    assert run("segment", "count", "everyone").out == "4\n"


def test_rejected_rows_are_told_and_reported(run: Run, home: Path, file: Path, tmp_path: Path) -> None:
    bad = "".join(f"b{n},b{n}@example.com,=HYPERLINK({n})\n" for n in range(25))
    file.write_text(f"{HEADER}x,x@example.com,2024-01-01\n{bad}")
    said = run("import", "csv", file, "--kind", "customers", "--report", tmp_path / "bad.csv").out.splitlines()
    assert said[:2] == ["customers: 1 new, 0 changed, 0 unchanged", "rejected: 25"]
    assert said[2].startswith("  line 3: registered_at: ")
    assert len(said) == 2 + 20 + 1
    assert said[-1] == f"  … and 5 more; all are in {tmp_path / 'bad.csv'}"
    with (tmp_path / "bad.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [int(row["line"]) for row in rows] == list(range(3, 28))
    assert {row["field"] for row in rows} == {"registered_at"}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_when_every_row_is_rejected_nothing_could_be_read(run: Run, home: Path, file: Path) -> None:
    file.write_text(f"{HEADER}x,x@example.com,never\n")
    said = run("import", "csv", file, "--kind", "customers", code=1)
    assert "rejected: 1\n" in said.out


def test_what_was_found_out_is_told(run: Run, home: Path, file: Path) -> None:
    file.write_bytes("Nummer;Ort\n7;Köln\n".encode("cp1252"))
    words = ("--kind", "customers", "--map", "id=Nummer", "--map", "city=Ort")
    said = run("import", "csv", file, *words)
    assert "delimiter: ;" in said.err
    assert "mapping: id=Nummer, city=Ort" in said.err
    assert run("import", "csv", file, *words, "--json").data["detected"]["delimiter"] == ";"
    assert run("segment", "count", 'city = "Köln"').out == "1\n"


def test_what_is_said_is_not_found_out(run: Run, home: Path, file: Path) -> None:
    file.write_text("id|customer|ordered_at|total\n1|1|03/04/2024|1,5\n")
    words = ("--delimiter", "|", "--decimal", ",", "--date-format", "%m/%d/%Y", "--encoding", "utf-8")
    run("import", "csv", file, "--kind", "orders", "--source", "shop", *words)
    assert run("segment", "count", "last_purchase on 2024-03-04").out == "1\n"
    assert run("segment", "count", "revenue = 1.50").out == "1\n"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--kind", "elephants"), 1, "must be one of companies"),
        ((), 2, "Missing option '--kind'"),
        (("--kind", "customers", "--map", "id"), 2, "FIELD=COLUMN"),
        (("--kind", "customers", "--map", "id=a", "--map", "id=b"), 2, "'id' is said twice"),
        (("--kind", "customers", "--map", "idd=id"), 1, "no field 'idd'"),
        (("--kind", "customers", "--map", "id=nummer"), 1, "nummer"),
        (("--kind", "customers", "--decimal", "x"), 1, "'decimal'"),
        (("--kind", "customers", "--encoding", "klingon"), 1, "klingon"),
        (("--kind", "orders", "--date-format", "%Q"), 1, ""),
    ],
)
def test_what_can_not_be_is_told(
    run: Run, home: Path, file: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    file.write_text(f"{HEADER}x,x@example.com,2024-01-01\n")
    assert said in run("import", "csv", file, *words, code=code).err


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\x1b[2J" * 50, b"\xff\xfe\x00", b"just words"])
def test_a_file_that_is_no_csv_is_told(run: Run, home: Path, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    said = run("import", "csv", file, "--kind", "customers", code=1).err
    assert said.startswith("Error: ")
    assert len(said.splitlines()) == 1
    assert said.rstrip("\n").isprintable()


def test_a_missing_file_and_a_folder_are_told(run: Run, home: Path, tmp_path: Path) -> None:
    assert "nothing.csv" in run("import", "csv", tmp_path / "nothing.csv", "--kind", "customers", code=1).err
    assert str(tmp_path) in run("import", "csv", tmp_path, "--kind", "customers", code=1).err


def test_a_path_starts_where_one_is(run: Run, home: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text(f"{HEADER}x,x@example.com,2024-01-01\n")
    monkeypatch.chdir(file.parent)
    assert (
        run("import", "csv", "people.csv", "--kind", "customers", "--json").data["kinds"]["customers"]["new"] == 1
    )


def test_a_connected_source_is_run_under_its_own_name(run: Run, home: Path, file: Path) -> None:
    file.write_text(f"{HEADER}1,x@example.com,2024-01-01\n")
    run("connect", "csv", "desk", "--kind", "data_source", "--set", f"path={file}", "--set", "kind=customers")
    assert run("import", "run", "desk", "--dry-run", "--json").data["kinds"]["customers"]["new"] == 1
    assert run("import", "run", "desk", "--json").data["kinds"]["customers"]["new"] == 1
    assert run("segment", "count", "everyone").out == "5\n"


def test_only_a_data_source_can_be_run(run: Run, home: Path) -> None:
    run("connect", "csv", "files", "--kind", "audience_sink")
    assert "is no data source" in run("import", "run", "files", code=1).err
    assert "there is no connection 'none'" in run("import", "run", "none", code=1).err


@pytest.fixture
def desk(run: Run, home: Path, file: Path) -> Path:
    """A connected source ``desk`` that reads a file of one customer."""
    file.write_text(f"{HEADER}1,x@example.com,2024-01-01\n")
    run("connect", "csv", "desk", "--kind", "data_source", "--set", f"path={file}", "--set", "kind=customers")
    return file


def test_imports_of_a_source_have_a_history(run: Run, desk: Path, tmp_path: Path) -> None:
    assert run("import", "list", "--json").data[0]["last_status"] is None
    done = run("import", "run", "desk", "--json").data["run"]
    assert (done["status"], done["new"]) == ("succeeded", 1)
    desk.write_text(f"{HEADER}1,x@example.com,2024-01-01\nz,z@example.com,=never()\n")
    run("import", "run", "desk")
    desk.unlink()
    assert "people.csv" in run("import", "run", "desk", code=1).err
    runs = run("import", "history", "desk", "--json").data
    assert [one["status"] for one in runs] == ["failed", "partial", "succeeded"]
    assert "people.csv" in runs[0]["message"]
    assert len(run("import", "history", "desk", "--limit", "2").out.splitlines()) == 3
    refused = run("import", "history", "desk", "--rejected", "--report", tmp_path / "bad.csv", "--json").data
    assert [(one["line"], one["field"]) for one in refused] == [(3, "registered_at")]
    with (tmp_path / "bad.csv").open(encoding="utf-8", newline="") as opened:
        assert [row["line"] for row in csv.DictReader(opened)] == ["3"]
    (source,) = run("import", "list", "--json").data
    assert (source["name"], source["last_status"]) == ("desk", "failed")


def test_a_source_is_scheduled_paused_and_resumed(run: Run, desk: Path) -> None:
    assert run("import", "schedule", "desk", "--every", "2 days", "--json").data["schedule"] == "every 2 days"
    assert run("import", "pause", "desk", "--json").data["paused"] is True
    assert "paused: `hub import resume desk`" in run("import", "schedule", "desk", "--schedule", "0 6 * * *").out
    assert "  paused  " in run("import", "list").out
    run("import", "resume", "desk")
    assert "0 6 * * *" in run("import", "list").out
    assert run("import", "schedule", "desk", "--by-hand", "--json").data["schedule"] is None
    assert "by hand" in run("import", "list").out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("schedule", "desk"), 2, "say one of --every, --schedule and --by-hand"),
        (("schedule", "desk", "--every", "hour", "--by-hand"), 2, "say one of"),
        (("schedule", "desk", "--every", "moon"), 1, "can't be understood"),
        (("schedule", "none", "--by-hand"), 1, "there is no connection 'none'"),
        (("cancel", "desk"), 1, "is not being imported just now"),
        (("history", "none"), 1, "there is no connection 'none'"),
    ],
)
def test_what_can_not_be_done_with_a_source_is_told(
    run: Run, desk: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    assert said in run("import", *words, code=code).err

"""``hub customer export``, ``export-data`` and the forms of ``hub segment export``."""

import csv
import io
import json
import stat
import zipfile
from pathlib import Path

from tests.cli.conftest import Run


def test_everyone_in_each_form(run: Run, home: Path, tmp_path: Path) -> None:
    said = run("customer", "export", tmp_path / "all.csv").out
    assert said == f"Wrote 4 customers to {tmp_path / 'all.csv'}.\n"
    rows = list(csv.DictReader(io.StringIO((tmp_path / "all.csv").read_text(encoding="utf-8"))))
    assert [row["revenue"] for row in rows] == ["186.50", "168.00", "84.00", "0.00"]
    lines = [json.loads(line) for line in run("customer", "export", "-", "--format", "jsonl").out.splitlines()]
    assert [(line["external_id"], line["revenue"], line["last_name"]) for line in lines][:1] == [
        ("1", "186.50", "=Albers")
    ]
    run("customer", "export", tmp_path / "all.xlsx")
    with zipfile.ZipFile(tmp_path / "all.xlsx") as book:
        assert book.read("xl/worksheets/sheet1.xml").count(b"<row ") == 5
    assert stat.S_IMODE((tmp_path / "all.xlsx").stat().st_mode) == 0o600
    run("segment", "export", "Buyers", tmp_path / "buyers", "--format", "xlsx")
    assert zipfile.is_zipfile(tmp_path / "buyers")
    assert "'xls' is none of csv, jsonl, xlsx" in run("customer", "export", "-", "--format", "xls", code=2).err


def test_all_data_goes_into_a_folder_and_into_another_hub(run: Run, home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    data = run("customer", "export-data", folder, "--json").data
    assert "csv/customers.csv" in data["files"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(tmp_path.glob(".out.*")) == []
    assert "there is" in run("customer", "export-data", folder, code=1).err
    other = tmp_path / "other"
    run("init", other)
    for path in data["files"]:
        kind = Path(path).stem
        run("--home", other, "import", "csv", folder / path, "--kind", kind, "--source", "csv")
        again = run("--home", other, "customer", "export-data", "-", "--kind", kind, "--source", "csv").out
        assert again == (folder / path).read_text(encoding="utf-8")
    assert "hub import csv csv/customers.csv" in (folder / "README.txt").read_text(encoding="utf-8")


def test_all_data_as_a_zip_file_and_what_can_not_be(run: Run, home: Path, tmp_path: Path) -> None:
    run("customer", "export-data", tmp_path / "all.zip", "--without-purchases")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.namelist()[0] == "csv/customers.csv"
        assert "csv/orders.csv" not in archive.namelist()
    assert "say --source as well" in run("customer", "export-data", "-", "--kind", "tags", code=2).err
    assert "is none of companies" in run("customer", "export-data", "-", "--kind", "pets", code=2).err
    assert "say --kind and --source" in run("customer", "export-data", "-", code=2).err
    assert "no source 'shup'" in run("customer", "export-data", tmp_path / "x", "--source", "shup", code=1).err
    assert not (tmp_path / "x").exists()

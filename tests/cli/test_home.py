"""Making a hub, and homes that can't be used."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_a_folder_alone_will_do(run: Run, tmp_path: Path) -> None:
    made = run("init", tmp_path / "new" / "home", "--json").data
    assert made == {
        "home": str(tmp_path / "new" / "home"),
        "name": "My theatre",
        "time_zone": "Europe/Berlin",
        "currency": "EUR",
        "country": "DE",
    }
    assert run("segment", "count", "everyone", "--home", made["home"]).out == "0\n"


def test_everything_can_be_said(run: Run, tmp_path: Path) -> None:
    words = ("--name", "Théâtre", "--time-zone", "America/Montreal", "--currency", "cad", "--country", "ca")
    made = run(
        "init", tmp_path / "home", *words, "--store-url", f"sqlite:///{tmp_path / 'elsewhere.db'}", "--json"
    )
    assert made.data["name"] == "Théâtre"
    assert (made.data["currency"], made.data["country"]) == ("CAD", "CA")
    assert (tmp_path / "elsewhere.db").exists()
    assert run("segment", "count", "everyone", "--home", tmp_path / "home").out == "0\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--time-zone", "Europe/Nowhere"), "no time zone 'Europe/Nowhere'"),
        (("--currency", "XYZ"), "no currency 'XYZ'"),
        (("--country", "Germany"), "'GERMANY' is no country"),
        (("--store-url", "mysql://localhost/hub"), "can't be kept in 'mysql'"),
        (("--store-url", "nonsense"), "store's URL can't be read"),
    ],
)
def test_what_does_not_exist_is_refused(run: Run, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    assert said in run("init", tmp_path / "home", *words, code=1).err
    assert not (tmp_path / "home" / "hub.toml").exists()


def test_an_empty_name_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    assert "needs a name" in run("init", tmp_path / "home", "--name", " ", code=2).err


def test_a_home_is_not_made_over(run: Run, home: Path) -> None:
    assert (
        run("init", home, code=1).err
        == f"Error: there is a hub in {home} already; remove the folder to start afresh\n"
    )


def test_a_missing_home_is_told(run: Run, tmp_path: Path) -> None:
    said = run("segment", "list", "--home", tmp_path / "none", code=1)
    assert said.out == ""
    assert (
        said.err
        == f"Error: there is no hub in {tmp_path / 'none'}; make one with `hub init {tmp_path / 'none'}`\n"
    )
    assert run("segment", "list", "--home", tmp_path / "none", "--json", code=1).error["type"] == "NotFound"


def test_a_home_of_a_newer_version_is_told(run: Run, home: Path) -> None:
    with sqlite3.connect(home / "hub.sqlite") as store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    said = run("segment", "list", code=1).err
    assert "newer version of Audience Hub" in said
    assert "9999" in said


def test_a_locked_store_is_a_passing_fault(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_BUSY_SECONDS", "0.2")
    store = sqlite3.connect(home / "hub.sqlite", isolation_level=None)
    store.execute("BEGIN IMMEDIATE")
    try:
        assert "locked by another process" in run("segment", "create", "New", "everyone", code=75).err
        assert run("segment", "remove", "Buyers", "--json", code=75).error["type"] == "TryAgain"
    finally:
        store.close()
    run("segment", "create", "New", "everyone")


def test_a_read_only_store_is_told(run: Run, home: Path) -> None:
    settings = f'store_url = "sqlite:///file:{home / "hub.sqlite"}?mode=ro&uri=true"\n'
    (home / "hub.toml").write_text(settings, encoding="utf-8")
    assert run("token", "list").out == "There are none.\n"
    assert "is read-only" in run("token", "create", "x", "--scope", "syncs:read", code=1).err


def test_a_damaged_store_is_told(run: Run, home: Path) -> None:
    (home / "hub.sqlite").write_bytes(b"This is not a database at all." * 100)
    assert "damaged or no database" in run("segment", "list", code=1).err


def test_a_wrong_setting_is_told(run: Run, home: Path) -> None:
    (home / "hub.toml").write_text("port = 'eighty'\n", encoding="utf-8")
    assert "the setting 'port'" in run("segment", "list", code=1).err
    (home / "hub.toml").write_text("port = = 80\n", encoding="utf-8")
    assert "is no TOML" in run("segment", "list", code=1).err


def test_a_folder_that_can_not_be_made_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "file" in run("init", tmp_path / "file" / "home", code=1).err

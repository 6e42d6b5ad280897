"""The start: quick, nothing heavy, the same options before and after, help and version."""

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

# Not pydantic: Typer itself reads the words of a command with it.
HEAVY = {
    "adbc_driver_manager", "alembic", "apscheduler", "babel", "cryptography", "duckdb", "fastapi", "httpx", "lark",
    "numpy", "pyarrow", "pyspark", "sqlglot", "sqlalchemy", "sqlmodel", "uvicorn",
}  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["segment", "--help"],
        ["customer", "list", "--help"],
        ["sync", "create", "--help"],
        ["--version"],
    ],
)
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    script = "from hub.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", script, *words], capture_output=True, text=True, check=True
    )
    imported = {line.rsplit("|", 1)[1].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line}
    assert "typer" in imported
    assert imported & HEAVY == set()


def test_the_console_script_is_the_command_line() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("hub"), "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"audience-hub {version('audience-hub')}\n"


def test_nothing_said_shows_the_help(run: Run) -> None:
    assert "Usage: hub" in run().out


@pytest.mark.parametrize(
    "words",
    [
        ["--json", "segment", "count", "everyone"],
        ["segment", "--json", "count", "everyone"],
        ["segment", "count", "everyone", "--json"],
    ],
)
def test_json_stands_anywhere(run: Run, home: Path, words: list[str]) -> None:
    assert run(*words).data["count"] == 4


def test_home_stands_anywhere_and_overrules_the_environment(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HUB_HOME", str(tmp_path / "nowhere"))
    assert run("segment", "count", "everyone", "--home", home).out == "4\n"
    assert run("--home", home, "segment", "count", "everyone").out == "4\n"
    assert "nowhere" in run("segment", "count", "everyone", code=1).err


def test_the_current_folder_is_the_home_if_nothing_is_said(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HUB_HOME")
    monkeypatch.chdir(home)
    assert run("segment", "count", "everyone").out == "4\n"

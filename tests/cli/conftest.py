"""The command line in this process and in processes of its own, and a small hub to use it on."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from hub.cli.app import app
from hub.core.segments.binding import Catalogue
from hub.core.segments.language.grammar import Grammar

CUSTOMERS = """\
id,email,first_name,last_name,phone,city,born_on
1,ada@example.com,Ada,=Albers,+4915100000001,Berlin,1980-02-29
2,ben@example.com,Ben,Berg,,Potsdam,
3,cleo@example.com,"Cl\u00e9o, C",@Conrad,,Berlin,2001-12-31
4,dora@example.com,Dora,Dahl,,Hamburg,
"""
ORDERS = """\
id,customer,ordered_at,total
a,1,2024-01-03 10:00,60.00
b,1,2024-02-17 20:15,84.00
c,1,2024-06-21 09:30,42.50
d,2,2024-02-17 20:15,168.00
e,3,2024-06-21 09:30,84.00
"""


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """The error on standard error as JSON."""
        return json.loads(self.err)["error"]


Run = Callable[..., Outcome]


@pytest.fixture(autouse=True, scope="session")
def made_once() -> Iterator[None]:
    """The commands and the grammar, which never change, are made once: each command of these tests would anew."""
    grammars: dict[tuple[type, ...], Grammar] = {}

    def grammar_of(catalogue: Catalogue) -> Grammar:
        criteria = tuple(type(criterion) for criterion in catalogue)
        if criteria not in grammars:
            grammars[criteria] = Grammar(catalogue)
        return grammars[criteria]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.testing._get_command", cache(get_command))
        patch.setattr("hub.core.segments.language.language.Grammar", grammar_of)
        yield


@pytest.fixture(autouse=True)
def no_home_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever hub the one who runs the tests has, it is not used."""
    monkeypatch.delenv("HUB_HOME", raising=False)


@pytest.fixture
def run() -> Run:
    """Run a command in this process; ``code`` says how it must end (None: however it does)."""

    def invoke(*words: str | Path, code: int | None = 0, stdin: str | None = None) -> Outcome:
        result = CliRunner().invoke(app, [str(word) for word in words], input=stdin)
        outcome = Outcome(result.exit_code, result.stdout, result.stderr)
        assert code is None or outcome.code == code, outcome
        assert "Traceback" not in outcome.err, outcome.err
        return outcome

    return invoke


@pytest.fixture
def process() -> Run:
    """Run a command in a process of its own."""

    def invoke(*words: str | Path, code: int | None = 0, stdin: str | None = None, **environment: str) -> Outcome:
        result = subprocess.run(
            [sys.executable, "-c", "from hub.cli import main; main()", *map(str, words)],
            input=stdin,
            capture_output=True,
            env={**os.environ, **environment},
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
            timeout=120,
        )
        outcome = Outcome(result.returncode, result.stdout, result.stderr)
        assert code is None or outcome.code == code, outcome
        return outcome

    return invoke


@pytest.fixture(scope="session")
def home_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub with four customers and five orders, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    (folder / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    home = folder / "home"
    for words in (
        ("init", home, "--name", "Theater am Ufer"),
        ("--home", home, "import", "csv", folder / "customers.csv", "--kind", "customers"),
        ("--home", home, "import", "csv", folder / "orders.csv", "--kind", "orders"),
        ("--home", home, "segment", "create", "Regulars", "orders >= 2"),
        ("--home", home, "segment", "create", "Buyers", "orders >= 1"),
    ):
        result = CliRunner().invoke(app, [str(word) for word in words])
        assert result.exit_code == 0, result.output
    return home


@pytest.fixture
def home(home_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hub of its own with four customers, five orders and two segments; HUB_HOME names it."""
    copy = tmp_path / "home"
    shutil.copytree(home_template, copy)
    monkeypatch.setenv("HUB_HOME", str(copy))
    return copy

"""docs/commands.md and the command line, tested against each other: every command, every option, every example."""

import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from typer.main import get_command

from hub.cli.app import app
from hub.cli.errors import ExitCode
from hub.cli.options import PANEL
from hub.testing.platforms.mailchimp import MailchimpServer

Run = Callable[..., Any]
PAGE = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")


def _sections() -> dict[str, str]:
    """What the page says under each heading, by the heading's text without backticks."""
    parts = re.split(r"^#{2,3} (.+)$", PAGE, flags=re.MULTILINE)
    return {title.replace("`", ""): text for title, text in zip(parts[1::2], parts[2::2], strict=True)}


def _commands() -> Iterator[tuple[str, Any]]:
    """Every command that can be run, with its words."""

    def below(words: str, command: Any) -> Iterator[tuple[str, Any]]:
        if not hasattr(command, "commands"):
            yield words, command
        for name, one in getattr(command, "commands", {}).items():
            yield from below(f"{words} {name}", one)

    yield from below("hub", get_command(app))


COMMANDS = dict(_commands())


def test_every_command_has_its_section_and_nothing_else_has() -> None:
    nouns = {words.rpartition(" ")[0] for words in COMMANDS} - {"hub"}
    documented = {title for title in _sections() if title.startswith("hub")}
    assert documented == COMMANDS.keys() | nouns


@pytest.mark.parametrize("words", COMMANDS)
def test_every_option_is_documented_and_nothing_else_is(words: str) -> None:
    section = _sections()[words]
    prose = re.sub(r"```.*?```", "", section, flags=re.DOTALL)
    own = {
        option
        for parameter in COMMANDS[words].params
        if getattr(parameter, "rich_help_panel", None) != PANEL
        for option in parameter.opts
        if option.startswith("--")
    }
    assert own <= set(re.findall(r"--[a-z-]+", prose))
    named = set(re.findall(r"(?<=`)--[a-z-]+", prose))
    shared = {"--json", "--verbose", "--home", "--map"}
    assert named - shared <= own


@pytest.mark.parametrize("words", COMMANDS)
def test_every_option_has_an_example(words: str) -> None:
    lines = [line for example in _examples() for line in example.commands if line.startswith(f"{words} ")]
    lines += [line for example in _examples() for line in example.commands if line == words]
    assert lines
    # Those that would lead elsewhere, or that the next example says otherwise.
    unshown = {"--store-url", "--time-zone", "--currency", "--country", "--help"}
    own = {
        option
        for parameter in COMMANDS[words].params
        if getattr(parameter, "rich_help_panel", None) != PANEL
        for option in parameter.opts
        if option.startswith("--")
    }
    assert own - unshown <= set(re.findall(r"--[a-z-]+", " ".join(lines)))


def test_the_shared_options_are_documented() -> None:
    section = _sections()["Everywhere"]
    root = get_command(app)
    assert [option for one in root.params for option in one.opts if option not in section] == []


def test_every_exit_code_is_documented() -> None:
    section = _sections()["Everywhere"]
    assert [int(code) for code in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)] == sorted(ExitCode)


@dataclass(frozen=True)
class Example:
    """A block of the page: a file, or commands with what they show."""

    kind: str
    title: str
    text: str

    @property
    def commands(self) -> list[str]:
        if self.kind != "console":
            return []
        return [line[2:] for line in self.text.splitlines() if line.startswith("$ ")]

    def steps(self) -> Iterator[tuple[str, str]]:
        """Each command with the lines that are shown below it."""
        for part in re.split(r"^\$ ", self.text, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            yield command, shown


def _examples() -> list[Example]:
    blocks = re.findall(r"^```(\w+)(?: ([^\n]+))?\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
    return [Example(*block) for block in blocks]


@pytest.fixture
def elsewhere() -> Iterator[Mapping[str, str]]:
    """What the page names that is not on this machine, with what stands in for it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    mail = Controller(Sink(), hostname="127.0.0.1", port=port)
    mail.start()
    with MailchimpServer("invented0123456789-us3") as platform:
        list_id = platform.add_list("Friends")
        yield {
            "port=2525": f"port={port}",
            "list_id=a1b2c3d4e5": f"list_id={list_id} --set base_url={platform.url}",
        }
    mail.stop()


def test_the_examples_run_and_show_what_is_written(
    run: Run, elsewhere: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for example in _examples():
        if example.kind != "console":
            Path(example.title).write_text(example.text, encoding="utf-8")
            continue
        if example.title in ("serves", "demo"):
            continue  # see the tests below
        for command, shown in example.steps():
            if command.startswith("export "):
                monkeypatch.setenv(*command.removeprefix("export ").split("=", 1))
                continue
            for there, here in elsewhere.items():
                command = command.replace(there, here)
            said = run(*shlex.split(command)[1:], code=1 if example.title == "fails" else 0)
            assert not shown or said.out == shown, command


def _command(title: str) -> list[str]:
    (example,) = [example for example in _examples() if example.title == title]
    return [sys.executable, "-c", "from hub.cli import main; main()", *shlex.split(example.commands[0])[1:]]


def test_the_example_that_serves(home: Path) -> None:
    process = subprocess.Popen(_command("serves"), stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    with process.stderr as said:
        assert any(line.startswith("Serving http://127.0.0.1:") for line in said)
        process.send_signal(signal.SIGTERM)
        assert "Traceback" not in said.read()
    assert process.wait(60) == 0


def test_the_example_that_demonstrates(tmp_path: Path) -> None:
    done = subprocess.run(_command("demo"), cwd=tmp_path, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr + done.stdout
    assert (tmp_path / "demo-home" / "hub.toml").is_file()

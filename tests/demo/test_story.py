"""The whole story with a smaller theatre: what it says, what it leaves, and that its checks can fail."""

import gc
import shlex
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.cli import main
from hub.core.app import open_hub
from hub.core.contracts.errors import SettingsError
from hub.core.store.tables import RunStatus
from hub.demo import chapters, story
from hub.demo.platform import Platform, loopback_platform
from hub.demo.telling import Teller

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    """What a story left behind."""

    code: int
    lines: list[str]
    home: Path
    held: frozenset[str]

    def line(self, beginning: str) -> str:
        return next(line.strip() for line in self.lines if line.strip().startswith(beginning))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    home = tmp_path_factory.mktemp("story") / "theatre"
    lines: list[str] = []
    platforms: list[Platform] = []

    @contextmanager
    def watched() -> Iterator[Platform]:
        with loopback_platform() as platform:
            platforms.append(platform)
            yield platform

    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.setattr(story, "loopback_platform", watched)
        # The hub's HTTP clients are closed by the garbage collector, which says so.
        warnings.simplefilter("ignore", ResourceWarning)
        code = story.run(home, serve=False, say=lines.append, customers=1500, clock=lambda: NOW)
        gc.collect()
    return Told(code, lines, home, platforms[0].tagged("Win-back"))


def test_everything_that_is_checked_holds(told: Told) -> None:
    assert [line for line in told.lines if "WRONG" in line] == []
    assert told.code == 0
    assert "Everything that was checked held." in told.lines
    assert sum("checked:" in line for line in told.lines) == 7


def test_it_tells_the_figures(told: Told) -> None:
    assert told.line("customers.csv:") == "customers.csv: 1,500 customers"
    held = len(told.held) + 2
    assert told.line("preview: ").startswith(f"preview: {held:,} of ")
    assert "   preview: 0 to add, 2 to remove" in told.lines
    assert told.line("first run: ").startswith(f"first run: {held:,} added, 0 updated, 0 removed")
    assert told.line("second run: ").startswith("second run: 0 added, 0 updated, 0 removed")
    assert told.line("third run: ").startswith("third run: 0 added, 0 updated, 2 removed")


def test_the_platform_ends_with_exactly_the_right_members(told: Told) -> None:
    hub = open_hub(told.home, lambda: NOW)
    try:
        text = 'last_purchase more than 60 days ago and revenue > 100 and consent "newsletter" on email'
        members = hub.segments.ask(text).members
        assert set(hub.segments.rows(members)["email"].to_pylist()) == told.held
        assert len(told.held) > 50
        assert [run.status for run in hub.syncs.history(hub.syncs.named(chapters.AUDIENCE_SYNC))] == [
            RunStatus.SUCCEEDED
        ] * 3
    finally:
        hub.close()


def test_the_commands_it_names_work(
    told: Told, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = [shlex.split(line) for line in told.lines if line.strip().startswith("hub ")]
    assert len(commands) == 5
    for command in commands:
        monkeypatch.setattr(sys, "argv", command)
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        assert not ended.value.code, (command, said.err)
        assert said.out.strip(), command


def test_a_store_named_in_the_environment_is_never_filled(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_STORE_URL", sqlite_url)
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    before = file.read_bytes()
    with pytest.raises(SettingsError, match="HUB_STORE_URL names a store that the demo would fill"):
        story.run(tmp_path / "home", serve=False, say=lambda line: None, customers=600)
    assert file.read_bytes() == before


def test_a_check_that_fails_is_told_and_remembered() -> None:
    lines: list[str] = []
    tell = Teller(lines.append)
    tell.check("all is well", holds=True)
    tell.check("the platform holds everyone", holds=False)
    assert lines == ["   checked: all is well", "   WRONG: the platform holds everyone"]
    assert tell.failed == ["the platform holds everyone"]


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # as above
def test_a_platform_that_loses_a_member_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lossy = Platform.tagged

    def tagged(platform: Platform, tag: str) -> frozenset[str]:
        return frozenset(sorted(lossy(platform, tag))[1:])

    monkeypatch.setattr(Platform, "tagged", tagged)
    lines: list[str] = []
    assert story.run(tmp_path / "home", serve=False, say=lines.append, customers=600, clock=lambda: NOW) == 1
    assert any("WRONG: it holds exactly" in line for line in lines)
    gc.collect()

"""The demo's home is made afresh, and nothing is removed that a demo did not make."""

from pathlib import Path

import pytest

from hub.core.contracts.errors import InUse
from hub.demo.home import MARK, fresh_home


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def make_demo(folder: Path | None = None) -> Path:
    with fresh_home(folder) as home:
        (home / "hub.sqlite").write_text("what the demo made")
    return home


def test_the_usual_home_is_replaced_by_the_next_demo() -> None:
    home = make_demo()
    assert home == Path("demo-home")
    with fresh_home(None) as again:
        assert again == home
        assert not (home / "hub.sqlite").exists()


def test_naming_the_usual_home_replaces_it_too(tmp_path: Path) -> None:
    make_demo()
    with fresh_home(tmp_path / "demo-home") as again:
        assert not (again / "hub.sqlite").exists()


@pytest.mark.parametrize("exists", [True, False])
def test_an_empty_folder_is_taken(tmp_path: Path, exists: bool) -> None:
    folder = tmp_path / "mine" / "deeper"
    if exists:
        folder.mkdir(parents=True)
    with fresh_home(folder) as home:
        assert home == folder
        assert folder.is_dir()


def test_a_folder_with_anything_in_it_is_left_alone(tmp_path: Path) -> None:
    for name in ("mine", "demo-home"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "letter.txt").write_text("to keep")
        with pytest.raises(InUse, match="is not empty, and the demo removes nothing"), fresh_home(folder):
            pass
        assert (folder / "letter.txt").read_text() == "to keep"
    with pytest.raises(InUse, match="the folder demo-home is not empty"), fresh_home(None):
        pass
    assert (tmp_path / "demo-home" / "letter.txt").exists()


def test_an_earlier_demo_elsewhere_is_left_alone(tmp_path: Path) -> None:
    home = make_demo(tmp_path / "elsewhere")
    with pytest.raises(InUse, match="is not empty"), fresh_home(home):
        pass
    assert (home / "hub.sqlite").exists()


@pytest.mark.parametrize("content", ["", "mine\n", "\udcff"])
def test_a_file_that_only_has_the_marks_name_proves_nothing(content: str) -> None:
    home = Path("demo-home")
    home.mkdir()
    (home / MARK).write_text(content, errors="surrogateescape")
    with pytest.raises(InUse, match="is not empty"), fresh_home(None):
        pass
    assert (home / MARK).exists()


def test_a_link_is_never_followed(tmp_path: Path) -> None:
    elsewhere = make_demo(tmp_path / "elsewhere")
    Path("demo-home").symlink_to(elsewhere)
    with pytest.raises(InUse, match="is not a folder"), fresh_home(None):
        pass
    assert (elsewhere / "hub.sqlite").exists()


def test_a_file_is_no_home(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("to keep")
    with pytest.raises(InUse, match="is not a folder"), fresh_home(tmp_path / "file"):
        pass
    assert (tmp_path / "file").read_text() == "to keep"


def test_a_demo_that_runs_is_not_removed() -> None:
    with fresh_home(None) as home:
        (home / "hub.sqlite").write_text("in use")
        with pytest.raises(InUse, match="a demo is running in demo-home"), fresh_home(None):
            pass
        assert (home / "hub.sqlite").read_text() == "in use"

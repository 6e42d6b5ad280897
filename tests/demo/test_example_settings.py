"""The examples in ``config`` fit the hub they are for."""

import logging
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from hub.core.settings import FILE, EngineKind, HubSettings, load_settings

CONFIG = Path(__file__).parents[2] / "config"
SETTING = re.compile(r"^# (\w+) = (.+)$", re.MULTILINE)


@pytest.fixture(autouse=True)
def without_settings_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in HubSettings.model_fields:
        monkeypatch.delenv(f"HUB_{name.upper()}", raising=False)


def example() -> str:
    return (CONFIG / "hub.toml").read_text(encoding="utf-8")


def test_every_setting_is_shown_with_its_default() -> None:
    shown = tomllib.loads("\n".join(f"{name} = {value}" for name, value in SETTING.findall(example())))
    defaults = {name: field.default for name, field in HubSettings.model_fields.items()}
    assert list(shown) == list(defaults)
    assert HubSettings.model_validate(shown) == HubSettings.model_validate(defaults)


def test_the_example_is_a_settings_file_as_it_is_and_with_all_set(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(example(), encoding="utf-8")
    as_it_is = load_settings(tmp_path)
    (tmp_path / FILE).write_text(SETTING.sub(r"\1 = \2", example()), encoding="utf-8")
    assert load_settings(tmp_path).model_dump() == as_it_is.model_dump() == HubSettings().model_dump()


def test_the_settings_in_the_documentation_of_engines_are_settings(tmp_path: Path) -> None:
    page = (CONFIG.parent / "docs" / "engines.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?ms)^```toml hub\.toml\n(.*?)^```$", page)
    assert len(blocks) == 2
    engines = set()
    for block in blocks:
        (tmp_path / FILE).write_text(block, encoding="utf-8")
        given = load_settings(tmp_path)
        assert given.model_fields_set == set(tomllib.loads(block))
        engines.add(given.engine)
    told = re.findall(r"(?m)^\| `(\w+)` \|", page)
    assert told == list(EngineKind)
    assert engines == {EngineKind.DATABASE, EngineKind.SPARK}, "the other is the default"


def test_logging_writes_what_the_hub_does_to_a_file(tmp_path: Path) -> None:
    script = """
import logging, logging.config, sys
logging.config.fileConfig(sys.argv[1], disable_existing_loggers=False)
logging.getLogger("hub.core.sync.runner").info("sync Loyal ended")
logging.getLogger("hub.components.csv").info("a word of a plugin")
logging.getLogger("somebody.else").info("nothing of interest")
"""
    subprocess.run([sys.executable, "-c", script, str(CONFIG / "logging.ini")], cwd=tmp_path, check=True)
    lines = (tmp_path / "hub.log").read_text(encoding="utf-8").splitlines()
    assert [line.split(" ", 2)[2] for line in lines] == [
        "INFO hub.core.sync.runner: sync Loyal ended",
        "INFO hub.components.csv: a word of a plugin",
    ]
    assert all(logging.getLevelName(line.split(" ")[2]) == logging.INFO for line in lines)

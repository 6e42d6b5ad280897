"""Who knows whom, what starts without what, and that the core names no platform."""

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = ROOT / "hub" / "core"

HEAVY = {
    "adbc_driver_manager", "alembic", "duckdb", "fastapi", "httpx", "numpy", "pandas", "pyarrow", "pydantic",
    "sqlalchemy", "sqlmodel",
}  # fmt: skip

PLATFORMS = re.compile(
    r"\b(brevo|criteo|eventbrite|facebook|gatewayapi|google|hubspot|instagram|klaviyo|linkedin|mailchimp|mailgun|pinterest|"
    r"sendgrid|shopify|snapchat|telegram|tiktok|twilio|vonage|whatsapp|woocommerce)|messenger|viber",
    re.IGNORECASE,
)
CONSENT_CHANNELS = re.compile("messenger|viber", re.IGNORECASE)
"""Channels a customer consents to; the records must name those, and recipes say them."""
CHANNELS_ARE_NAMED_IN = {
    CORE / "contracts" / "records.py",
    CORE / "contracts" / "vocabularies.py",
    CORE / "segments" / "recipes.py",
}


def lint_imports(folder: Path) -> str:
    """What import-linter says, the whole of it."""
    # Without a cache, so that nothing it knew before decides.
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", script, "--no-cache", "--no-logo", "--config", ".importlinter"],
        cwd=folder,
        env={"PYTHONPATH": ":".join(map(str, (folder, *sorted((folder / "plugins").iterdir()))))},
        capture_output=True,
        text=True,
        check=False,
    ).stdout


def contracts() -> configparser.ConfigParser:
    found = configparser.ConfigParser()
    found.read(ROOT / ".importlinter")
    return found


def test_every_room_knows_only_what_it_may() -> None:
    said = lint_imports(ROOT)
    assert "0 broken" in said, said


OFFENCES = {
    "hub/cli/offence.py": "import hub.api.application",
    "hub/core/offence.py": "import hub.testing",
    "hub/core/store/offence.py": "import hub.core.segments",
    "hub/core/ingest/offence.py": "import hub.core.replica",
    "plugins/csv/hub_csv/offence.py": "import hub.core.contracts.records",
    "plugins/email/hub_email/offence.py": "import hub_csv",
    "hub/testing/offence.py": "import hub_mailchimp",
    "hub/core/segments/offence.py": "import pluggy",
    "hub/core/sync/offence.py": "import apscheduler.job",
    "hub/core/replica/offence.py": "import sqlglot",
}
"""One for each contract in ``.importlinter``, in its order."""


def test_every_contract_can_be_broken(tmp_path: Path) -> None:
    for name in ("hub", "plugins"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "tests"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    for file, line in OFFENCES.items():
        (tmp_path / file).write_text(line + "\n")
    said = lint_imports(tmp_path)
    names = [section["name"] for title, section in contracts().items() if ":contract:" in title]
    assert len(names) == len(OFFENCES)
    unbroken = [name for name in names if not re.search(rf"{re.escape(name)} BROKEN", said)]
    assert unbroken == [], said


def test_every_plugin_is_held_to_the_contracts() -> None:
    plugins = {folder.name for folder in ROOT.glob("plugins/*/hub_*")}
    found = contracts()
    assert plugins == {name for name in found["importlinter"]["root_packages"].split() if name != "hub"}
    for contract, option in (
        ("plugins", "source_modules"),
        ("islands", "modules"),
        ("open", "forbidden_modules"),
    ):
        assert set(found[f"importlinter:contract:{contract}"][option].split()) == plugins
    for contract in ("pluggy", "apscheduler"):
        assert set(found[f"importlinter:contract:{contract}"]["source_modules"].split()) == plugins | {"hub"}


def test_the_core_names_no_platform() -> None:
    named = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in CORE.rglob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        for match in PLATFORMS.finditer(line)
        if not (path in CHANNELS_ARE_NAMED_IN and CONSENT_CHANNELS.fullmatch(match.group()))
    ]
    assert named == []


@pytest.mark.parametrize("module", ["hub", "hub.cli"])
def test_nothing_heavy_is_imported_at_the_start(module: str) -> None:
    report = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", f"import {module}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    imported = {line.rsplit("|", 1)[1].strip().split(".")[0] for line in report.splitlines() if "|" in line}
    assert {"hub", "pluggy"} <= imported
    assert imported & HEAVY == set()

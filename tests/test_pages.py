"""The pages about the whole tell of all of it: each page is linked, each room and migration is explained."""

import re
from dataclasses import fields
from pathlib import Path

from hub.core.contracts.relations import Relations

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
CORE = ROOT / "hub" / "core"
ARCHITECTURE = (DOCS / "architecture.md").read_text(encoding="utf-8")


def test_every_page_is_in_the_index_and_in_the_readme() -> None:
    pages = {page.stem for page in DOCS.glob("*.md")} - {"index"}
    (listed,) = re.findall(r"(?s)```{toctree}\n.*?\n\n(.*?)```", (DOCS / "index.md").read_text(encoding="utf-8"))
    assert set(listed.split()) == pages
    assert set(re.findall(r"\(docs/(\w+)\.md\)", (ROOT / "README.md").read_text(encoding="utf-8"))) == pages


def test_every_room_that_the_page_names_is_there() -> None:
    named = re.findall(r"(?m)^\| `(hub/[\w/.]+)`", ARCHITECTURE)
    assert len(named) >= 10
    assert [room for room in named if not (ROOT / room).exists()] == []


def test_every_migration_is_explained() -> None:
    versions = {file.stem.split("_")[0] for file in (CORE / "store" / "migrations" / "versions").glob("0*.py")}
    assert set(re.findall(r"(?m)^\| `(\d{4})` \|", ARCHITECTURE)) == versions
    assert f"in the room of the contracts: {len(fields(Relations))} tables" in ARCHITECTURE

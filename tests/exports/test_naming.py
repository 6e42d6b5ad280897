"""A source's folder has a name that every file system takes, and an import is told the source's own."""

import shlex

from hypothesis import given
from hypothesis import strategies as st

from hub.core.exports.data import DataFile
from hub.core.exports.instructions import instructions
from hub.core.exports.naming import folder_names


@given(st.lists(st.text(min_size=1, max_size=100), unique=True))
def test_every_source_has_a_folder_of_its_own(sources: list[str]) -> None:
    folders = folder_names(sources)
    assert list(folders) == sources
    assert len({folder.casefold() for folder in folders.values()}) == len(sources)
    for folder in folders.values():
        assert folder
        assert not set(folder) & set('./\\:*?"<>| \0')
        assert len(folder) < 100


def test_a_plain_name_stays() -> None:
    assert folder_names(["shop", "Kasse/1", "..", "SHOP"]) == {
        "shop": "shop", "Kasse/1": "Kasse_1", "..": "__", "SHOP": "SHOP-2",
    }  # fmt: skip


def test_instructions_are_commands_in_the_order_of_imports() -> None:
    source = "it's; rm -rf"
    files = [DataFile(source, "a", kind, iter(())) for kind in ("tags", "customers", "companies")]
    commands = [shlex.split(line) for line in instructions(files).splitlines() if line.startswith("hub import")]
    assert [command[3] for command in commands] == ["a/companies.csv", "a/customers.csv", "a/tags.csv"]
    assert {command[command.index("--source") + 1] for command in commands} == {source}

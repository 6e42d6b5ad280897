"""docs/language.md and the language, tested against each other: every example, criterion and parameter."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hub import Criterion
from hub.core.contracts.errors import DefinitionError
from hub.core.contracts.parameters import DateTest, NumberTest, OneOf, TextTest
from hub.core.contracts.records import ConsentChannel
from hub.core.criteria import hub_criteria
from hub.core.registry import Registry
from hub.core.segments.definition import DEEPEST, MOST_NODES, criteria_of, load
from hub.core.segments.language import Language, render_error
from hub.core.segments.language.clauses import clauses_of, words_in
from hub.core.segments.membership import InSegment
from hub.core.segments.references.graph import DEEPEST_THROUGH_SEGMENTS, MOST_IN_A_ROW

PAGE = (Path(__file__).parents[3] / "docs" / "language.md").read_text(encoding="utf-8")
EXAMPLES = [
    line for block in re.findall(r"(?ms)^```text\n(.*?)^```$", PAGE) for line in block.splitlines() if line
]
SECTIONS = dict(re.findall(r"(?ms)^### `(\w+)`\n(.*?)(?=^##|\Z)", PAGE))
CRITERIA: list[type[Criterion[Any]]] = [*hub_criteria(), InSegment]
MISTAKES = re.findall(r"(?ms)^```console\n\$ hub segment create Guests '(.*?)'\nError: [^\n]*\n(.*?)\n```$", PAGE)


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_is_understood(text: str, language: Language) -> None:
    tree = language.parse(text)
    assert language.parse(language.print(tree)) == tree
    assert language.describe(tree)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 80
    assert len(MISTAKES) >= 2


def test_every_criterion_is_documented_under_its_name_with_examples_of_its_own(language: Language) -> None:
    assert list(SECTIONS) == [one.name for one in CRITERIA]
    for name, section in SECTIONS.items():
        blocks = re.findall(r"(?ms)^```text\n(.*?)^```$", section)
        spoken = {node.criterion for block in blocks for line in block.splitlines()
                  for node in criteria_of(language.parse(line))}  # fmt: skip
        assert spoken == {name}


def test_every_criterion_of_this_installation_says_what_it_is() -> None:
    criteria = Registry.load().criteria()
    assert {criterion.name for criterion in hub_criteria()} <= {criterion.name for criterion in criteria}
    for criterion in criteria:
        assert criterion.label
        assert criterion.help
        assert criterion.parameters_model.model_fields
        for name, field in criterion.parameters_model.model_fields.items():
            assert field.description, f"{criterion.name}.{name}"


def test_every_parameter_alias_channel_and_test_is_on_the_page() -> None:
    programs = PAGE.partition("## The form for programs")[2]
    rows: dict[str, str] = {}
    for names, fields in re.findall(r"(?m)^\| (`[^|]+`) \| (.+) \|$", programs):
        rows |= dict.fromkeys(re.findall(r"`(\w+)`", names), fields)
    for criterion in CRITERIA:
        wanted = set(criterion.parameters_model.model_fields)
        assert set(_parameters_in(rows[criterion.name])) == wanted, criterion.name
        assert all(f"`{alias}`" in SECTIONS[criterion.name] for alias in criterion.aliases)
    for kind, label in (
        (NumberTest, "a number"),
        (DateTest, "a day"),
        (OneOf, "one text"),
        (TextTest, "many texts"),
    ):
        (row,) = re.findall(rf"(?m)^\| of {label} \| (.+) \|$", programs)
        assert set(re.findall(r"`(\w+)`", row)) == set(kind.model_fields)
    assert all(f"`{channel}`" in SECTIONS["consent"] for channel in ConsentChannel)


def _parameters_in(row: str) -> Iterator[str]:
    """The names before each colon; those that share a description stand in a row, joined by commas."""
    for names in re.findall(r"((?:`\w+`, )*`\w+`):", row):
        yield from re.findall(r"`(\w+)`", names)


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda criterion: criterion.name)
def test_every_word_of_a_criterion_is_in_its_section(criterion: type[Criterion[Any]], language: Language) -> None:
    section = SECTIONS[criterion.name]
    for clause in clauses_of(criterion()):
        spoken = [*clause.keyword.split(), *(words_in(clause.said) if clause.is_word else ())]
        assert [word for word in spoken if not re.search(rf"`[^`]*\b{word}\b[^`]*`", section)] == [], clause.field


def test_the_form_for_programs_is_the_form_of_the_text_above_it(language: Language) -> None:
    ((text, tree),) = re.findall(r"(?ms)^```text\n([^\n]*)\n```\n\n```json\n(.*?)^```$", PAGE)
    assert load(json.loads(tree)) == language.parse(text)


@pytest.mark.parametrize(("text", "shown"), MISTAKES)
def test_every_mistake_is_answered_as_shown(text: str, shown: str, language: Language) -> None:
    with pytest.raises(DefinitionError) as caught:
        language.parse(text)
    assert render_error(text, caught.value) == shown


def test_what_the_page_says_of_precedence_and_size_is_so(language: Language) -> None:
    first, second, third = re.findall(r'(?m)^(\(?tag "vip" or .*age < 30\)?)$', PAGE)
    assert language.parse(first) == language.parse(second) != language.parse(third)
    assert language.parse('not tag "press" or orders >= 10') == language.parse('(not tag "press") or orders >= 10')
    assert f"nested {DEEPEST} levels deep and hold {MOST_NODES:,} criteria" in PAGE
    assert f"Up to {MOST_IN_A_ROW} segments may stand in a row" in PAGE
    assert f"nested {DEEPEST_THROUGH_SEGMENTS} levels deep. See" in PAGE

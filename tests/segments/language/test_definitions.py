"""Definitions as JSON: what is read, what is refused and how it is said."""

import json
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from hub import DefinitionError
from hub.core.segments.definition import (
    DEEPEST,
    EVERYONE,
    MOST_NODES,
    NOBODY,
    AllOf,
    CriterionNode,
    Definition,
    NoneOf,
    Tree,
    canonical,
    criteria_of,
    load,
)
from hub.core.segments.language import Language

LEAF = {"criterion": "orders", "parameters": {"number": {"at_least": 3}}}


def nested(levels: int, leaf: Any = LEAF, key: str = "none_of") -> Any:
    for _ in range(levels - 1):
        leaf = {key: [leaf]}
    return leaf


def test_reads_all_four_forms() -> None:
    tree = load({"all_of": [LEAF, {"any_of": []}, {"none_of": [LEAF]}]})
    leaf = CriterionNode(criterion="orders", parameters={"number": {"at_least": 3}})
    assert tree == AllOf(all_of=(leaf, NOBODY, NoneOf(none_of=(leaf,))))
    assert load(json.dumps({"all_of": []})) == EVERYONE
    assert list(criteria_of(tree)) == [leaf, leaf]


def test_the_deepest_tree_works_and_one_deeper_is_refused(language: Language) -> None:
    deepest = load(nested(DEEPEST))
    assert language.parse(language.print(deepest)) == deepest
    mixed: Tree = load(LEAF)
    for _ in range(DEEPEST - 1):
        mixed = NoneOf(none_of=(mixed, load(LEAF)))
    assert language.parse(language.print(mixed)) == mixed
    assert language.describe(mixed)
    with pytest.raises(DefinitionError, match="nested too deeply"):
        load(nested(DEEPEST + 1))


@pytest.mark.parametrize("levels", [500, 5_000, 200_000])
@pytest.mark.parametrize("key", ["all_of", "any_of", "none_of"])
def test_deep_trees_are_refused_in_words(levels: int, key: str) -> None:
    with pytest.raises(DefinitionError, match="nested too deeply: 100 levels are the most"):
        load(nested(levels, key=key))
    with pytest.raises(DefinitionError, match="nested too deeply: 100 levels are the most"):
        load(f'{{"{key}":[' * levels + json.dumps(LEAF) + "]}" * levels)


def test_deep_trees_made_in_python_are_refused(language: Language) -> None:
    tree: Tree = load(LEAF)
    for _ in range(2_000):
        tree = NoneOf(none_of=(tree,))
    for walk in (canonical, language.print, language.describe, language.catalogue.normalise, load):
        with pytest.raises(DefinitionError, match="nested too deeply"):
            walk(tree)


def test_a_model_refuses_a_deep_definition() -> None:
    class Request(BaseModel):
        definition: Definition

    assert Request.model_validate({"definition": nested(3)}).definition == load(nested(3))
    with pytest.raises(ValidationError, match="nested too deeply"):
        Request.model_validate({"definition": nested(500)})
    assert "oneOf" in json.dumps(Request.model_json_schema())


def test_large_trees() -> None:
    load({"any_of": [LEAF] * (MOST_NODES - 1)})
    with pytest.raises(DefinitionError, match="too large: 1,000"):
        load({"any_of": [LEAF] * MOST_NODES})


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "give one of all_of, any_of, none_of or criterion"),
        (3, "give one of"),
        ("{", "this is not JSON"),
        ("[]", "give one of"),
        ({"all_of": [LEAF, {"orders": 3}]}, "at all_of[1]: give one of"),
        ({"all_of": LEAF}, "at all_of"),
        ({"all_of": [], "any_of": []}, "at any_of"),
        ({"all_of": [{**LEAF, "not": True}]}, "at all_of[0].not"),
        ({"criterion": 3}, "at criterion"),
        ({"criterion": "x", "parameters": []}, "at parameters"),
        ({"criterion": "x", "parameters": {"a": object()}}, "texts, numbers"),
        ({"criterion": "x", "parameters": {"a": float("nan")}}, "texts, numbers"),
        ({"criterion": "x", "parameters": {"a": ["\ud800"]}}, "texts, numbers"),
        ({"criterion": "x", "parameters": nested(50)}, "parameters are nested too deeply"),
    ],
)
def test_says_what_is_no_definition(value: object, said: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        load(value)
    assert said in str(caught.value)


def test_a_plugin_that_is_gone_loads_but_cannot_be_asked(language: Language) -> None:
    tree = load({"all_of": [{"criterion": "shoe_size", "parameters": {"any": ["thing", 1.5]}}, LEAF]})
    assert canonical(tree) == tree
    with pytest.raises(DefinitionError, match="no criterion `shoe_size`") as caught:
        language.print(tree)
    assert "plugin" in caught.value.hint


@pytest.mark.parametrize(
    ("node", "said"),
    [
        ({"criterion": "order"}, "there is no criterion `order`"),
        ({"criterion": "orders"}, "`orders`: number: this parameter is needed"),
        ({"criterion": "orders", "parameters": {"n": 1}}, "number: this parameter is needed"),
        ({"criterion": "orders", "parameters": {"number": {}}}, "number: give exactly one of at_least"),
        ({"criterion": "orders", "parameters": {"number": {"at_least": 1, "at_most": 2}}}, "exactly one of"),
        ({"criterion": "orders", "parameters": {"number": {"between": [5, 2]}}}, "write between 2 and 5"),
        ({"criterion": "orders", "parameters": {"number": {"at_least": True}}}, "write a number"),
        ({"criterion": "orders", "parameters": {"number": {"at_least": 10**13}}}, "write a number between"),
        ({"criterion": "orders", "parameters": {"number": {"at_least": "1.23456"}}}, "at most 4 decimals"),
        ({"criterion": "orders", "parameters": {"number": {"at_least": "nan"}}}, "number.at_least"),
        ({"criterion": "registered", "parameters": {"when": {"on": "2023-02-29"}}}, "there is no day 2023-02-29"),
        ({"criterion": "registered", "parameters": {"when": {"on": 19000}}}, "write a date as"),
        ({"criterion": "registered", "parameters": {"when": {"within_days": True}}}, "when.within_days"),
        (
            {"criterion": "registered", "parameters": {"when": {"within_days": 10_000_000}}},
            "too large: 100,000 is the most",
        ),
        ({"criterion": "registered", "parameters": {"when": {"within_days": -1}}}, "too small: 0 is the least"),
        ({"criterion": "tag", "parameters": {"tags": {"any_of": []}}}, "tags.any_of"),
        ({"criterion": "tag", "parameters": {"tags": {"any_of": [""]}}}, "the text is empty"),
        ({"criterion": "tag", "parameters": {"tags": {"any_of": ["a\0"]}}}, "no database keeps it"),
        ({"criterion": "tag", "parameters": {"tags": {"any_of": ["a"] * 10_001}}}, "10,000 entries are the most"),
        (
            {"criterion": "country", "parameters": {"codes": {"is_in": ["Germany"]}}},
            '"Germany" is no country code',
        ),
        ({"criterion": "consent", "parameters": {"permission": "x", "channel": "fax"}}, "channel"),
    ],
)
def test_binding_names_criterion_field_and_mend(language: Language, node: Any, said: str) -> None:
    tree = load(node)
    assert isinstance(tree, CriterionNode)
    with pytest.raises(DefinitionError) as caught:
        language.catalogue.bind(tree)
    assert said in str(caught.value)
    assert f"`{node['criterion']}`" in str(caught.value)
    assert caught.value.hint


def test_ten_thousand_values(language: Language) -> None:
    texts = [f"Stadt {number}" for number in range(10_000)]
    tree = load({"criterion": "city", "parameters": {"names": {"is_in": texts}}})
    assert language.parse(language.print(tree)) == tree

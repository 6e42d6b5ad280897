"""What is written reads back the same, for every criterion and any parameters."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import Criterion, DateTest, NumberTest, OneOf, TextTest
from hub.core.criteria import hub_criteria
from hub.core.segments.binding import Catalogue, written
from hub.core.segments.definition import (
    EVERYONE,
    NOBODY,
    AllOf,
    AnyOf,
    CriterionNode,
    NoneOf,
    Tree,
    canonical,
    dump,
    load,
)
from hub.core.segments.language import Language
from tests.criteria.invented import parameters

NUMBERS = st.decimals(-(10**12), 10**12, places=4) | st.integers(-5, 10**12).map(Decimal)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)
DAYS = st.integers(0, 100_000)


def one_form(model: Any, values: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    assert set(values) == set(model.model_fields)
    forms = [st.tuples(st.just(form), value) for form, value in values.items()]
    return st.one_of(forms).map(lambda form: model.model_validate(dict([form])))


def pairs(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(values, values).map(lambda both: tuple(sorted(both)))


LISTS = st.lists(TEXTS, min_size=1, max_size=4)
SINGLE = ("at_least", "at_most", "more_than", "less_than", "exactly")
AGO = ("within_days", "exactly_days_ago", "not_within_days", "more_than_days_ago")
VALUES: dict[type, st.SearchStrategy[Any]] = {
    NumberTest: one_form(NumberTest, {**dict.fromkeys(SINGLE, NUMBERS), "between": pairs(NUMBERS)}),
    DateTest: one_form(
        DateTest,
        {
            **dict.fromkeys(AGO, DAYS),
            **dict.fromkeys(("before", "after", "on"), st.dates()),
            "between": pairs(st.dates()),
        },
    ),
    OneOf: one_form(OneOf, {"is_in": LISTS, "not_in": LISTS}),
    TextTest: one_form(TextTest, {"any_of": LISTS, "all_of": LISTS, "none_of": LISTS}),
    str: TEXTS,
    bool: st.booleans(),
    NoneType: st.none(),
}
# Criteria that refuse some of what their fields can hold: what they may be asked with is known elsewhere.
CHOOSY = {
    name: parameters(date(2024, 2, 29))[name]
    for name in ("country", "language", "orders", "birthday", "distance", "company", "field", "ticket_for")
}


def values_of(annotation: Any) -> st.SearchStrategy[Any]:
    kinds = [get_args(kind)[0] if get_origin(kind) is Annotated else kind for kind in get_args(annotation)]
    kinds = kinds or [annotation]
    choices: list[st.SearchStrategy[Any]] = [
        st.sampled_from(kind) if issubclass(kind, StrEnum) else VALUES[kind] for kind in kinds
    ]
    return st.one_of(choices)


def nodes_of(criterion: type[Criterion[Any]]) -> st.SearchStrategy[Tree]:
    if criterion.name in CHOOSY:
        return CHOOSY[criterion.name].map(
            lambda asked: CriterionNode(criterion=criterion.name, parameters=written(asked))
        )
    model = criterion.parameters_model
    values = {name: values_of(field.annotation) for name, field in model.model_fields.items()}
    return st.fixed_dictionaries(values).map(
        lambda given: CriterionNode(criterion=criterion.name, parameters=written(model.model_validate(given)))
    )


def groups(below: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    children = st.lists(below, max_size=4)
    return st.one_of(
        st.builds(AllOf, all_of=children), st.builds(AnyOf, any_of=children), st.builds(NoneOf, none_of=children)
    )


NODES = st.one_of([nodes_of(criterion) for criterion in hub_criteria()])
TREES = st.recursive(NODES | st.sampled_from([EVERYONE, NOBODY]), groups, max_leaves=12)
SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(tree=TREES)
@SETTINGS
def test_text_reads_back_as_the_same_tree(language: Language, tree: Tree) -> None:
    text = language.print(tree)
    assert "\n" not in text
    assert language.parse(text) == canonical(tree)
    assert language.print(language.parse(text)) == text
    assert language.describe(tree).split(" ")[0] in ("customers", "all", "no")


@given(tree=TREES)
@SETTINGS
def test_json_reads_back_as_the_same_tree(language: Language, tree: Tree) -> None:
    assert load(dump(tree)) == tree
    normal = language.catalogue.normalise(tree)
    assert language.catalogue.normalise(normal) == normal == canonical(tree)


@given(tree=TREES)
@SETTINGS
def test_canonical_form_has_no_needless_group(tree: Tree) -> None:
    def check(node: Tree) -> None:
        match node:
            case AllOf(all_of=below) | AnyOf(any_of=below):
                assert len(below) != 1
            case NoneOf(none_of=below):
                assert below
                assert not any(isinstance(child, AnyOf) for child in below)
            case _:
                return
        for child in below:
            check(child)

    check(canonical(tree))


@pytest.mark.parametrize("criterion", hub_criteria(), ids=lambda criterion: criterion.name)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_key_is_the_same_for_the_same_question(criterion: type[Criterion[Any]], data: st.DataObject) -> None:
    first, second = data.draw(nodes_of(criterion)), data.draw(nodes_of(criterion))
    assert isinstance(first, CriterionNode)
    assert isinstance(second, CriterionNode)
    bind = Catalogue([criterion()]).bind
    assert bind(first).key == bind(CriterionNode.model_validate(dump(first))).key
    if bind(first).key == bind(second).key:
        assert set(str(first.parameters)) == set(str(second.parameters))


def test_key_ignores_the_order_of_texts_and_the_form_of_numbers() -> None:
    catalogue = Catalogue([criterion() for criterion in hub_criteria()])

    def key(name: str, **parameters: Any) -> str:
        return catalogue.bind(CriterionNode(criterion=name, parameters=parameters)).key

    assert key("tag", tags={"any_of": ["a", "b"]}) == key("tag", tags={"any_of": ["b", "a", "b"]})
    assert key("tag", tags={"any_of": ["a", "b"]}) != key("tag", tags={"all_of": ["a", "b"]})
    assert key("orders", number={"at_least": 3}) == key("orders.count", number={"at_least": "3.00"})
    assert key("orders", number={"at_least": 3}) != key("tickets", number={"at_least": 3})
    assert key("orders", number={"at_least": 3}) != key("orders", number={"at_least": 30})
    assert key("country", codes={"is_in": ["de"]}) == key("country", codes={"is_in": ["DE"]})
    between = {"between": ["2024-01-01", str(date(2024, 2, 1))]}
    assert key("registered", when=between) == key("registered", when=dict(between))

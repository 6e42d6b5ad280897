"""What is written reads back: for any tree over all criteria, as text and as JSON."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.contracts.errors import DefinitionError
from hub.core.contracts.records import ConsentChannel
from hub.core.criteria import hub_criteria
from hub.core.criteria.bought import Kind
from hub.core.segments.definition import (
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

# Any script, half of them with what quoting must get right; no half characters and no code 0, which are refused.
SCRIPT = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
CHARACTERS = st.one_of(SCRIPT, st.sampled_from("\"'\\\n\r\tnrt\x0b\u0085\u2028“”(),"))
TEXT = st.text(CHARACTERS, min_size=1, max_size=12) | st.just("x" * 500)
TEXTS = st.lists(TEXT, min_size=1, max_size=4)
NUMBER = st.one_of(
    st.integers(-(10**12), 10**12),
    st.decimals(-(10**12), 10**12, places=4, allow_nan=False).map(lambda number: format(number, "f")),
    st.decimals(-10, 10, places=2).map(str),
    st.floats(-1000, 1000).map(lambda number: round(number, 2)),
)
DAYS = st.integers(0, 100_000)
DAY = st.dates().map(date.isoformat)


def forms(single: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of([st.fixed_dictionaries({name: values}) for name, values in single.items()])


def pairs(values: st.SearchStrategy[Any], key: Any) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, min_size=2, max_size=2).map(lambda pair: sorted(pair, key=key))


NUMBER_TEST = forms(
    dict.fromkeys(("at_least", "at_most", "more_than", "less_than", "exactly"), NUMBER)
    | {"between": pairs(NUMBER, lambda number: Decimal(str(number)))}
)
DATE_TEST = forms(
    dict.fromkeys(("within_days", "exactly_days_ago", "not_within_days", "more_than_days_ago"), DAYS)
    | dict.fromkeys(("before", "after", "on"), DAY)
    | {"between": pairs(DAY, str)}
)
ONE_OF = forms({"is_in": TEXTS, "not_in": TEXTS})
TEXT_TEST = forms({"any_of": TEXTS, "all_of": TEXTS, "none_of": TEXTS})
CODES = st.lists(st.text("ABCXYZabcxyz", min_size=2, max_size=2), min_size=1, max_size=3)
ONE_NUMBER = dict.fromkeys(("tickets", "orders"), st.fixed_dictionaries({"number": NUMBER_TEST}))
ONE_AMOUNT = dict.fromkeys(("revenue", "average_order"), st.fixed_dictionaries({"amount": NUMBER_TEST}))
ONE_DAY = dict.fromkeys(
    ("last_purchase", "first_purchase", "registered"), st.fixed_dictionaries({"when": DATE_TEST})
)
ONE_PLACE = dict.fromkeys(("region", "city", "postcode"), st.fixed_dictionaries({"names": ONE_OF}))
PARAMETERS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    **ONE_NUMBER,
    **ONE_AMOUNT,
    **ONE_DAY,
    **ONE_PLACE,
    "age": st.fixed_dictionaries({"age": NUMBER_TEST}, optional={"known_only": st.booleans()}),
    "consent": st.fixed_dictionaries(
        {"permission": TEXT}, optional={"channel": st.sampled_from([*map(str, ConsentChannel), None])}
    ),
    "tag": st.fixed_dictionaries({"tags": TEXT_TEST}),
    "country": st.fixed_dictionaries({"codes": forms({"is_in": CODES, "not_in": CODES})}),
    "bought": st.fixed_dictionaries(
        {"kind": st.sampled_from([*map(str, Kind)]), "names": TEXT_TEST},
        optional={"when": DATE_TEST | st.none()},
    ),
}
NODES = st.sampled_from(sorted(PARAMETERS)).flatmap(
    lambda name: PARAMETERS[name].map(lambda values: CriterionNode(criterion=name, parameters=values))
)
TREES: st.SearchStrategy[Tree] = st.recursive(
    NODES,
    lambda below: st.one_of(
        st.lists(below, max_size=3).map(lambda parts: AllOf(all_of=tuple(parts))),
        st.lists(below, max_size=3).map(lambda parts: AnyOf(any_of=tuple(parts))),
        st.lists(below, max_size=3).map(lambda parts: NoneOf(none_of=tuple(parts))),
    ),
    max_leaves=6,
)


def test_no_criterion_is_left_out() -> None:
    assert set(PARAMETERS) == {criterion.name for criterion in hub_criteria()}


@settings(max_examples=300, deadline=None)
@given(raw=TREES)
def test_what_is_written_reads_back(language: Language, raw: Tree) -> None:
    tree = language.catalogue.normalise(raw)
    text = language.print(tree)
    assert language.parse(text) == tree
    assert language.print(language.parse(text)) == text
    assert language.print(raw) == text
    assert not set(text) & set("\n\r\t")
    assert text.strip() == text


@settings(max_examples=100, deadline=None)
@given(raw=TREES)
def test_json_reads_back_and_means_the_same(language: Language, raw: Tree) -> None:
    assert load(dump(raw)) == raw
    assert load(json.dumps(dump(raw))) == raw
    assert load(json.dumps(dump(raw), ensure_ascii=False).encode()) == raw
    tree = language.catalogue.normalise(raw)
    assert load(dump(tree)) == tree
    assert language.catalogue.normalise(tree) == tree
    assert canonical(tree) == tree


@settings(max_examples=100, deadline=None)
@given(raw=TREES)
def test_every_tree_is_said_as_one_sentence(language: Language, raw: Tree) -> None:
    said = language.describe(raw)
    assert said.startswith(("customers ", "all customers", "no customers"))
    assert said == language.describe(language.catalogue.normalise(raw))


WRITTEN = {
    "orders at least 3": "orders >= 3",
    "ORDERS.COUNT = 2.50": "orders = 2.5",
    "(((orders > 3)))": "orders > 3",
    "last_purchase within the last 1 days": "last_purchase within 1 day",
    "tag any of ('vip')": 'tag "vip"',
    "tag 'say \"hi\"'": r'tag "say \"hi\""',
    'country = "de"': 'country in ("DE")',
    'city != "Bremen"': 'city not in ("Bremen")',
    "age<30 known  only": "age < 30 known only",
    "orders > 3 or age < 30 and orders = 1": "orders > 3 or (age < 30 and orders = 1)",
    "not (orders > 3)": "not orders > 3",
    "not (orders > 3 or age < 30)": "not (orders > 3 or age < 30)",
    "not (orders > 3 and age < 30)": "not (orders > 3 and age < 30)",
    "not nobody": "everyone",
}


@pytest.mark.parametrize(("text", "written"), WRITTEN.items(), ids=WRITTEN)
def test_one_way_of_writing(text: str, written: str, language: Language) -> None:
    assert language.print(language.parse(text)) == written


SENTENCES = {
    "orders >= 3": "customers who placed at least 3 orders",
    "orders = 1": "customers who placed exactly 1 order",
    "not orders >= 3": "all customers but not those who placed at least 3 orders",
    "orders >= 3 and not (age < 30 or tag 'vip')": (
        "customers who placed at least 3 orders, but not those who are less than 30 years old (or gave no date of "
        "birth) or those who have the tag “vip”"
    ),
    "last_purchase within 60 days or nobody": "customers who last bought within the last 60 days or of no kind",
    "(orders >= 3 or tickets > 5) and city = 'Ulm'": (
        "customers (who placed at least 3 orders or who bought more than 5 tickets) and "
        "who have a city that is Ulm"
    ),
    "everyone": "all customers",
    "nobody": "no customers",
}


@pytest.mark.parametrize(("text", "said"), SENTENCES.items(), ids=SENTENCES)
def test_said_for_people(text: str, said: str, language: Language) -> None:
    assert language.describe(language.parse(text)) == said


def test_a_tree_of_a_plugin_that_is_gone_is_kept_but_not_written(language: Language) -> None:
    gone = {"criterion": "zodiac", "parameters": {"sign": [1, {"x": None}]}}
    tree = load({"all_of": [gone, {"criterion": "orders", "parameters": {"number": {"at_least": 3}}}]})
    assert load(dump(tree)) == tree
    for say in (language.print, language.describe):
        with pytest.raises(DefinitionError, match="there is no criterion `zodiac`") as caught:
            say(tree)
        assert "plugin installed and enabled" in caught.value.hint

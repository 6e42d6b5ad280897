"""What is written reads back: for any tree over all criteria, as text and as JSON."""

import json
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.contracts.errors import DefinitionError
from hub.core.contracts.records import AccountKind, AccountStatus, ConsentChannel, OrderStatus
from hub.core.criteria import hub_criteria
from hub.core.criteria.bought import Kind
from hub.core.criteria.gender import Genders
from hub.core.criteria.sales_channel import Through
from hub.core.criteria.subscription import State
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

Values: TypeAlias = st.SearchStrategy[dict[str, Any]]

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
STATUSES = forms(
    dict.fromkeys(("is_in", "not_in"), st.lists(st.sampled_from([*map(str, OrderStatus)]), min_size=1))
)
IN_TIME = {"when": DATE_TEST | st.none()}
CHANNEL = st.sampled_from([*map(str, ConsentChannel)])


def of(*, optional: dict[str, st.SearchStrategy[Any]] | None = None, **needed: st.SearchStrategy[Any]) -> Values:
    return st.fixed_dictionaries(dict[str, Any](needed), optional=dict[str, Any](optional or {}))


def words(kind: type[StrEnum]) -> st.SearchStrategy[str]:
    return st.sampled_from([*map(str, kind)])


def one_of_these(**choices: st.SearchStrategy[Any]) -> Values:
    return st.one_of([st.fixed_dictionaries({name: value}) for name, value in choices.items()])


def both(one: Values, other: Values) -> Values:
    return st.tuples(one, other).map(lambda pair: pair[0] | pair[1])


PARAMETERS: dict[str, Values] = {
    "age": of(age=NUMBER_TEST, optional={"known_only": st.booleans()}),
    "birthday": one_of_these(today=st.just(True), this_month=st.just(True), days=st.integers(0, 366)),
    "gender": of(who=words(Genders), optional={"derived": st.booleans()}),
    "language": of(codes=forms({"is_in": CODES, "not_in": CODES})),
    "country": of(codes=forms({"is_in": CODES, "not_in": CODES})),
    **dict.fromkeys(("region", "city", "postcode"), of(names=ONE_OF)),
    "distance": both(
        of(kilometres=NUMBER_TEST, optional={"unknown": st.booleans()}),
        one_of_these(venue=TEXT, point=st.just("-52.520, 013.4")),
    ),
    "tickets": of(number=NUMBER_TEST, optional=IN_TIME),
    "events": of(number=NUMBER_TEST, optional=IN_TIME),
    "orders": of(number=NUMBER_TEST, optional={**IN_TIME, "statuses": STATUSES}),
    "revenue": of(amount=NUMBER_TEST, optional=IN_TIME),
    "average_order": of(amount=NUMBER_TEST, optional=IN_TIME),
    **dict.fromkeys(("last_purchase", "first_purchase", "registered"), of(when=DATE_TEST)),
    "bought": of(kind=words(Kind), names=TEXT_TEST, optional=IN_TIME),
    "ticket_for": both(
        of(
            optional={
                **dict.fromkeys(("category", "production", "venue", "organiser", "event"), ONE_OF),
                "title": TEXT,
            }
        ),
        one_of_these(back=DAYS, at_any_time=st.booleans(), first_day=DAY, last_day=DAY),
    ),
    "lead_time": of(days=NUMBER_TEST, optional=IN_TIME),
    "sales_channel": of(through=words(Through), optional=IN_TIME),
    "abandoned_cart": of(optional={**IN_TIME, "value": NUMBER_TEST}),
    "subscription": of(state=words(State), optional={"names": ONE_OF}),
    "account": of(kind=words(AccountKind)),
    "account_status": of(status=words(AccountStatus)),
    "company": of(
        optional={
            **dict.fromkeys(("names", "vat_numbers", "cities"), ONE_OF),
            "countries": forms({"is_in": CODES}),
        }
    ),
    "consent": of(permission=TEXT, optional={"channel": CHANNEL | st.none(), "missing": st.booleans()}),
    "reachable": of(channel=CHANNEL, optional={"permission": TEXT}),
    "tag": of(tags=TEXT_TEST),
    "group": of(groups=TEXT_TEST),
    "field": both(
        of(name=TEXT),
        one_of_these(
            number=NUMBER_TEST, text=ONE_OF, choice=ONE_OF, day=DATE_TEST, yes=st.just(True), no=st.just(True)
        ),
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
    "lead_time at most 2": "lead_time <= 2 days",
    "lead_time exactly 1 days": "lead_time = 1 day",
    "ticket_for back 30": "ticket_for back 30 days",
    "birthday within next 1 days": "birthday within next 1 day",
    "distance at most 30 from 'Oper'": 'distance <= 30 km from "Oper"',
    "distance <= 1 km from point '52.52,13.405' including unknown": (
        'distance <= 1 km from point "52.52, 13.405" including unknown'
    ),
    "orders > 1 with status = 'paid' within the last 9 days": 'orders > 1 with status in ("paid") within 9 days',
    "consent  NONE 'a'": 'consent none "a"',
    "company vat  number = 'DK1'": 'company vat number in ("DK1")',
    "language = 'DE-at'": 'language in ("de-at")',
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
    "gender both derived": "customers who are women or men (also by title or first name)",
    "lead_time <= 2 days": "customers who bought at most 2 days before an event",
    "sales_channel both within 7 days": (
        "customers who bought both online and at the box office within the last 7 days"
    ),
    "subscription former in ('A', 'B')": "customers who had a subscription but have none now, named A or B",
    "consent none 'news' on sms": "customers who did not give the permission “news” on sms",
    "abandoned_cart within 7 days worth >= 50": (
        "customers who abandoned a cart worth at least 50 within the last 7 days"
    ),
    "not ticket_for production = 'Carmen' at any time": (
        "all customers but not those who hold a ticket for an event with production Carmen at any time"
    ),
    "birthday within next 7 days": "customers who have their birthday today or within the next 7 days",
    "distance <= 30 km from 'Oper' including unknown": (
        "customers who live at most 30 km from “Oper” (or at an unknown place)"
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

"""What a text means: every form of every criterion, how they are joined, and what does not matter."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.criteria import hub_criteria
from hub.core.criteria.bought import Kind
from hub.core.segments.definition import DEEPEST, dump, load
from hub.core.segments.language import Language

ORDERS = {"criterion": "orders", "parameters": {"number": {"at_least": 3}}}
YOUNG = {"criterion": "age", "parameters": {"age": {"less_than": 30}}}
GUEST = {"criterion": "tag", "parameters": {"tags": {"any_of": ["vip"]}}}
A, B, C = "orders >= 3", "age < 30", 'tag "vip"'

NUMBERS = {
    ">= 3": {"at_least": 3},
    "> 3": {"more_than": 3},
    "< 3": {"less_than": 3},
    "<= 3": {"at_most": 3},
    "= 3": {"exactly": 3},
    "between 2 and 5": {"between": [2, 5]},
    "≥ 3": {"at_least": 3},
    "=> 3": {"at_least": 3},
    "≤ 3": {"at_most": 3},
    "=< 3": {"at_most": 3},
    "== 3": {"exactly": 3},
    "at least 3": {"at_least": 3},
    "at most 3": {"at_most": 3},
    "more than 3": {"more_than": 3},
    "less than 3": {"less_than": 3},
    "fewer than 3": {"less_than": 3},
    "exactly 3": {"exactly": 3},
    ">= 19.99": {"at_least": "19.99"},
    ">= 19.9900": {"at_least": "19.99"},
    ">= 3.0": {"at_least": 3},
    ">= 003": {"at_least": 3},
    ">= -1.5": {"at_least": "-1.5"},
    "= 1000000000000": {"exactly": 10**12},
    "between 2 and 2": {"between": [2, 2]},
}
DAYS = {
    "within 60 days": {"within_days": 60},
    "within 1 day": {"within_days": 1},
    "within 0 days": {"within_days": 0},
    "within last 60 days": {"within_days": 60},
    "within the last 60 days": {"within_days": 60},
    "exactly 2 days ago": {"exactly_days_ago": 2},
    "exactly 1 day ago": {"exactly_days_ago": 1},
    "not within 60 days": {"not_within_days": 60},
    "not within the last 60 days": {"not_within_days": 60},
    "more than 60 days ago": {"more_than_days_ago": 60},
    "before 1998-01-01": {"before": "1998-01-01"},
    "after 1998-01-01": {"after": "1998-01-01"},
    "on 2024-02-29": {"on": "2024-02-29"},
    "between 1998-01-01 and 1998-12-31": {"between": ["1998-01-01", "1998-12-31"]},
}
CHOICES = {
    'in ("DE", "DK")': {"is_in": ["DE", "DK"]},
    'in ("DE")': {"is_in": ["DE"]},
    '= "DE"': {"is_in": ["DE"]},
    '== "DE"': {"is_in": ["DE"]},
    'not in ("DE", "DK")': {"not_in": ["DE", "DK"]},
    '!= "DE"': {"not_in": ["DE"]},
    '<> "DE"': {"not_in": ["DE"]},
    '≠ "DE"': {"not_in": ["DE"]},
}
MANY = {
    '"vip"': {"any_of": ["vip"]},
    "'vip'": {"any_of": ["vip"]},
    'any of ("vip")': {"any_of": ["vip"]},
    'any of ("vip", "press")': {"any_of": ["vip", "press"]},
    'all of ("vip", "press")': {"all_of": ["vip", "press"]},
    'none of ("vip")': {"none_of": ["vip"]},
    'any of ("vip", "press", "vip")': {"any_of": ["vip", "press"]},
}
FIELDS: dict[str, tuple[str, dict[str, Any]]] = {
    "tickets": ("number", NUMBERS), "orders": ("number", NUMBERS), "revenue": ("amount", NUMBERS),
    "average_order": ("amount", NUMBERS), "age": ("age", NUMBERS), "last_purchase": ("when", DAYS),
    "first_purchase": ("when", DAYS), "registered": ("when", DAYS), "country": ("codes", CHOICES),
    "region": ("names", CHOICES), "city": ("names", CHOICES), "postcode": ("names", CHOICES),
    "tag": ("tags", MANY), "group": ("groups", MANY), "events": ("number", NUMBERS),
    "lead_time": ("days", NUMBERS), "abandoned_cart": ("when", DAYS),
}  # fmt: skip
FORMS: list[tuple[str, str, dict[str, Any]]] = [
    (f"{name} {said}", name, {field: form})
    for name, (field, forms) in FIELDS.items()
    for said, form in forms.items()
]
FORMS += [
    ("orders.count >= 3", "orders", {"number": {"at_least": 3}}),
    ("tickets.count >= 3", "tickets", {"number": {"at_least": 3}}),
    ("age >= 18 known only", "age", {"age": {"at_least": 18}, "known_only": True}),
    ('country in ("de", "Dk")', "country", {"codes": {"is_in": ["DE", "DK"]}}),
    ('consent "newsletter"', "consent", {"permission": "newsletter"}),
    ('consent "newsletter" on email', "consent", {"permission": "newsletter", "channel": "email"}),
    ("consent 'sms offers' on sms", "consent", {"permission": "sms offers", "channel": "sms"}),
]
FORMS += [
    (f"bought {kind} {said}", "bought", {"kind": kind, "names": form})
    for kind in map(str, Kind)
    for said, form in MANY.items()
]
FORMS += [
    (
        f'bought category "opera" {said}',
        "bought",
        {"kind": "category", "names": {"any_of": ["opera"]}, "when": form},
    )
    for said, form in {**DAYS, "within 365 days": {"within_days": 365}}.items()
]
FORMS += [
    (f"{name} >= 3 {said}", name, {field: {"at_least": 3}, "when": form})
    for name, field in (
        ("tickets", "number"),
        ("events", "number"),
        ("orders", "number"),
        ("revenue", "amount"),
        ("average_order", "amount"),
        ("lead_time", "days"),
    )
    for said, form in DAYS.items()
]
FORMS += [
    (f"field 'x' {word} {said}", "field", {"name": "x", field: form})
    for word, field, forms in (
        ("number", "number", NUMBERS),
        ("text", "text", CHOICES),
        ("choice", "choice", CHOICES),
        ("date", "day", DAYS),
    )
    for said, form in forms.items()
]
_WITHIN_7 = {"within_days": 7}
FORMS += [
    ("field 'x' yes", "field", {"name": "x", "yes": True}),
    ("field 'x' no", "field", {"name": "x", "no": True}),
    ("events.count >= 3", "events", {"number": {"at_least": 3}}),
    ("lead_time <= 1 day", "lead_time", {"days": {"at_most": 1}}),
    (
        "lead_time between 2 and 5 days within 7 days",
        "lead_time",
        {"days": {"between": [2, 5]}, "when": _WITHIN_7},
    ),
    ("gender women", "gender", {"who": "women"}),
    ("gender both derived", "gender", {"who": "both", "derived": True}),
    ("language in ('DE', 'da')", "language", {"codes": {"is_in": ["de", "da"]}}),
    ("birthday today", "birthday", {"today": True}),
    ("birthday this month", "birthday", {"this_month": True}),
    ("birthday within next 7 days", "birthday", {"days": 7}),
    ("birthday within next 0", "birthday", {"days": 0}),
    ("distance < 5 from 'A'", "distance", {"kilometres": {"less_than": 5}, "venue": "A"}),
    ("distance < 5 km from point '1,2'", "distance", {"kilometres": {"less_than": 5}, "point": "1, 2"}),
    (
        "distance between 1 and 5 km from 'A' including unknown",
        "distance",
        {"kilometres": {"between": [1, 5]}, "venue": "A", "unknown": True},
    ),
    (
        "orders >= 1 with status not in ('paid') within 7 days",
        "orders",
        {"number": {"at_least": 1}, "statuses": {"not_in": ["paid"]}, "when": _WITHIN_7},
    ),
    ("ticket_for", "ticket_for", {}),
    ("ticket_for event != 'f' at any time", "ticket_for", {"event": {"not_in": ["f"]}, "at_any_time": True}),
    ("ticket_for back 1 day", "ticket_for", {"back": 1}),
    ("ticket_for from 2024-02-29", "ticket_for", {"first_day": "2024-02-29"}),
    ("ticket_for until 2024-02-29", "ticket_for", {"last_day": "2024-02-29"}),
    (
        "ticket_for category = 'a' production = 'b' venue = 'c' title containing 'd' organiser = 'e' event = 'f'",
        "ticket_for",
        {
            "category": {"is_in": ["a"]},
            "production": {"is_in": ["b"]},
            "venue": {"is_in": ["c"]},
            "title": "d",
            "organiser": {"is_in": ["e"]},
            "event": {"is_in": ["f"]},
        },
    ),
    ("sales_channel box_office", "sales_channel", {"through": "box_office"}),
    ("sales_channel any within 7 days", "sales_channel", {"through": "any", "when": _WITHIN_7}),
    ("abandoned_cart", "abandoned_cart", {}),
    ("abandoned_cart worth > 5", "abandoned_cart", {"value": {"more_than": 5}}),
    ("abandoned_cart within 7 days worth > 5", "abandoned_cart", {"when": _WITHIN_7, "value": {"more_than": 5}}),
    ("subscription never", "subscription", {"state": "never"}),
    ("subscription regular = 'A'", "subscription", {"state": "regular", "names": {"is_in": ["A"]}}),
    ("account guest", "account", {"kind": "guest"}),
    ("account_status blocked", "account_status", {"status": "blocked"}),
    ("company", "company", {}),
    (
        "company name = 'a' vat number = 'b' city = 'c' country = 'dk'",
        "company",
        {
            "names": {"is_in": ["a"]},
            "vat_numbers": {"is_in": ["b"]},
            "cities": {"is_in": ["c"]},
            "countries": {"is_in": ["DK"]},
        },
    ),
    ("consent none 'a'", "consent", {"permission": "a", "missing": True}),
    ("reachable on viber", "reachable", {"channel": "viber"}),
    ("reachable on email for 'a'", "reachable", {"channel": "email", "permission": "a"}),
]


@pytest.mark.parametrize(("text", "name", "parameters"), FORMS, ids=[text for text, _, _ in FORMS])
def test_a_form_means(text: str, name: str, parameters: dict[str, Any], language: Language) -> None:
    assert dump(language.parse(text)) == {"criterion": name, "parameters": parameters}


def test_no_criterion_is_left_out() -> None:
    assert {name for _, name, _ in FORMS} == {criterion.name for criterion in hub_criteria()}


JOINED: dict[str, Any] = {
    f"{A} and {B} and {C}": {"all_of": [ORDERS, YOUNG, GUEST]},
    f"{A} or {B} or {C}": {"any_of": [ORDERS, YOUNG, GUEST]},
    f"{A} or {B} and {C}": {"any_of": [ORDERS, {"all_of": [YOUNG, GUEST]}]},
    f"{A} and {B} or {C}": {"any_of": [{"all_of": [ORDERS, YOUNG]}, GUEST]},
    f"({A} or {B}) and {C}": {"all_of": [{"any_of": [ORDERS, YOUNG]}, GUEST]},
    f"not {A}": {"none_of": [ORDERS]},
    f"not {A} and {B}": {"all_of": [{"none_of": [ORDERS]}, YOUNG]},
    f"not {A} or {B}": {"any_of": [{"none_of": [ORDERS]}, YOUNG]},
    f"not ({A} and {B})": {"none_of": [{"all_of": [ORDERS, YOUNG]}]},
    f"not ({A} or {B})": {"none_of": [ORDERS, YOUNG]},
    f"not ({A} or ({B} or {C}))": {"none_of": [ORDERS, YOUNG, GUEST]},
    f"not not {A}": {"none_of": [{"none_of": [ORDERS]}]},
    f"{A} and not not {B}": {"all_of": [ORDERS, {"none_of": [{"none_of": [YOUNG]}]}]},
    f"((({A})))": ORDERS,
    f"(({A}) and (({B})))": {"all_of": [ORDERS, YOUNG]},
    f"({A} and {B}) and {C}": {"all_of": [{"all_of": [ORDERS, YOUNG]}, GUEST]},
    "everyone": {"all_of": []},
    "nobody": {"any_of": []},
    "(everyone)": {"all_of": []},
    "not nobody": {"all_of": []},
    "not everyone": {"none_of": [{"all_of": []}]},
    f"everyone and {A}": {"all_of": [{"all_of": []}, ORDERS]},
    f"not (nobody or {A})": {"none_of": [ORDERS]},
    "orders between 2 and 5 and age between 2 and 5 or age = 1": {
        "any_of": [
            {"all_of": [{"criterion": "orders", "parameters": {"number": {"between": [2, 5]}}},
                        {"criterion": "age", "parameters": {"age": {"between": [2, 5]}}}]},
            {"criterion": "age", "parameters": {"age": {"exactly": 1}}},
        ]
    },
    "not last_purchase not within 60 days": {
        "none_of": [{"criterion": "last_purchase", "parameters": {"when": {"not_within_days": 60}}}]
    },
}  # fmt: skip


@pytest.mark.parametrize(("text", "tree"), JOINED.items(), ids=JOINED)
def test_joined_it_means(text: str, tree: dict[str, Any], language: Language) -> None:
    parsed = language.parse(text)
    assert dump(parsed) == tree
    assert load(tree) == parsed


def _written(tree: Any, brackets: bool = True) -> str:
    """A plain reading of the rules: a tree in full brackets."""
    if isinstance(tree, str):
        return tree
    join, below = tree
    parts = [_written(part) for part in below]
    said = f"not ({' or '.join(parts)})" if join == "not" else f" {join} ".join(parts)
    return f"({said})" if brackets else said


def _meant(tree: Any, holds: dict[str, bool]) -> bool:
    if isinstance(tree, str):
        return holds[tree]
    join, below = tree
    answers = [_meant(part, holds) for part in below]
    return {"and": all(answers), "or": any(answers), "not": not any(answers)}[join]


def _answer(tree: dict[str, Any], holds: dict[str, bool]) -> bool:
    names = {"orders": A, "age": B, "tag": C}
    match tree:
        case {"all_of": below}:
            return all(_answer(part, holds) for part in below)
        case {"any_of": below}:
            return any(_answer(part, holds) for part in below)
        case {"none_of": below}:
            return not any(_answer(part, holds) for part in below)
    return holds[names[tree["criterion"]]]


@given(
    tree=st.recursive(
        st.sampled_from([A, B, C]),
        lambda below: st.tuples(st.sampled_from(["and", "or", "not"]), st.lists(below, min_size=1, max_size=3)),
        max_leaves=12,
    ),
    holds=st.fixed_dictionaries({A: st.booleans(), B: st.booleans(), C: st.booleans()}),
)
def test_any_nesting_is_true_of_whom_its_words_say(language: Language, tree: Any, holds: dict[str, bool]) -> None:
    assert _answer(dump(language.parse(_written(tree))), holds) is _meant(tree, holds)


@given(words=st.lists(st.sampled_from([A, B, C, f"not {A}", f"not {C}"]), min_size=1, max_size=8), data=st.data())
def test_without_brackets_and_binds_before_or_as_in_python(
    language: Language, words: list[str], data: st.DataObject
) -> None:
    joins = [data.draw(st.sampled_from(["and", "or"])) for _ in words[1:]]
    text = " ".join(part for pair in zip(["", *joins], words, strict=True) for part in pair)
    holds = {word: data.draw(st.booleans()) for word in (A, B, C)}
    as_python = text
    for word, value in holds.items():
        as_python = as_python.replace(word, str(value))
    assert _answer(dump(language.parse(text)), holds) is eval(as_python.strip())  # of our own words only


@pytest.mark.parametrize(
    "text",
    [
        'ORDERS >= 3 AND Not Country IN ("DE")',
        'orders>=3 and not country in("DE")',
        '\n\torders\n>=\r\n3  and\u00a0not\u2003country in (\n  "DE"\n)\n',
    ],
)
def test_capitals_spaces_and_line_ends_do_not_matter(text: str, language: Language) -> None:
    assert language.parse(text) == language.parse('orders >= 3 and not country in ("DE")')


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"a \"b\" c"', 'a "b" c'),
        (r"'a \'b\' c'", "a 'b' c"),
        ('"it\'s"', "it's"),
        (r'"a\\b\nc\td\r"', "a\\b\nc\td\r"),
        ('"  and (or) \t>= 3 "', "  and (or) \t>= 3 "),
        ('"Überraschung Ελλάδα кино 日本 🎭 e\u0301"', "Überraschung Ελλάδα кино 日本 🎭 e\u0301"),
        ('"“curled”"', "“curled”"),
        ('"VIP"', "VIP"),
    ],
)
def test_a_text_in_quotes_is_taken_as_it_is(text: str, value: str, language: Language) -> None:
    assert dump(language.parse(f"tag {text}"))["parameters"] == {"tags": {"any_of": [value]}}


def test_ten_thousand_values_are_read(language: Language) -> None:
    names = [f"name {number}" for number in range(10_000)]
    text = "tag any of (" + ", ".join(f'"{name}"' for name in names) + ")"
    tree = {"criterion": "tag", "parameters": {"tags": {"any_of": names}}}
    assert dump(language.parse(text)) == tree
    assert language.print(load(tree)) == text


def test_the_deepest_definition_is_read_and_written(language: Language) -> None:
    text = 'country in ("DE")'
    for number in range(DEEPEST - 1):
        text = f"not ({text} or {B})" if number % 2 else f"({text} and {B})"
    tree = language.parse(text)
    assert load(dump(tree)) == tree
    assert language.parse(language.print(tree)) == tree
    assert language.describe(tree)

"""Recipes can be used as they are, filled in with anything, and find whom their descriptions promise."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from hub import Calendar, Question
from hub.core.app import Hub, make_home, open_hub
from hub.core.contracts.errors import NotFound, UserError
from hub.core.criteria import hub_criteria
from hub.core.segments.definition import AllOf, CriterionNode, children, criteria_of
from hub.core.segments.language import Language
from hub.core.segments.recipes import RECIPES, Recipe, recipe_named
from hub.core.store.tables import Organisation
from hub.demo.theatre.exports import write_exports
from hub.demo.theatre.theatre import Theatre, invent_theatre
from hub.testing.criteria import relation_tables
from tests.criteria.holding import EPOCH

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
TODAY = "DATE '2026-03-10'"


@pytest.fixture(scope="module")
def theatre() -> Theatre:
    return invent_theatre(NOW, customers=1500, seed=3)


@pytest.fixture(scope="module")
def hub(theatre: Theatre, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    home = tmp_path_factory.mktemp("recipes")
    make_home(home, Organisation(name="House", time_zone="Europe/Berlin", currency="EUR", country="DE"))
    opened = open_hub(home, lambda: NOW)
    for file in write_exports(theatre, home / "exports"):
        opened.imports.run(opened.connections.source("csv", file.settings()), "box office")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def language() -> Language:
    return Language([criterion() for criterion in hub_criteria()])


BUYERS = """
    SELECT customer, count(*) AS orders, sum(total) / 100 AS revenue, max(day) AS last, min(day) AS first FROM (
        SELECT DISTINCT id, customer, total, ordered_at::DATE AS day FROM orders
        WHERE status IN ('paid', 'completed')) GROUP BY customer"""
CATEGORIES = """
    SELECT o.customer, coalesce(e.category, p.category) AS category, o.ordered_at::DATE AS day FROM orders o
    LEFT JOIN events e ON e.id = o.event LEFT JOIN products p ON p.id = o.product
    WHERE status IN ('paid', 'completed')"""
READERS = """
    SELECT customer, channel FROM consents WHERE permission = 'newsletter'
    GROUP BY customer, channel HAVING arg_max(given, "at") = 'yes'"""

MAY_EMAIL = """
    SELECT id AS customer FROM customers WHERE email IS NOT NULL AND id IN (
        SELECT customer FROM consents WHERE channel = 'email'
        GROUP BY customer, permission HAVING arg_max(given, "at") = 'yes')"""
PAID = "status IN ('paid', 'completed')"

PLAINLY = {
    "Win-back": f"FROM buyers SELECT customer WHERE last < {TODAY} - 60 AND revenue > 100",
    "Cross-sell": "SELECT customer FROM bought WHERE category = 'ballet' "
    "EXCEPT SELECT customer FROM bought WHERE category = 'opera'",
    "Lapsed": f"SELECT customer FROM buyers WHERE orders >= 2 AND last < {TODAY} - 540",
    "Readers who never bought": "SELECT customer FROM readers WHERE channel = 'email' "
    "EXCEPT SELECT customer FROM buyers",
    "Lapsed readers": "SELECT customer FROM readers WHERE channel = 'email' "
    f"INTERSECT SELECT customer FROM buyers WHERE last < {TODAY} - 365",
    "Buyers reached by SMS": "SELECT customer FROM readers WHERE channel = 'sms' "
    "INTERSECT SELECT customer FROM buyers",
    "Loyal": f"SELECT customer FROM buyers WHERE orders >= 5 AND last >= {TODAY} - 365",
    "Regulars of a category": f"SELECT customer FROM bought WHERE category = 'opera' AND day >= {TODAY} - 365 "
    "INTERSECT SELECT customer FROM buyers WHERE orders >= 3",
    "Newcomers": f"SELECT customer FROM buyers WHERE first >= {TODAY} - 30",
    "Once and never again": f"SELECT customer FROM buyers WHERE orders = 1 AND last < {TODAY} - 180",
    "Big orders": "SELECT customer FROM buyers WHERE orders >= 2 AND revenue >= 150 * orders",
    "Young audience": f"SELECT id FROM customers WHERE date_sub('year', born_on, {TODAY}) < 30",
    "Local": "SELECT id FROM customers WHERE city = 'Hamburg'",
    "Birthday this month": f"SELECT id FROM customers WHERE id IN ({MAY_EMAIL}) "
    "AND (month(born_on) = 3 OR month(born_on) = 2 AND day(born_on) = 29)",
    "Buyers never asked": f"SELECT customer FROM buyers WHERE last >= {TODAY} - 365 "
    "EXCEPT SELECT customer FROM readers WHERE channel = 'email'",
    "On impulse": "SELECT customer FROM orders o JOIN events e ON e.id = o.event "
    f"WHERE {PAID} AND ordered_at::DATE >= {TODAY} - 365 AND starts_at::DATE - ordered_at::DATE <= 2",
    "For a category, without ticket holders": "SELECT customer FROM bought WHERE category = 'opera' "
    "EXCEPT SELECT customer FROM orders o JOIN events e ON e.id = o.event "
    f"WHERE {PAID} AND e.category = 'opera' AND starts_at::DATE >= {TODAY}",
    "Online only": f"SELECT customer FROM orders WHERE {PAID} AND sales_channel = 'online' "
    f"EXCEPT SELECT customer FROM orders WHERE {PAID} AND sales_channel = 'box_office'",
    "Everyone who may be written to": "SELECT customer FROM readers WHERE channel = 'email'",
}
"""Whom a recipe must find, in SQL over the theatre's own tables."""

DAY = 20_000
BY_HAND: dict[str, tuple[dict[str, list[dict[str, Any]]], set[int]]] = {
    "Messenger subscribers with orders": (
        {
            "traits": [
                {"number": 1, "orders": 1},
                {"number": 2, "orders": 3},
                {"number": 3},
                {"number": 4, "orders": 1},
            ],
            "identities": [{"customer": number, "kind": "messenger"} for number in (1, 3, 4)],
            "consents": [
                {"customer": number, "permission": "offers", "channel": "messenger", "given": number != 4}
                for number in (1, 2, 3, 4)
            ],
        },
        {1},
    ),
    "Lapsed subscribers": (
        {
            "traits": [{"number": number} for number in (1, 2, 3, 4)],
            "subscriptions": [
                {"customer": 1, "name": "A", "starts_day": DAY - 400, "ends_day": DAY - 1},
                {"customer": 2, "name": "A", "starts_day": DAY - 400, "ends_day": DAY},
                {"customer": 3, "name": "A", "starts_day": DAY - 400, "ends_day": DAY - 1},
                {"customer": 3, "name": "B", "starts_day": DAY - 9, "ends_day": None},
            ],
        },
        {1},
    ),
    "Abandoned cart": (
        {
            "traits": [{"number": number} for number in (1, 2, 3, 4)],
            "carts": [
                {"customer": 1, "changed_at": DAY * 86_400, "total": 5000, "abandoned": True},
                {"customer": 2, "changed_at": DAY * 86_400, "total": 4999, "abandoned": True},
                {"customer": 3, "changed_at": (DAY - 8) * 86_400, "total": 5000, "abandoned": True},
                {"customer": 4, "changed_at": DAY * 86_400, "total": 5000, "abandoned": False},
            ],
        },
        {1},
    ),
}
"""Whom a recipe must find among customers that are written down here: the theatre has no such facts."""


def found_plainly(theatre: Theatre, query: str) -> set[str]:
    with duckdb.connect(":memory:") as connection:
        for kind, table in theatre.tables.items():
            connection.register(kind, table)
        for name, view in (("buyers", BUYERS), ("bought", CATEGORIES), ("readers", READERS)):
            connection.execute(f"CREATE VIEW {name} AS {view}")
        return {customer for (customer,) in connection.execute(query).fetchall()}


def test_each_recipe_is_held_to_plain_sql() -> None:
    assert {*PLAINLY, *BY_HAND} == {recipe.name for recipe in RECIPES}


@pytest.mark.parametrize("name", BY_HAND)
def test_a_recipe_finds_those_written_down(name: str, language: Language) -> None:
    rows, expected = BY_HAND[name]
    metadata, relations = relation_tables()
    question = Question(relations, Calendar(EPOCH + timedelta(DAY), ZoneInfo("UTC")), 2)
    tree = language.parse(recipe_named(name).text())
    asked = [language.catalogue.bind(node).expression(question) for node in criteria_of(tree)]
    assert isinstance(tree, (CriterionNode, AllOf)), "every criterion has to be met"
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        for table, facts in rows.items():
            for fact in facts:
                connection.execute(metadata.tables[table].insert(), fact)
        assert set(connection.scalars(sa.select(relations.traits.c.number).where(*asked))) == expected
    engine.dispose()


@pytest.mark.parametrize(
    "recipe", [recipe for recipe in RECIPES if recipe.name in PLAINLY], ids=lambda recipe: recipe.name
)
def test_a_recipe_finds_whom_it_promises(recipe: Recipe, hub: Hub, theatre: Theatre) -> None:
    members = hub.segments.ask(recipe.text()).members
    found = set(hub.segments.rows(members)["external_id"].to_pylist())
    assert found == found_plainly(theatre, PLAINLY[recipe.name])
    assert 0 < len(found) < 1500


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_a_recipe_says_what_can_be_filled_in(recipe: Recipe) -> None:
    assert set(recipe.places()) == set(recipe.blanks)
    assert recipe.description.endswith(".")
    assert all(blank.label for blank in recipe.blanks.values())


def test_names_are_unique_in_any_case() -> None:
    assert len({recipe.name.casefold() for recipe in RECIPES}) == len(RECIPES)


@given(category=st.text(min_size=1, max_size=30).filter(lambda text: "\0" not in text), days=st.integers(0, 9999))
def test_whatever_is_filled_in_arrives(language: Language, category: str, days: int) -> None:
    text = recipe_named("Regulars of a category").text({"category": category, "days": days})
    bought, orders = children(language.parse(text))
    assert isinstance(bought, CriterionNode)
    assert bought.parameters["names"] == {"any_of": [category]}
    assert bought.parameters["when"] == {"within_days": days}
    assert isinstance(orders, CriterionNode)
    assert orders.criterion == "orders"


def test_a_recipe_is_found_in_any_case() -> None:
    assert recipe_named(" win-BACK ").name == "Win-back"
    with pytest.raises(NotFound, match="no recipe 'Winback'; there are Win-back, Cross-sell"):
        recipe_named("Winback")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"day": 3}, "has no blank 'day'; it has days, spent"),
        ({"days": "60"}, "is a whole number from 0, not '60'"),
        ({"days": -1}, "is a whole number from 0, not -1"),
        ({"days": True}, "is a whole number from 0, not True"),
    ],
)
def test_what_does_not_belong_in_a_blank_is_refused(values: dict[str, str | int], message: str) -> None:
    with pytest.raises(UserError, match=message):
        recipe_named("Win-back").text(values)


def test_a_number_is_no_category() -> None:
    with pytest.raises(UserError, match="is a text, not 5"):
        recipe_named("Cross-sell").text({"bought": 5})


def test_the_page_of_recipes_shows_them_as_they_are() -> None:
    page = Path(__file__).parents[2].joinpath("config", "recipes.md").read_text(encoding="utf-8")
    shown = "\n".join(f"## {one.name}\n\n{one.description}\n\n```\n{one.text()}\n```\n" for one in RECIPES)
    assert page[page.index("## ") :] == shown

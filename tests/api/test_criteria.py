"""Criteria and recipes over HTTP: what an editor of segments is built from."""

from typing import Any

import httpx
import pytest

from hub.api.models.criteria import CriterionOut
from hub.core.app import Hub


@pytest.fixture(scope="module")
def criteria(api: httpx.Client) -> dict[str, Any]:
    """The criteria by name."""
    return {one["name"]: one for one in api.get("/criteria").json()["items"]}


def test_every_criterion_is_there_with_what_its_widget_needs(criteria: dict[str, Any], hub: Hub) -> None:
    assert set(criteria) == {one.name for one in hub.registry.criteria()} | {"segment"}
    for one in criteria.values():
        assert one["label"]
        assert one["help"]
        assert [each["name"] for each in one["parameters"]] == list(one["parameters_schema"]["properties"])
        for parameter in one["parameters"]:
            assert parameter["help"], one["name"]
            assert (parameter["form"] == "choice") == bool(parameter["choices"])
            assert parameter["required"] == (parameter["name"] in one["parameters_schema"].get("required", []))
        CriterionOut.model_validate(one)


def test_parameters_are_told_as_they_are_said(criteria: dict[str, Any]) -> None:
    assert criteria["orders"]["parameters"][0]["form"] == "number_test"
    age = {parameter["name"]: parameter for parameter in criteria["age"]["parameters"]}
    assert (age["known_only"]["form"], age["known_only"]["keyword"]) == ("flag", "known only")
    consent = {parameter["name"]: parameter for parameter in criteria["consent"]["parameters"]}
    assert "email" in consent["channel"]["choices"]


def test_every_recipe_is_a_definition(api: httpx.Client) -> None:
    recipes = api.get("/recipes").json()["items"]
    assert len(recipes) >= 10
    for recipe in recipes:
        counted = api.post("/segments/count", json={"text": recipe["text"]})
        assert counted.status_code == 200, recipe["name"]
        values = {blank["name"]: blank["value"] for blank in recipe["blanks"]}
        filled = api.post("/recipes/fill", json={"name": recipe["name"].upper(), "values": values}).json()
        assert filled == {name: counted.json()[name] for name in ("text", "sentence", "definition")}


def test_a_recipe_is_filled_in(api: httpx.Client) -> None:
    asked = {"name": "Win-back", "values": {"days": 90}}
    filled = api.post("/recipes/fill", json=asked).json()
    assert filled["text"] == "last_purchase more than 90 days ago and revenue > 100"
    assert len(filled["definition"]["all_of"]) == 2
    odd = api.post("/recipes/fill", json={"name": "Local", "values": {"city": 'Q" or everyone'}}).json()
    assert odd["definition"]["criterion"] == "city"


@pytest.mark.parametrize(
    ("asked", "status", "kind"),
    [
        ({"name": "no such recipe"}, 404, "not-found"),
        ({"name": "Win-back", "values": {"weeks": 3}}, 422, "refused"),
        ({"name": "Win-back", "values": {"days": "many"}}, 422, "refused"),
        ({"name": "Win-back", "values": {"days": -1}}, 422, "refused"),
        ({"name": "Win-back", "values": {"days": True}}, 422, "invalid"),
        ({"name": "Win-back", "values": {"days": 10**30}}, 422, "definition"),
    ],
)
def test_a_blank_takes_what_fits(api: httpx.Client, asked: Any, status: int, kind: str) -> None:
    answer = api.post("/recipes/fill", json=asked)
    assert (answer.status_code, answer.json()["type"].rsplit(":")[-1]) == (status, kind), answer.text

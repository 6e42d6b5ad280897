"""The OpenAPI document is complete and true."""

import json
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from hub.api import models
from hub.api.problems import MEDIA_TYPE, Problem

SUCCESS = {"200", "201", "202", "204"}
FINE = {*SUCCESS, "304"}


@pytest.fixture(scope="module")
def document(stranger: httpx.Client) -> dict[str, Any]:
    answer = stranger.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_every_operation_says_what_it_is(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for *_, operation in operations(document)]
    assert len(names) == len(set(names)) == 129
    tags = {tag["name"] for tag in document["tags"]}
    for _, path, operation in operations(document):
        assert re.fullmatch("[a-z]+([A-Z][a-z]+)+", operation["operationId"])
        assert operation["summary"]
        assert operation["description"].endswith(".")
        assert len(operation["tags"]) == 1, path
        assert operation["tags"][0] in tags
        assert len(set(operation["responses"]) & SUCCESS) == 1


def test_every_parameter_is_described(document: dict[str, Any]) -> None:
    for _, path, operation in operations(document):
        for parameter in operation.get("parameters", []):
            assert parameter["description"], (path, parameter["name"])


def test_every_error_is_a_problem_document(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        failures = {status: one for status, one in operation["responses"].items() if status not in FINE}
        wanted = {"500"} if path.endswith("/live") else {"500", "503"}
        if "security" in operation:
            wanted |= {"401", "403", "422"}
        if "{" in path:
            wanted |= {"404"}
        if "requestBody" in operation:
            wanted |= {"400", "413", "415"}
        if any(parameter["name"] == "cursor" for parameter in operation.get("parameters", [])):
            wanted |= {"400"}
        assert wanted <= set(failures), (method, path)
        for failure in failures.values():
            assert failure["content"] == {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
            assert failure["description"]
        if "401" in failures:
            assert "WWW-Authenticate" in failures["401"]["headers"]
        if "503" in failures:
            assert "Retry-After" in failures["503"]["headers"]


def test_what_is_made_says_where(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        if "201" in operation["responses"] or operation["operationId"] in ("startRun", "startImport"):
            made = next(one for status, one in operation["responses"].items() if status in SUCCESS)
            assert "Location" in made["headers"], (method, path)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    found = set(re.findall(r"'\$ref': '([^']+)'", str(document)))
    assert found
    assert {"#/components/schemas/Definition", "#/components/schemas/Problem"} <= found
    assert {reference.removeprefix("#/components/schemas/") for reference in found} <= set(schemas)


def test_every_schema_is_closed_and_every_field_described(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        if "properties" not in schema:
            assert "anyOf" in schema or "enum" in schema, name
            continue
        assert schema["additionalProperties"] is False, name
        for field, described in schema["properties"].items():
            assert described.get("description"), (name, field)


def test_the_token_is_the_one_way_in(document: dict[str, Any]) -> None:
    (scheme,) = document["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")


def models_of_the_api() -> list[type[BaseModel]]:
    found = {
        one
        for found in pkgutil.iter_modules(models.__path__, f"{models.__name__}.")
        for one in vars(import_module(found.name)).values()
        if isinstance(one, type) and issubclass(one, BaseModel) and one.__module__.startswith(models.__name__)
    }
    return [*sorted(found, key=lambda one: one.__name__), Problem]


@pytest.mark.parametrize("model", models_of_the_api())
def test_every_model_is_strict_and_its_examples_are_true(model: type[BaseModel]) -> None:
    assert model.model_config.get("extra") == "forbid"
    assert model.model_config.get("strict") is True
    extra: Any = model.model_config.get("json_schema_extra") or {}
    for example in extra.get("examples", []):
        model.model_validate_json(json.dumps(example))
    if model.__name__ not in {"Model", "Asked", "Change"} and not model.__name__.endswith(("Page", "List")):
        assert extra.get("examples"), model

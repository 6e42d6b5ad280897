"""Components are made from checked settings; errors name the field and the mend, never a secret."""

import dataclasses
import logging
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator

from hub import Context
from hub.core.contracts.errors import HubError, IntegratorError, SettingsError, TryAgain
from hub.core.registry import Registry, guard, guarded, validated

WritePlugin = Callable[..., EntryPoint]


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with httpx.Client() as client:
        yield Context(
            client, lambda: datetime.now(UTC), logging.getLogger(), ZoneInfo("UTC"), "EUR", "DE", tmp_path
        )


@pytest.fixture
def registry(write_plugin: WritePlugin, texts: dict[str, str]) -> Registry:
    return Registry.load([write_plugin("birds", *texts.values())])


def test_make(registry: Registry, context: Context) -> None:
    source = registry.make(registry.data_source("pages"), {"address": "here", "token": "t", "pages": "3"}, context)
    assert source.settings.pages == 3
    assert source.settings.token.get_secret_value() == "t"
    assert source.context is context
    again = registry.make(registry.data_source("pages"), source.settings, context)
    assert again.settings == source.settings


def test_wrong_settings_are_all_named(registry: Registry, context: Context) -> None:
    with pytest.raises(SettingsError) as caught:
        registry.make(registry.data_source("pages"), {"addres": "hunter2", "pages": 0}, context)
    assert str(caught.value) == (
        "pages: 'address' is missing; 'pages' must be at least 1; "
        "'addres' does not exist (did you mean 'address'?). There are these settings: address, token, pages."
    )


class Strict(BaseModel):
    model_config = {"extra": "forbid"}

    key: SecretStr = Field(SecretStr(""), min_length=8)
    keys: list[SecretStr] = Field(default_factory=list)
    host: str = "example.com"
    count: int = 1

    @field_validator("key")
    @classmethod
    def _chatty(cls, value: SecretStr) -> SecretStr:
        if "-" in value.get_secret_value():
            raise ValueError(f"{value.get_secret_value()} holds a dash")
        return value

    @model_validator(mode="before")
    @classmethod
    def _chattier(cls, values: dict[str, object]) -> dict[str, object]:
        if values.get("host") == "bad":
            raise ValueError(f"wrong altogether: {values}")
        return values


@pytest.mark.parametrize(
    "values",
    [
        {"key": "hunter2"},
        {"key": "hunter2-hunter2"},
        {"key": 7, "password": "hunter2"},
        {"key": ["hunter2"]},
        {"keys": ["hunter2", 5]},
        {"keys": {"a": "hunter2"}},
        {"host": "bad", "key": "hunter2hunter2"},
        {"host": "bad", "pasword": "hunter2hunter2"},
        {"host": "bad", "keys": ["hunter2hunter2"]},
        {"host": "bad", "key": SecretStr("hunter2hunter2")},
    ],
)
def test_no_error_shows_a_secret_not_even_in_its_traceback(values: dict[str, object]) -> None:
    with pytest.raises(SettingsError) as caught:
        validated(Strict, values, "strict")
    shown = "".join(traceback.format_exception(caught.value))
    assert "hunter2" not in shown.replace("test_making.py", "")
    assert caught.value.__context__ is None, "a debugger or log would show the input"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"count": "many"}, "'count' must be a whole number"),
        ({"count": 1.5}, "'count' must be a whole number"),
        ({"host": 5}, "'host' must be text"),
        ({"key": "short"}, "'key' "),
        ({"key": "with-a-dash"}, "'key' is wrong: •••• holds a dash"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(values: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        validated(Strict, values, "strict")
    assert said in str(caught.value)
    assert "There are these settings: key, keys, host, count." in str(caught.value)


def test_a_component_that_cannot_be_made_is_the_plugins_bug(
    write_plugin: WritePlugin, texts: dict[str, str], context: Context
) -> None:
    text = texts["message_channels"].replace(
        "keeps_ids = False", "keeps_ids = False\n    def __init__(self, settings, context): {}['x']"
    )
    registry = Registry.load([write_plugin("birds", text)])
    with pytest.raises(IntegratorError, match=r"'birds': raised KeyError at plugin_0_birds\.py:") as caught:
        registry.make(registry.message_channel("pigeon"), {"address": "roof"}, context)
    assert caught.value.plugin == "birds"
    assert isinstance(caught.value.__cause__, KeyError)


def test_guard_lets_the_hubs_own_errors_pass() -> None:
    original = TryAgain("busy", after=3)
    with pytest.raises(TryAgain) as caught, guard("birds"):
        raise original
    assert caught.value is original


@pytest.mark.parametrize(
    "error", [KeyError("hunter2"), StopIteration("hunter2"), NotImplementedError(), httpx.ReadError("x")]
)
def test_guard_reports_anything_else_as_the_plugins_bug_without_its_text(error: Exception) -> None:
    with pytest.raises(IntegratorError) as caught, guard("birds"):
        raise error
    assert caught.value.__cause__ is error
    assert type(error).__name__ in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_guard_does_not_hold_up_the_end_of_the_program(error: type[BaseException]) -> None:
    with pytest.raises(error), guard("birds"):
        raise error


def test_guarded_blames_the_plugin_for_its_own_mistakes_alone() -> None:
    def plugin() -> Iterator[int]:
        yield 1
        raise ValueError("half way")

    items = guarded("birds", plugin())
    assert next(items) == 1
    with pytest.raises(IntegratorError):
        next(items)
    with pytest.raises(ZeroDivisionError):
        [1 // item for item in guarded("birds", [0])]
    with pytest.raises(IntegratorError):
        list(guarded("birds", None))  # type: ignore[arg-type]  # what a plugin without types may return
    assert list(guarded("birds", iter("ab"))) == ["a", "b"]


def test_reports_are_plain_data(registry: Registry) -> None:
    assert dataclasses.asdict(registry.plugins()[0])["name"] == "birds"
    assert issubclass(IntegratorError, HubError)

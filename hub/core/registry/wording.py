"""Says in plain words what a pydantic model finds wrong with its input, never repeating the input."""

import types
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from enum import Enum
from typing import Any, get_args

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

_WORDS: Mapping[str, str] = types.MappingProxyType(
    {
        "missing": "is missing",
        "string_type": "must be text",
        "string_too_short": "must have at least {min_length} characters",
        "string_too_long": "must have at most {max_length} characters",
        "string_pattern_mismatch": "does not have the form asked for",
        "int_type": "must be a whole number",
        "int_parsing": "must be a whole number",
        "int_from_float": "must be a whole number",
        "float_type": "must be a number",
        "float_parsing": "must be a number",
        "finite_number": "must be a number",
        "decimal_type": "must be a number",
        "decimal_parsing": "must be a number",
        "bool_type": "must be true or false",
        "bool_parsing": "must be true or false",
        "greater_than": "must be more than {gt}",
        "greater_than_equal": "must be at least {ge}",
        "less_than": "must be less than {lt}",
        "less_than_equal": "must be at most {le}",
        "enum": "must be {expected}",
        "literal_error": "must be {expected}",
        "url_type": "must be a web address such as https://example.com",
        "url_parsing": "must be a web address such as https://example.com",
        "url_scheme": "must be a web address that begins with {expected_schemes}",
        "date_from_datetime_parsing": "must be a date such as 2026-01-31",
        "date_parsing": "must be a date such as 2026-01-31",
        "datetime_parsing": "must be a date and time such as 2026-01-31T18:30:00Z",
        "list_type": "must be a list",
        "dict_type": "must be a table of names and values",
        "model_type": "must be a table of names and values",
        "too_short": "must have at least {min_length} entries",
        "too_long": "must have at most {max_length} entries",
    }
)
_OPEN = frozenset({str, int, float, bool, type(None)})
_HIDDEN = "••••"


def problems(model: type[BaseModel], values: Mapping[str, object], error: ValidationError) -> list[str]:
    """One plain half-sentence for each thing wrong, each naming its field."""
    hidden = sorted({text for text in _secret_texts(model, values) if text}, key=len, reverse=True)
    details = error.errors(include_url=False, include_input=False)
    return list(dict.fromkeys(_problem(model, detail, hidden) for detail in details))


def _problem(model: type[BaseModel], detail: ErrorDetails, hidden: Sequence[str]) -> str:
    place = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        near = get_close_matches(place, model.model_fields, n=1)
        return f"{place!r} does not exist" + (f" (did you mean {near[0]!r}?)" if near else "")
    words = _words(detail, hidden)
    return f"{place!r} {words}" if place else words


def _words(detail: ErrorDetails, hidden: Sequence[str]) -> str:
    context: dict[str, Any] = detail.get("ctx", {})
    if detail["type"] == "string_too_short" and context.get("min_length") == 1:
        return "must not be empty"
    if detail["type"] in _WORDS:
        return _WORDS[detail["type"]].format(**context)
    # What follows is another author's text, which may repeat what was given.
    if detail["type"] == "value_error":
        said = str(context["error"])
        return _without(hidden, f"is wrong: {said}" if detail["loc"] else said)
    return _without(hidden, f"is wrong: {detail['msg'][:1].lower()}{detail['msg'][1:]}")


def _secret_texts(model: type[BaseModel], values: Mapping[str, object]) -> Iterator[str]:
    """Every text given for what may be secret: also for a field that does not exist, a secret misspelt."""
    for name, value in values.items():
        field = model.model_fields.get(name)
        if field is None or not _is_open(field.annotation):
            yield from _texts(value)


def _is_open(annotation: object) -> bool:
    parts = get_args(annotation) or (annotation,)
    return all(part in _OPEN or (isinstance(part, type) and issubclass(part, Enum)) for part in parts)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, Sequence) and not isinstance(value, bytes):
        for item in value:
            yield from _texts(item)


def _without(hidden: Sequence[str], text: str) -> str:
    for secret in hidden:
        text = text.replace(secret, _HIDDEN)
    return text

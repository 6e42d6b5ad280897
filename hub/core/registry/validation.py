"""Checks what a user entered against a pydantic model, with errors the user can act on."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from hub.core.contracts.errors import SettingsError
from hub.core.registry.wording import problems

ModelT = TypeVar("ModelT", bound=BaseModel)


def validated(model: type[ModelT], values: Mapping[str, object], owner: str) -> ModelT:
    """Make a model of what was entered.

    Args:
        model: the settings or parameters model.
        values: what was entered, by the field's name.
        owner: whose settings they are, such as ``email``; begins the error's sentence.

    Raises:
        SettingsError: names every field that is wrong, what is wrong with it, and which fields there are.
            It repeats no secret, and is not chained: the original holds the input.
    """
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        wrong = problems(model, values, error)
    fields = ", ".join(model.model_fields) or "none"
    raise SettingsError(f"{owner}: {'; '.join(wrong)}. There are these settings: {fields}.")

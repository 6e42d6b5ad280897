"""Fills in recipes with what is said on the command line."""

from collections.abc import Iterable
from typing import Any

from hub.cli.choices import pairs
from hub.core.segments.recipes import Recipe, recipe_named


def filled(name: str, said: Iterable[str]) -> str:
    """The text of a recipe.

    Args:
        name: the recipe's.
        said: ``BLANK=VALUE`` each.

    Raises:
        NotFound: there is no such recipe.
        UserError: it has no such blank, or the value does not fit it.
    """
    recipe = recipe_named(name)
    values = pairs(said, "--set", "BLANK=VALUE")
    return recipe.text({blank: _value(recipe, blank, value) for blank, value in values.items()})


def as_data(recipe: Recipe) -> dict[str, Any]:
    """A recipe, for programs."""
    return {
        "name": recipe.name,
        "description": recipe.description,
        "template": recipe.template,
        "text": recipe.text(),
        "blanks": [
            {"name": name, "label": blank.label, "value": blank.value} for name, blank in recipe.blanks.items()
        ],
    }


def _value(recipe: Recipe, blank: str, said: str) -> str | int:
    """A number where a number belongs; anything else is left for the recipe to judge."""
    is_number = blank in recipe.blanks and isinstance(recipe.blanks[blank].value, int)
    return int(said) if is_number and said.isascii() and said.isdigit() and len(said) < 20 else said

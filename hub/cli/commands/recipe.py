"""``hub recipe``: segments to start from."""

from typing import Annotated

import typer

from hub.cli.opening import opened
from hub.cli.output import safe, show, table
from hub.cli.program import HubCommand, new_app

app = new_app("See segments to start from.")


@app.command("list", cls=HubCommand)
def list_recipes(context: typer.Context) -> None:
    """List every recipe."""
    from hub.cli.recipes import as_data
    from hub.core.segments.recipes import RECIPES

    rows = [(one.name, one.description) for one in RECIPES]
    show(context, [as_data(one) for one in RECIPES], table(("name", "whom it finds"), rows))


@app.command("show", cls=HubCommand)
def show_recipe(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the recipe.", show_default=False)],
    values: Annotated[
        list[str], typer.Option("--set", metavar="BLANK=VALUE", help="Fill in a blank; may be repeated.")
    ] = [],  # noqa: B006 - typer copies the list
) -> None:
    """Show a recipe: its text with its blanks filled in, the same as a sentence, and how many it finds now."""
    from hub.cli.recipes import as_data, filled
    from hub.core.segments.recipes import recipe_named

    with opened(context) as hub:
        recipe, text = recipe_named(name), filled(name, values)
        tree = hub.segments.understood(text)
        sentence = hub.segments.language.describe(tree)
        size = len(hub.segments.definitions.evaluate(tree).members)
        blanks = [f"  {blank}: {one.label}, {one.value!r}" for blank, one in recipe.blanks.items()]
        told = [
            f"{recipe.name}: {recipe.description}",
            f"text:      {safe(text)}",
            f"means:     {safe(sentence)}",
            f"customers: {size:,}",
            *(["blanks:", *blanks] if blanks else []),
        ]
        show(context, as_data(recipe) | {"text": text, "sentence": sentence, "size": size}, "\n".join(told))

"""``hub segment create``: of a text, of a recipe, or without members to be added by hand."""

from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.commands.segment.options import Name
from hub.cli.errors import explaining
from hub.cli.opening import opened
from hub.cli.output import safe, show
from hub.cli.texts import text_of

if TYPE_CHECKING:
    from hub.core.app import Hub
    from hub.core.store.tables import Segment


def create(
    context: typer.Context,
    name: Name,
    text: Annotated[
        str | None,
        typer.Argument(
            metavar="TEXT", help="Who is in it, such as 'orders >= 3'; @FILE reads it from a file.",
            show_default=False,
        ),
    ] = None,
    manual: Annotated[bool, typer.Option("--manual", help="Its members are added by hand.")] = False,
    recipe: Annotated[
        str | None, typer.Option("--recipe", metavar="NAME", help="Take the text of that recipe.")
    ] = None,
    values: Annotated[
        list[str],
        typer.Option("--set", metavar="BLANK=VALUE", help="Fill in a blank of the recipe; may be repeated."),
    ] = [],  # noqa: B006 - typer copies the list
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
) -> None:  # fmt: skip
    """Make a segment: of all who match a text, of a recipe, or one whose members are added by hand."""
    if (text is not None) + manual + (recipe is not None) != 1:
        raise typer.BadParameter("say one of TEXT, --manual and --recipe", ctx=context)
    if values and recipe is None:
        raise typer.BadParameter("only a recipe has blanks", ctx=context, param_hint="--set")
    with opened(context) as hub:
        made = _made(hub, name, _text(text, recipe, values), description)
        from hub.cli.segments import as_data

        state = hub.segments.state(made)
        kind = "manual segment" if manual else "segment"
        show(context, as_data(state), f"Made the {kind} {safe(made.name)!r}: {state.size:,} customers.")


def _text(text: str | None, recipe: str | None, values: list[str]) -> str | None:
    """The text of a dynamic segment; None for a manual one."""
    from hub.cli.recipes import filled

    if recipe is not None:
        return filled(recipe, values)
    return None if text is None else text_of(text)


def _made(hub: "Hub", name: str, text: str | None, description: str) -> "Segment":
    if text is None:
        return hub.segments.create_manual(name, description)
    with explaining(text):
        return hub.segments.create(name, text, description)

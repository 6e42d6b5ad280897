"""``hub criterion``: what segments can be made of."""

from typing import Annotated

import typer

from hub.cli.opening import opened
from hub.cli.output import safe, show, table
from hub.cli.program import HubCommand, new_app
from hub.core.contracts.errors import DefinitionError, NotFound

app = new_app("See what segments can be made of.")


@app.command("list", cls=HubCommand)
def list_criteria(context: typer.Context) -> None:
    """List every criterion, those of plugins too."""
    from hub.cli.criteria import as_data

    with opened(context) as hub:
        language = hub.segments.language
        data = [as_data(one, language) for one in language.catalogue]
        rows = [(one["name"], one["label"], next(iter(one["examples"]), "")) for one in data]
        show(context, data, table(("name", "label", "example"), rows))


@app.command("show", cls=HubCommand)
def show_criterion(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name, or another word for it.")],
) -> None:
    """Show a criterion: what it asks, its parameters, and how it is written."""
    from hub.cli.criteria import as_data, as_text

    with opened(context) as hub:
        try:
            found = hub.segments.language.catalogue.find(name.strip().lower())
        except DefinitionError as error:
            raise NotFound(f"{error}; {error.hint}") from None
        data = as_data(found, hub.segments.language)
        show(context, data, safe(as_text(data)))

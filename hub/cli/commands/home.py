"""``hub init``: make a hub."""

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.output import show


def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make the hub in.", show_default=False)],
    name: Annotated[str, typer.Option(help="What the organisation is called.")] = "My theatre",
    time_zone: Annotated[str, typer.Option(help="Where its days are.")] = "Europe/Berlin",
    currency: Annotated[str, typer.Option(help="In which revenue is counted.")] = "EUR",
    country: Annotated[str, typer.Option(help="Where phone numbers without a country code are from.")] = "DE",
    store_url: Annotated[
        str, typer.Option(help="URL of a PostgreSQL database; an SQLite file in DIR if empty.", metavar="URL")
    ] = "",
) -> None:
    """Make a hub in a folder: its settings, its store and its organisation."""
    from hub.core.app import make_home
    from hub.core.store.tables import Organisation

    if not name.strip():
        raise typer.BadParameter("an organisation needs a name", ctx=context, param_hint="--name")
    home = folder.absolute()
    organisation = Organisation(
        name=name.strip(), time_zone=time_zone, currency=currency.upper(), country=country.upper()
    )
    made = organisation.model_dump(exclude={"id"})  # before it is stored: afterwards its session is gone
    make_home(home, organisation, store_url)
    show(
        context,
        {"home": str(home), **made},
        f"Made a hub for {made['name']} in {home} (days in {made['time_zone']}, money in {made['currency']}, "
        f"phone numbers of {made['country']}).\nUse it with --home {folder}, or set HUB_HOME.",
    )

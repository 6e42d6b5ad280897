"""``hub replica``: the columnar copy of the store that questions are asked of."""

import typer

from hub.cli.opening import opened
from hub.cli.output import show
from hub.cli.program import HubCommand, new_app

app = new_app("Look after the columnar copy of the store.")


@app.callback()
def replica() -> None:
    """Keep ``rebuild`` a command of its own, though it is the only one."""


@app.command("rebuild", cls=HubCommand)
def rebuild(context: typer.Context) -> None:
    """Delete the replica and build it anew from the store. Nothing can be lost: it is only a copy."""
    from hub.cli.rebuilding import delete_replica

    with opened(context) as hub:
        delete_replica(hub.home)
        revision = hub.engine.refresh()
        customers = len(hub.engine.everyone())
        show(
            context,
            {"revision": revision, "customers": customers},
            f"Built the replica anew: {customers:,} customers, revision {revision:,}.",
        )

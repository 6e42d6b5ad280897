"""``hub replica``: the columnar copy of the store that questions are asked of."""

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.opening import opened
from hub.cli.output import remark, show
from hub.cli.program import HubCommand, new_app

app = new_app("Look after the columnar copy of the store.")


@app.command("rebuild", cls=HubCommand)
def rebuild(context: typer.Context) -> None:
    """Delete the replica and build it anew from the store. Nothing can be lost: it is only a copy."""
    from hub.cli.rebuilding import delete_replica

    with opened(context) as hub:
        delete_replica(hub.home)
        revision = hub.engine.refresh()
        customers = len(hub.segments.ask("everyone").members)
        show(
            context,
            {"revision": revision, "customers": customers},
            f"Built the replica anew: {customers:,} customers, revision {revision:,}.",
        )


@app.command("publish", cls=HubCommand)
def publish(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="Where publications are kept; made if missing.")
    ],
) -> None:
    """Write all that questions are asked of as Parquet files, for engines such as Spark that run elsewhere."""
    from hub.core.replica.publishing import publish as published

    with opened(context) as hub:

        def told(relation: str, rows: int) -> None:
            remark(context, f"{relation}: {rows:,} rows")

        made = published(hub.replica, folder.absolute(), told, hub.clock)
        said = made.manifest
        show(
            context,
            {
                "folder": str(made.folder),
                "revision": said.revision,
                "rows": dict(said.rows),
                "published_at": said.published_at,
            },
            f"Published revision {said.revision:,}: {said.rows['traits']:,} customers, "
            f"{sum(said.rows.values()):,} rows in all.",
        )

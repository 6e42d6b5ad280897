"""``hub plugins``: which plugins there are, what they bring, and why one does not run."""

import typer

from hub.cli.opening import opened
from hub.cli.output import show, table


def plugins(context: typer.Context) -> None:
    """List the plugins that were found, with what each brings, or why it does not run."""
    with opened(context) as hub:
        data = [
            {
                "name": one.name,
                "state": one.state.value,
                "reason": one.reason,
                "module": one.module,
                "distribution": one.distribution,
                "version": one.version,
                "components": [
                    {"kind": item.kind.value, "name": item.name, "label": item.label} for item in one.components
                ],
            }
            for one in hub.registry.plugins()
        ]
        rows = [
            (one.name, one.state.value, f"{item.kind.words} {item.name}" if item else "", one.reason)
            for one in hub.registry.plugins()
            for item in one.components or (None,)
        ]
        show(context, data, table(("name", "state", "brings", "reason"), rows))

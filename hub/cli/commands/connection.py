"""``hub connect`` and ``hub connections``: components of plugins, with their settings, under names."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hub.cli.choices import component_kind, pairs
from hub.cli.opening import opened
from hub.cli.output import remark, show, table
from hub.core.contracts.errors import HubError, InputError

if TYPE_CHECKING:
    from hub.core.app import Hub
    from hub.core.registry.reports import Kind
    from hub.core.store.tables import Connection


def connect(
    context: typer.Context,
    component: Annotated[str, typer.Argument(metavar="PLUGIN", help="What to connect, such as csv or email.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the connection is called.")],
    settings: Annotated[
        list[str],
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="A setting; may be repeated. KEY=@FILE reads the value from a file, KEY=- asks for it without "
            "showing it (or reads a line of standard input), KEY=@@… is a value that begins with @.",
        ),
    ] = [],  # noqa: B006 - typer copies the list
    kind: Annotated[
        Any,
        typer.Option(
            parser=component_kind,
            metavar="KIND",
            help="data_source, audience_sink or message_channel, where the settings do not tell.",
        ),
    ] = None,
) -> None:
    """Connect a plugin's component: check its settings with the other side and keep them, secrets encrypted.

    A name that is there already gets the new settings.
    """
    values = {key: _value(key, said) for key, said in pairs(settings, "--set", "KEY=VALUE").items()}
    chosen: Kind | None = kind
    with opened(context) as hub:
        made = hub.connections.connect(component, name, values, chosen)
        data = _data(hub, made)
        show(context, data, f"Connected {made.name!r} to {made.component} ({made.kind.replace('_', ' ')}).")
        if data["webhook"]:
            remark(
                context, f"Its provider can tell what becomes of messages at {data['webhook']}: enter that there."
            )


def connections(context: typer.Context) -> None:
    """List the connections. Secrets are masked."""
    with opened(context) as hub:
        data = [_data(hub, one) for one in hub.connections.all()]
        rows = [
            (one["name"], one["component"], one["kind"].replace("_", " "), _settings_text(one)) for one in data
        ]
        show(context, data, table(("name", "plugin", "kind", "settings"), rows))


def _value(key: str, said: str) -> str:
    """The value itself: as said, from a file, or from whoever sits at the terminal."""
    if said.startswith("@@"):
        return said[1:]
    if said.startswith("@"):
        try:
            return Path(said[1:]).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not written in UTF-8"
            raise InputError(f"the file with the value of {key!r} can't be read: {reason}") from error
    if said != "-":
        return said
    if sys.stdin.isatty():
        answer: str = typer.prompt(key, hide_input=True, err=True)
        return answer
    line = sys.stdin.readline()
    if not line:
        raise InputError(f"standard input ended before the value of {key!r} came")
    return line.rstrip("\r\n")


def _data(hub: "Hub", connection: "Connection") -> dict[str, Any]:
    data: dict[str, Any] = {
        "name": connection.name,
        "component": connection.component,
        "kind": connection.kind,
        "settings": None,
        "webhook": None,
        "problem": "",
        "changed_at": connection.changed_at,
    }
    try:
        data["webhook"] = _webhook(hub, connection)
        data["settings"] = dict(hub.connections.shown(connection))
    except HubError as error:  # its plugin or its key may be gone; the others are still to be seen
        data["problem"] = str(error)
    return data


def _webhook(hub: "Hub", connection: "Connection") -> str | None:
    """The address to be entered at the provider; None where nobody calls the hub."""
    from hub.core.contracts.channel_abilities import WebhookChannel
    from hub.core.messaging.fates.webhooks import webhook_address

    if connection.kind != "message_channel" or connection.id is None:
        return None
    if not issubclass(hub.registry.message_channel(connection.component), WebhookChannel):
        return None
    return webhook_address(connection.id, hub.settings.public_url)


def _settings_text(data: dict[str, Any]) -> str:
    if data["problem"]:
        return str(data["problem"])
    shown = {**data["settings"], "webhook": data["webhook"]}
    return ", ".join(f"{key}={value}" for key, value in shown.items() if value not in (None, ""))

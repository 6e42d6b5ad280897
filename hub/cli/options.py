"""The options every command takes, before its name or after it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

PANEL = "Everywhere"
"""Heading in the help under which these options stand."""


@dataclass
class Options:
    """What was said for the whole invocation; filled while the command line is read."""

    as_json: bool = False
    verbose: bool = False
    given_home: Path | None = None

    @property
    def home(self) -> Path:
        """The hub's folder: as given, else by ``HUB_HOME``, else the current folder."""
        return self.given_home or Path(os.environ.get("HUB_HOME") or ".")


def options_of(context: typer.Context) -> Options:
    """The options of the invocation a command belongs to."""
    return context.ensure_object(Options)


def _note_home(context: typer.Context, value: Path | None) -> None:
    if value is not None:
        options_of(context).given_home = value


def _note_json(context: typer.Context, value: bool) -> None:
    if value:
        options_of(context).as_json = True


def _note_verbose(context: typer.Context, value: bool) -> None:
    if value:
        options_of(context).verbose = True


Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        help="The hub's folder; otherwise HUB_HOME, otherwise the current folder.",
        callback=_note_home,
        expose_value=False,
        show_default=False,
        rich_help_panel=PANEL,
    ),
]
AsJson = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Write results, and errors, as JSON.",
        callback=_note_json,
        expose_value=False,
        rich_help_panel=PANEL,
    ),
]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose",
        help="Tell more on standard error; of an error, where it came up.",
        callback=_note_verbose,
        expose_value=False,
        rich_help_panel=PANEL,
    ),
]

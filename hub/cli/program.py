"""How commands are run: the shared options on each, errors told in one place, streams that never fail."""

import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from hub.cli.errors import ExitCode, tell
from hub.cli.options import AsJson, Home, Options, Verbose


class HubCommand(TyperCommand):
    """A command that takes the shared options after its name, too."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.params += get_command(_shared()).params


class HubNoun(TyperGroup):
    """The commands about one noun; it takes the shared options, too."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.params += get_command(_shared()).params


class HubGroup(TyperGroup):
    """The root of the commands: whatever happens below ends as a sentence and an exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Read the command line, run the command, and end the process with its exit code."""
        given = list(sys.argv[1:] if args is None else args)
        options = Options()
        _forgive_characters()
        try:
            words = [_as_text(word, position) for position, word in enumerate(given, start=1)]
            code = super().main(
                words, "hub", complete_var, False, windows_expand_args, **{**extra, "obj": options}
            )
        except Exception as error:  # noqa: BLE001 - what a person sees of any error is decided in one place
            code = tell(error, as_json=options.as_json or "--json" in given, verbose=options.verbose)
        sys.exit(code or ExitCode.DONE)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a reader of its output that goes away ends it silently."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _let_go_of_output()
            raise typer.Exit(ExitCode.BROKEN_PIPE) from None
        return result


def new_app(help_text: str) -> typer.Typer:
    """A group of commands about one noun."""
    return typer.Typer(cls=HubNoun, help=help_text, add_completion=False)


def _shared() -> typer.Typer:
    """A command that has the shared options and nothing else."""
    app = typer.Typer(add_completion=False)

    @app.command()
    def options(home: Home = None, as_json: AsJson = False, verbose: Verbose = False) -> None:
        """Take the shared options."""

    return app


def _forgive_characters() -> None:
    """Let a terminal or pipe that can't show a character show its number instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() not in ("utf-8", "utf8"):
            stream.reconfigure(errors="backslashreplace")


def _as_text(word: str, position: int) -> str:
    """A word of the command line, also where the language settings made Python read it as bytes.

    Raises:
        BadParameter: it is no text; nothing can be stored under such a name.
    """
    try:
        return os.fsencode(word).decode() if any("\udc80" <= sign <= "\udcff" for sign in word) else word
    except UnicodeError:
        raise typer.BadParameter(f"word {position} of the command line is not written in UTF-8") from None


def _let_go_of_output() -> None:
    """Send what is still buffered nowhere, so that the interpreter's own last flush is silent."""
    with suppress(OSError, io.UnsupportedOperation):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)

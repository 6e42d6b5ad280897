"""Says what went wrong, for people or for programs, and which exit code that has."""

import json
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import typer

from hub.cli.output import safe
from hub.core.contracts.errors import DefinitionError, HubError, TryAgain


class ExitCode(IntEnum):
    """How the command line ends."""

    DONE = 0
    """It did what was asked."""
    FAILED = 1
    """It could not; the sentence says why, and who must act."""
    USAGE = 2
    """The command line itself is wrong."""
    HELD = 3
    """A sync waits for approval: it would remove many members."""
    BUG = 70
    """Something unexpected (EX_SOFTWARE): a bug in the hub."""
    TRY_AGAIN = 75
    """A passing fault (EX_TEMPFAIL): the same command may succeed later."""
    INTERRUPTED = 130
    """Ended by Ctrl-C."""
    BROKEN_PIPE = 141
    """Whoever read the output stopped reading."""


class TextError(HubError):
    """A segment's text can't be understood; holds the text, so that the place can be shown in it."""

    def __init__(self, text: str, error: DefinitionError) -> None:
        super().__init__(str(error))
        self.text = text
        self.error = error


@contextmanager
def explaining(text: str) -> Iterator[None]:
    """Keep a text at hand while it is being understood.

    Raises:
        TextError: it can't be.
    """
    try:
        yield
    except DefinitionError as error:
        raise TextError(text, error) from error


@dataclass(frozen=True)
class Failure:
    """An error as it is told."""

    kind: str
    """The class of the error, for programs."""
    message: str
    """One sentence."""
    code: int
    """The exit code."""
    shown: str = ""
    """What people see where that is more than the sentence."""
    details: Mapping[str, Any] = field(default_factory=dict)


def tell(error: Exception, *, as_json: bool, verbose: bool) -> int:
    """Write an error to standard error and return the exit code."""
    failure = failure_of(error)
    if verbose:
        typer.echo("".join(traceback.format_exception(error)).rstrip(), err=True)
    if as_json:
        said = {"type": failure.kind, "message": failure.message, "exit_code": failure.code, **failure.details}
        typer.echo(json.dumps({"error": said}, ensure_ascii=True), err=True)
    else:
        typer.echo(safe(failure.shown or f"Error: {failure.message}"), err=True)
    return failure.code


def failure_of(error: Exception) -> Failure:
    """How an error is told."""
    match error:
        case TextError():
            return _text_failure(error)
        case TryAgain():
            return Failure("TryAgain", str(error), ExitCode.TRY_AGAIN, details={"after": error.after})
        case HubError():
            return Failure(type(error).__name__, str(error), ExitCode.FAILED)
        case typer.TyperException():
            return _usage_failure(error)
        case typer.Abort():
            return Failure("Aborted", "the question was not answered", ExitCode.FAILED)
        case OSError(strerror=str(reason), filename=file):
            return Failure("OSError", f"{file}: {reason}" if file else reason, ExitCode.FAILED)
    where = traceback.extract_tb(error.__traceback__)[-1]
    return Failure(
        type(error).__name__,
        f"an unexpected {type(error).__name__} in {where.name}; this is a bug in the hub, please report it "
        "with what --verbose shows",
        ExitCode.BUG,
    )


def _text_failure(failed: TextError) -> Failure:
    from hub.core.segments.language import render_error  # here: it loads the parser

    error = failed.error
    place = error.place
    return Failure(
        "DefinitionError",
        str(error),
        ExitCode.FAILED,
        shown=f"Error: the segment's text can't be understood.\n{render_error(failed.text, error)}",
        details={
            "hint": error.hint,
            "place": {"line": place.line, "column": place.column, "length": place.length} if place else None,
        },
    )


def _usage_failure(error: typer.TyperException) -> Failure:
    message = error.format_message()
    context: typer.Context | None = getattr(error, "ctx", None)
    shown = f"Error: {message}"
    if context is not None:
        shown += f"\n{context.get_usage()}\nTry '{context.command_path} --help'."
    return Failure("UsageError", message, error.exit_code, shown=shown)

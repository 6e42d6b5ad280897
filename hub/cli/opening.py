"""Opens the hub of the home that was said. What is heavy is imported here, when a command runs."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from hub.cli.options import options_of

if TYPE_CHECKING:
    from hub.core.app import Hub


@contextmanager
def opened(context: typer.Context) -> Iterator["Hub"]:
    """The hub of the home, closed at the end.

    Raises:
        NotFound: there is no hub in that folder.
        SettingsError: a setting is wrong.
        StoreError: the store can't be used.
    """
    from hub.core.app import open_hub

    options = options_of(context)
    with telling(logging.DEBUG if options.verbose else logging.ERROR if options.as_json else logging.WARNING):
        hub = open_hub(options.home.absolute())
        try:
            yield hub
        finally:
            hub.close()


@contextmanager
def telling(level: int) -> Iterator[None]:
    """Write what the hub logs, from a level on, to standard error."""
    handler = _StandardError(level)
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(min(level, logging.WARNING))
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


class _StandardError(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] in ("hub", "uvicorn") or record.levelno >= logging.WARNING:
            typer.echo(self.format(record), err=True)

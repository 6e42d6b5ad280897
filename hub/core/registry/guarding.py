"""Tells a plugin's bug from a fault somebody else can mend."""

import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from hub.core.contracts.errors import HubError, IntegratorError

ItemT = TypeVar("ItemT")


@contextmanager
def guard(plugin: str) -> Iterator[None]:
    """Run a plugin's code; an exception that is none of the hub's own is reported as the plugin's bug.

    The text of the original is kept out of the sentence, as it may hold a secret or personal data; the
    original is chained.

    Raises:
        IntegratorError: the code raised something that is not a ``HubError``.
    """
    try:
        yield
    except HubError:
        raise
    except Exception as error:
        raise IntegratorError(
            plugin,
            f"raised {type(error).__name__}{_place(error)}; this is a mistake in the plugin, report it there",
        ) from error


def guarded(plugin: str, items: Iterable[ItemT]) -> Iterator[ItemT]:
    """Yield what a plugin yields, guarded; what the caller does with an item is not the plugin's doing."""
    with guard(plugin):
        iterator = iter(items)
    while True:
        with guard(plugin):
            try:
                item = next(iterator)
            except StopIteration:
                return
        yield item


def _place(error: Exception) -> str:
    """Where the error came up: the innermost function, as ``at file:line``."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    file = frames[-1].filename.replace("\\", "/").rsplit("/", 1)[-1]
    return f" at {file}:{frames[-1].lineno}"

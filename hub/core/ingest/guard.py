"""Stops a run that would delete most of what a source once brought: an outage may look like an empty shop."""

from collections import Counter

from hub.core.contracts.errors import InputError
from hub.core.store.facts.vanishing import Vanished

_FROM = 20
"""Fewer than so many may always go: what is lost so is soon brought again."""


class MassDeletion(InputError):
    """A source would take away most of a kind at once. See whether that is right, and confirm it."""


class DeletionGuard:
    """Counts what goes in one run.

    Args:
        source: the source's name, for the error.
        approved: whether a person agreed to whatever is deleted.
    """

    def __init__(self, source: str, *, approved: bool) -> None:
        self._source = source
        self._approved = approved
        self._gone: Counter[str] = Counter()

    def check(self, vanished: Vanished) -> None:
        """Let rows go, or not.

        Raises:
            MassDeletion: with them, more than half of a kind and at least 20 would go in this run.
        """
        before = self._gone[vanished.kind]
        gone = before + vanished.count
        if not self._approved and vanished.count and gone >= _FROM:
            there = before + vanished.among()
            if gone * 2 > there:
                what = vanished.kind.replace("_", " ")
                raise MassDeletion(
                    f"{self._source!r} has lost {gone:,} of {there:,} {what} since the last run, so nothing of it "
                    "was deleted here; see whether that is right, and confirm it with "
                    f"`hub import run {self._source} --approve`"
                )
        self._gone[vanished.kind] = gone

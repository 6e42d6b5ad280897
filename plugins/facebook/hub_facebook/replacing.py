"""Replaces everyone in an audience within one session.

Nothing may be added in any other way until the session ends, so refused rows are searched for inside it, and its
last request repeats a row: which one will be the last with a new row is not known before.
"""

from collections.abc import Callable, Mapping

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from hub import TryAgain, UserError
from hub_facebook.graph import Graph
from hub_facebook.judging import SessionOver
from hub_facebook.rows import Rows
from hub_facebook.uploading import LARGEST_REQUEST, Finder, Receipt, UploadSession, Verdict

_ATTEMPTS = 4
_LONGEST_WAIT, _USUAL_WAIT = 600.0, 5.0
"""Seconds. A session is given up after 90 minutes."""


class Replacement:
    """One session that leaves in the audience who was sent and nobody else.

    Passing trouble is waited out within it: a session that is left blocks the audience.

    Args:
        graph: the way to Meta.
        audience: its id.
        total: about how many rows there will be.
        sleep: waits so many seconds.

    Attributes:
        unsettled: rows of which some are refused, but not known which.
    """

    def __init__(self, graph: Graph, audience: str, total: int, sleep: Callable[[float], None]) -> None:
        self._retrying = Retrying(
            retry=retry_if_exception_type(TryAgain),
            stop=lambda state: _asked(state) > _LONGEST_WAIT or stop_after_attempt(_ATTEMPTS)(state),
            wait=lambda state: _asked(state) or _USUAL_WAIT * state.attempt_number,
            sleep=sleep,
            reraise=True,
        )
        self.unsettled: list[Rows] = []
        self._session = UploadSession(graph, audience, "usersreplace", total)
        self._finder = Finder(self._again)
        self._closing: Rows | None = None

    def send(self, rows: Rows) -> Mapping[str, str]:
        """Send rows, in any number; returns why rows are refused, by their keys.

        Raises:
            TryAgain: Meta did not confirm that it received them all.
        """
        verdict = Verdict()
        for chunk in rows.chunks(LARGEST_REQUEST):
            self._finder.settle(chunk, self._again(chunk), verdict)
        doubtful = verdict.reasons.keys() | verdict.unsettled
        settled = next((key for key in rows.numbers if key not in doubtful), None)
        if settled is not None:
            self._closing = rows.part([settled])
        if verdict.unsettled:
            self.unsettled.append(rows.part(verdict.unsettled))
            self._closing = self._closing or rows.part(verdict.unsettled[:1])
        return verdict.reasons

    def finish(self) -> None:
        """Close the session: now Meta replaces.

        Raises:
            UserError: there is nobody to put in; Meta can't replace an audience by an empty one.
            TryAgain: Meta did not take the last request.
        """
        if self._closing is None:
            raise UserError("Nobody is left to put into the audience: Meta can't replace its members by nobody.")
        try:
            receipt = self._retrying(self._session.send, self._closing, is_last=True)
        except SessionOver:
            return
        # An unsettled row may be a refused one: that is no reason to do everything again.
        if receipt.refused and not self.unsettled:
            raise TryAgain("Meta did not take the end of the session")

    def _again(self, rows: Rows) -> Receipt:
        return self._retrying(self._session.send, rows, is_last=False)


def _asked(state: RetryCallState) -> float:
    """How many seconds Meta asks to wait; 0 when it does not say."""
    error = state.outcome.exception() if state.outcome else None
    return error.after or 0.0 if isinstance(error, TryAgain) else 0.0

"""Replaces everyone in an audience within one session.

Nothing may be added in any other way until the session ends, so refused rows are searched for inside it, and its
last request repeats a row: which one will be the last with a new row is not known before.
"""

from hub import TryAgain, UserError
from hub_facebook.graph import Graph
from hub_facebook.rows import Rows
from hub_facebook.uploading import LARGEST_REQUEST, Finder, Receipt, UploadSession, Verdict


class Replacement:
    """One session that leaves in the audience who was sent and nobody else.

    Args:
        graph: the way to Meta.
        audience: its id.
        total: about how many rows there will be.
    """

    def __init__(self, graph: Graph, audience: str, total: int) -> None:
        self._session = UploadSession(graph, audience, "usersreplace", total)
        self._finder = Finder(self._again)
        self._closing: Rows | None = None

    def send(self, rows: Rows) -> Verdict:
        """Send rows, in any number.

        Raises:
            UserError: Meta refuses some and it can't be found out which.
        """
        verdict = Verdict()
        for chunk in rows.chunks(LARGEST_REQUEST):
            self._finder.settle(chunk, self._again(chunk), verdict)
        if verdict.unsettled:
            raise UserError(
                "Meta refuses many of the customers and does not say which. Add to the audience instead."
            )
        accepted = next((key for key in rows.numbers if key not in verdict.reasons), None)
        if accepted is not None:
            self._closing = rows.part([accepted])
        return verdict

    def finish(self) -> None:
        """Close the session: now Meta replaces.

        Raises:
            UserError: there is nobody to put in; Meta can't replace an audience by an empty one.
            TryAgain: Meta did not take the last request.
        """
        if self._closing is None:
            raise UserError("Nobody is left to put into the audience: Meta can't replace its members by nobody.")
        if self._session.send(self._closing, is_last=True).refused:
            raise TryAgain("Meta did not take the end of the session")

    def _again(self, rows: Rows) -> Receipt:
        return self._session.send(rows, is_last=False)

"""Sends rows in sessions and finds out which of them Meta refuses.

Meta answers with the number of rows it refuses and shows a few of them. The others are found by halving.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from hub import TryAgain
from hub_facebook.graph import Graph
from hub_facebook.judging import in_plain_words
from hub_facebook.rows import Rows, key_of

LARGEST_REQUEST = 10_000
"""Rows; Meta's limit."""
_MOST_RESENT = 64
"""Requests to find the refused ones of an upload; each counts against the allowance."""
_NO_REASON = "Meta refuses this customer's data and does not say why."


@dataclass(frozen=True)
class Receipt:
    """What Meta said of one request: how many rows it refuses, and why, as far as it shows them."""

    refused: int
    reasons: dict[str, str]


@dataclass
class Verdict:
    """What became of the rows that were sent.

    Attributes:
        reasons: why a row is refused, by its key.
        unsettled: keys of rows of which some are refused, but not known which.
    """

    reasons: dict[str, str] = field(default_factory=dict)
    unsettled: list[str] = field(default_factory=list)


Send = Callable[[Rows], Receipt]


class UploadSession:
    """Requests that belong together: Meta is told how many rows to expect, and when the last one came.

    Args:
        graph: the way to Meta.
        audience: its id.
        edge: ``users``, or ``usersreplace`` to take out everyone who is not sent.
        total: about how many rows there will be.
        method: ``DELETE`` takes rows out.
    """

    def __init__(self, graph: Graph, audience: str, edge: str, total: int, method: str = "POST") -> None:
        self._graph = graph
        self._path = (audience, edge)
        self._total = total
        self._method = method
        self._id = secrets.randbits(62) + 1
        self._sequence = 0

    def send(self, rows: Rows, *, is_last: bool) -> Receipt:
        """Send at most ``LARGEST_REQUEST`` rows.

        Raises:
            TryAgain: Meta did not confirm that it received them all.
            SessionOver: the last rows were sent before.
        """
        session = {
            "session_id": self._id,
            "batch_seq": self._sequence + 1,
            "last_batch_flag": is_last,
            "estimated_num_total": max(self._total, len(rows)),
        }
        body = self._graph.call(self._method, *self._path, payload=rows.payload(), session=session)
        received, refused = body.get("num_received"), body.get("num_invalid_entries", 0)
        if not isinstance(refused, int) or received not in (len(rows), len(rows) - refused):
            raise TryAgain("Meta does not confirm that it received everyone it was sent")
        self._sequence += 1  # only now: what was not confirmed may be sent again in its place
        samples = body.get("invalid_entry_samples")
        shown = samples if isinstance(samples, dict) else {}
        return Receipt(refused, {key_of(key): in_plain_words(str(reason)) for key, reason in shown.items()})


def send_all(graph: Graph, audience: str, rows: Rows, method: str = "POST") -> Verdict:
    """Add rows to an audience, or take them out.

    Args:
        graph: the way to Meta.
        audience: its id.
        rows: any number; as many requests as it takes are one session.
        method: ``POST`` adds, ``DELETE`` takes out.

    Raises:
        TryAgain: part of it may have been done.
        Refused: Meta refuses all of it.
    """

    def send_alone(part: Rows) -> Receipt:
        return UploadSession(graph, audience, "users", len(part), method).send(part, is_last=True)

    chunks = rows.chunks(LARGEST_REQUEST)
    session = UploadSession(graph, audience, "users", len(rows), method)
    verdict, finder = Verdict(), Finder(send_alone)
    for position, chunk in enumerate(chunks, start=1):
        receipt = session.send(chunk, is_last=position == len(chunks))
        finder.settle(chunk, receipt, verdict)
    return verdict


class Finder:
    """Finds the refused rows by sending halves again, as long as a bound allows.

    Args:
        send: sends rows once more, which does no harm.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._left = _MOST_RESENT

    def settle(self, rows: Rows, receipt: Receipt, verdict: Verdict) -> None:
        """Note which of the rows that a receipt is about are refused."""
        shown = {key: reason or _NO_REASON for key, reason in receipt.reasons.items() if key in rows.numbers}
        verdict.reasons |= shown
        hidden = receipt.refused - len(shown)
        if hidden <= 0:
            return
        rest = [key for key in rows.numbers if key not in shown]
        if hidden >= len(rest):
            verdict.reasons |= dict.fromkeys(rest, _NO_REASON)
            return
        if self._left < 2:
            verdict.unsettled += rest
            return
        self._left -= 2
        middle = (len(rest) + 1) // 2
        for keys in (rest[:middle], rest[middle:]):
            half = rows.part(keys)
            self.settle(half, self._send(half), verdict)

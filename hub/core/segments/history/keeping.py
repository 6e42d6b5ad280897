"""Reads and writes what segments matched last: a full set for several answers, and each as a difference to it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date

import sqlalchemy as sa

from hub.core.engines.bitmap import Bitmap
from hub.core.segments.evaluator import Evaluation
from hub.core.segments.history.comparing import Anchor, Change, Earlier, EarlierAnswer
from hub.core.store import answers as stored
from hub.core.store.answers import WHOLE, StoredAnswer

_LARGEST_SHARE = 4
"""A difference that takes more than a fourth of its anchor's bytes is made an anchor itself."""
_SMALL = 256
"""Bytes that a difference may always take."""


def earlier_of(connection: sa.Connection, segment_ids: Collection[int]) -> Mapping[int, Earlier]:
    """What is kept of segments' last evaluations; those never evaluated are left out."""
    rows = stored.stored_answers(connection, segment_ids)
    anchors = {
        anchor_id: Anchor(anchor_id, Bitmap.from_bytes(members), len(members))
        for anchor_id, members in stored.anchors(connection, {row.anchor_id for row in rows}).items()
    }
    answers: dict[int, dict[str, EarlierAnswer]] = defaultdict(dict)
    for row in rows:
        anchor = anchors[row.anchor_id]
        members = anchor.members ^ Bitmap.from_bytes(row.difference)
        answers[row.segment_id][row.key] = EarlierAnswer(row.node, members, anchor)
    return {
        row.segment_id: Earlier(row.day, row.revision, answers[row.segment_id]) for row in rows if row.key == WHOLE
    }


def write_answers(
    connection: sa.Connection, organisation_id: int, changes: Iterable[tuple[int, Evaluation, Change]]
) -> None:
    """Keep the answers that differ, each beside the id of its segment and the evaluation that found it."""
    changes = list(changes)
    writing = _Writing(_shared(connection, organisation_id, [change for _, _, change in changes]))
    for segment_id, evaluation, change in changes:
        for key, found in change.answers.items():
            anchor, difference = writing.told(key, found.members, found.anchor)
            at = (evaluation.calendar.today, evaluation.revision)
            writing.rows.append((segment_id, key, found.node, *at, anchor, difference))
    ids = stored.add_anchors(connection, [anchor.members.to_bytes() for anchor in writing.new])
    id_of = dict(zip(map(id, writing.new), ids, strict=True))
    stored.write(
        connection,
        [StoredAnswer(*row[:5], row[5].id or id_of[id(row[5])], row[6]) for row in writing.rows],
    )
    gone = [(segment_id, key) for segment_id, _, change in changes for key in change.gone]
    stored.forget(connection, gone)
    if gone or writing.released:
        stored.forget_unused_anchors(connection)


class _Writing:
    """Chooses anchors for answers.

    Args:
        shared: for each key an anchor that another answer to it is told from.
    """

    def __init__(self, shared: Mapping[str, Anchor]) -> None:
        self._shared = dict(shared)
        self.new: list[Anchor] = []
        """Anchors to be stored."""
        self.rows: list[tuple[int, str, dict[str, object] | None, date, int, Anchor, bytes]] = []
        self.released = False
        """Whether an answer left its anchor, which may be of no use any more."""

    def told(self, key: str, members: Bitmap, own: Anchor | None) -> tuple[Anchor, bytes]:
        """An anchor for an answer, and its difference to it as it is kept."""
        for anchor in (own, self._shared.get(key)):
            if anchor is not None:
                difference = (members ^ anchor.members).to_bytes()
                if len(difference) <= max(_SMALL, anchor.size // _LARGEST_SHARE):
                    self.released |= own is not None and anchor is not own
                    return anchor, difference
        anchor = Anchor(None, members, len(members.to_bytes()))
        self.released |= own is not None
        self.new.append(anchor)
        if key != WHOLE:
            self._shared[key] = anchor
        return anchor, Bitmap.of([]).to_bytes()


def _shared(connection: sa.Connection, organisation_id: int, changes: Iterable[Change]) -> Mapping[str, Anchor]:
    """For the keys of answers that have no anchor yet, the one that another segment's answer is told from."""
    keys = {
        key for change in changes for key, found in change.answers.items() if found.anchor is None and key != WHOLE
    }
    ids = stored.anchors_of_keys(connection, organisation_id, keys)
    kept = stored.anchors(connection, set(ids.values()))
    return {
        key: Anchor(anchor_id, Bitmap.from_bytes(kept[anchor_id]), len(kept[anchor_id]))
        for key, anchor_id in ids.items()
    }

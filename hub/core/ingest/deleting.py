"""Deletes what a batch says is gone, in the batch's own transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from hub.core.contracts.records import DELETABLE, Batch
from hub.core.ingest.guard import DeletionGuard
from hub.core.store.facts.merging import FactWriting, Merged
from hub.core.store.facts.vanishing import KEPT_LINES, named, unlisted
from hub.core.store.staging import NAME

_LINES = "order_lines"


def staged_deletions(batch: Batch, lines: pa.Table | None) -> dict[str, pa.Table]:
    """The tables that ``delete`` needs beside the batch's own.

    Args:
        batch: what was brought.
        lines: the batch's order lines, those included that break a rule: they are there all the same.

    Raises:
        ValueError: a kind can't be deleted in this way, or an id is no text.
    """
    _check(batch.deletions, DELETABLE)
    _check(batch.listings, [kind for kind in DELETABLE if kind != _LINES])
    staged = {_deleted(kind): _names(kind, ids) for kind, ids in batch.deletions.items()}
    staged |= {_listed(kind): _names(kind, ids) for kind, ids in batch.listings.items()}
    if _LINES in batch.deletions:
        kept = _no_lines() if lines is None else lines.select(["order", "id"])
        of_these = pc.is_in(kept["order"], value_set=staged[_deleted(_LINES)][NAME].combine_chunks())
        staged[KEPT_LINES] = kept.filter(of_these).group_by(["order", "id"]).aggregate([])
    return staged


def delete(writing: FactWriting, guard: DeletionGuard) -> dict[str, Merged]:
    """Delete what the staged tables say is gone; what was done, by kind.

    Raises:
        MassDeletion: too much would go.
    """
    outcomes: dict[str, Merged] = {}
    for kind in DELETABLE:
        deleted = unknown = 0
        for table, find in ((_deleted(kind), named), (_listed(kind), unlisted)):
            if table not in writing.staged:
                continue
            with find(writing, kind, writing.staged[table]) as vanished:
                guard.check(vanished)
                deleted += vanished.delete() if vanished.count else 0
                if find is named and kind != _LINES:
                    unknown += _size(writing, table) - vanished.count
        outcomes[kind] = Merged(unchanged=unknown, deleted=deleted)
    return {kind: outcome for kind, outcome in outcomes.items() if outcome != Merged()}


def combined(batches: Sequence[Batch]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The deletions and the listings of many batches as those of one: what came again later stays."""
    gone: dict[str, dict[str, None]] = {}
    listed: dict[str, list[str]] = {}
    for batch in batches:
        for kind in (gone.keys() | listed.keys()) & batch.tables.keys() - {_LINES}:
            again = pc.unique(batch.tables[kind]["id"]).to_pylist()
            listed.get(kind, []).extend(again)
            for one in again:
                gone.get(kind, {}).pop(one, None)
        for kind, ids in batch.deletions.items():
            gone.setdefault(kind, {}).update(dict.fromkeys(ids))
        listed |= {kind: list(ids) for kind, ids in batch.listings.items()}
    return {kind: list(ids) for kind, ids in gone.items()}, listed


def _check(said: Mapping[str, Iterable[str]], allowed: Collection[str]) -> None:
    for kind in said:
        if kind not in allowed:
            raise ValueError(f"{kind} can't be deleted in this way; only {', '.join(allowed)} can")


def _names(kind: str, ids: Sequence[str]) -> pa.Table:
    try:
        names = pa.array(ids, pa.string())
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise ValueError(f"the ids of deleted {kind} must be texts") from error
    return pa.table({NAME: pc.unique(pc.utf8_trim_whitespace(names).drop_null())})


def _size(writing: FactWriting, table: str) -> int:
    counted = sa.select(sa.func.count()).select_from(writing.staged[table])
    return int(writing.connection.execute(counted).scalar_one())


def _no_lines() -> pa.Table:
    return pa.table({"order": pa.array([], pa.string()), "id": pa.array([], pa.string())})


def _deleted(kind: str) -> str:
    return f"deleted_{kind}"


def _listed(kind: str) -> str:
    return f"listed_{kind}"

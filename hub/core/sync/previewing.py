"""Tells what a run would do and whom the platform would refuse, with nothing sent."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from hub.core.contracts.sink import IdentifierKind
from hub.core.store import syncs as stored
from hub.core.store.database import Database
from hub.core.store.tables import Organisation, Sync, SyncMode
from hub.core.sync.comparing import Cause, Numbers, of_cause
from hub.core.sync.guard import objection
from hub.core.sync.guarded_sink import GuardedSink
from hub.core.sync.members import MemberMaker
from hub.core.sync.planning import Plan
from hub.core.sync.runner import AS_USUAL, SyncRunner, Work
from hub.core.sync.sending import UNUSABLE

WITHHELD = "it did not give the permission this sync asks for"
_WORDS: Mapping[IdentifierKind, str] = {
    IdentifierKind.EMAIL: "e-mail address",
    IdentifierKind.PHONE: "phone number",
    IdentifierKind.CUSTOMER: "number",
}
_CAUSES: Mapping[Cause, str] = {
    Cause.ERASED: "the customer was erased",
    Cause.FORBIDDEN: "the customer may not be there any more",
    Cause.REPLACED: "it is there under another address now",
    Cause.LEFT: "the customer left the segment",
    Cause.UNREACHABLE: "the customer has no address left that the platform could know",
}


class Change(StrEnum):
    """What would become of a customer."""

    ADD = "add"
    UPDATE = "update"
    REMOVE = "remove"
    REJECT = "reject"
    """They are in the segment and can't be sent, or would be refused."""


@dataclass(frozen=True)
class PlannedChange:
    """What would become of one customer, and why."""

    number: int
    change: Change
    reason: str = ""
    """Of a removal or rejection; empty otherwise."""


Place: TypeAlias = tuple[int, int]
"""Where a page of changes ended: at a customer's number, and after how many changes of that customer."""
FIRST: Place = (0, 0)


@dataclass(frozen=True)
class Preview:
    """What a run would do now."""

    to_add: int
    to_update: int
    to_remove: int
    must_go: int
    """Those of the removed who may no longer be there."""
    held: int
    """How many members the other side holds, or may hold; of a sync that only removes: how many it took out."""
    unreachable: int
    """How many members of the segment can't be sent, for want of consent or of an identifier."""
    objection: str | None
    """Why the run would stop and ask; None if it would not."""
    rejections: Mapping[str, int]
    """How many members of the segment can't be sent or would be refused, by reason, as far as that is known."""
    changes: "Changes"

    def page(self, change: Change | None = None, *, after: Place = FIRST, limit: int = 100) -> "ChangesPage":
        """Some of the changes by customer number.

        Args:
            change: only those of this kind.
            after: where the page before ended; also one of an earlier preview.
            limit: at most so many.
        """
        return self.changes.page(change, after=after, limit=limit)


@dataclass(frozen=True)
class ChangesPage:
    """A page of changes."""

    items: Sequence[PlannedChange]
    end: Place | None
    """Where to go on; None on the last page."""


@dataclass(frozen=True)
class ChangeGroup:
    """Customers of whom the same is to be told, by number."""

    change: Change
    reason: str
    numbers: NDArray[np.int64]


class Changes:
    """All changes of a preview."""

    def __init__(self, groups: Sequence[ChangeGroup]) -> None:
        self._groups = [group for group in groups if len(group.numbers)]

    def rejections(self) -> Mapping[str, int]:
        """How many rejections there are of each reason, the most frequent first."""
        counts: Counter[str] = Counter()
        for group in self._groups:
            if group.change is Change.REJECT:
                counts[group.reason] += len(group.numbers)
        return dict(counts.most_common())

    def page(self, change: Change | None, *, after: Place, limit: int) -> ChangesPage:
        """See ``Preview.page``."""
        number, told = after
        found: list[PlannedChange] = []
        for group in self._groups:
            if change is None or group.change is change:
                begin = int(np.searchsorted(group.numbers, number))
                some = group.numbers[begin : begin + told + limit + 1].tolist()
                found += [PlannedChange(one, group.change, group.reason) for one in some]
        ordered = sorted(found, key=lambda one: (one.number, one.change))
        left = ordered[min(told, sum(one.number == number for one in ordered)) :]
        items = left[:limit]
        if len(left) <= limit:
            return ChangesPage(items, None)
        last = items[-1].number
        on_page = sum(one.number == last for one in items)
        return ChangesPage(items, (last, on_page + told * (last == number)))


class Previewing:
    """Makes previews.

    Args:
        database: the store's.
        organisation: whose syncs.
        runner: plans runs.
    """

    def __init__(self, database: Database, organisation: Organisation, runner: SyncRunner) -> None:
        self._database = database
        self._organisation = organisation
        self._runner = runner

    def preview(self, sync: Sync) -> Preview:
        """Find out what a run would do now.

        Raises:
            NotFound, DefinitionError, SettingsError: as for a run.
        """
        work = self._runner.work_on(sync)
        plan = work.plan(AS_USUAL)
        held = work.held()
        with closing(plan.sending):
            changes = Changes(list(self._groups(sync, work, plan)))
        return Preview(
            plan.to_add,
            plan.to_update,
            plan.to_remove,
            plan.must_go,
            held,
            plan.unreached,
            objection(plan, sync, held),
            changes.rejections(),
            changes,
        )

    def _groups(self, sync: Sync, work: Work, plan: Plan) -> Iterator[ChangeGroup]:
        for cause in Cause:
            numbers = np.unique(of_cause(plan.going, cause)["number"].to_numpy())
            yield ChangeGroup(Change.REMOVE, _CAUSES[cause], numbers)
        if sync.mode == SyncMode.REMOVE_ONLY:
            yield ChangeGroup(Change.REMOVE, "the customer is in the segment", np.sort(plan.numbers))
        else:
            yield from self._to_send(work, plan)
        withheld = (plan.selection.members - plan.selection.wanted).numbers().astype(np.int64)
        yield ChangeGroup(Change.REJECT, WITHHELD, withheld)
        yield ChangeGroup(Change.REJECT, _no_identifier(work.sink), plan.unreachable.numbers().astype(np.int64))
        yield from self._refused_before(sync, plan.position.refused.numbers().astype(np.int64))

    def _to_send(self, work: Work, plan: Plan) -> Iterator[ChangeGroup]:
        """Those who would be sent, less those of whom it is certain that they would be refused."""
        maker = MemberMaker(work.sink, self._organisation.country)
        refused: dict[str, list[int]] = {}
        known: list[Numbers] = []
        for batch in plan.sending.batches(work.sink.batch_size):
            known.append(batch["number"].to_numpy()[batch["known"].to_numpy(zero_copy_only=False)])
            members, unusable = maker.make(batch)
            if unusable:
                refused.setdefault(UNUSABLE, []).extend(unusable)
            for one in work.sink.foresee(members):
                refused.setdefault(one.reason, []).append(one.number)
        out = np.asarray([number for numbers in refused.values() for number in numbers], np.int64)
        updates = np.concatenate([*known, np.empty(0, np.int64)])
        sent = np.setdiff1d(plan.numbers, out)
        yield ChangeGroup(Change.ADD, "", np.setdiff1d(sent, updates))
        yield ChangeGroup(Change.UPDATE, "", np.intersect1d(sent, updates))
        for reason, numbers in refused.items():
            yield ChangeGroup(Change.REJECT, reason, np.unique(np.asarray(numbers, np.int64)))

    def _refused_before(self, sync: Sync, numbers: Numbers) -> Iterator[ChangeGroup]:
        with self._database.session() as session:
            told = stored.reasons_of(session, sync.id or 0, numbers.tolist())
        by_reason: dict[str, list[int]] = {}
        for number in numbers.tolist():
            by_reason.setdefault(told.get(number, "the platform refused it before"), []).append(number)
        for reason, some in by_reason.items():
            yield ChangeGroup(Change.REJECT, reason, np.asarray(some, np.int64))


def _no_identifier(sink: GuardedSink) -> str:
    words = [_WORDS[kind] for kind in sorted(sink.accepted)]
    return f"it has no {' and no '.join(words)} that can be one"

"""Stops a run that would remove too many, until a person agrees."""

from hub.core.store.tables import Sync, SyncMode
from hub.core.sync.planning import Plan

_FROM = 20
"""A run that removes fewer members than this is not held for their share: small audiences change a lot."""


def objection(plan: Plan, sync: Sync, held: int) -> str | None:
    """Why a run must not remove who left without a person's approval; None if it may.

    Args:
        plan: what it would do.
        sync: says which share it may remove; 1 or more: any.
        held: how many members the other side holds. For a sync that only removes, which does not know: how many
            it has taken out so far.
    """
    leaving, share = plan.to_leave, sync.largest_removal_share
    if not leaving or share >= 1:
        return None
    if sync.mode == SyncMode.REMOVE_ONLY:
        if leaving < _FROM or leaving <= share * held:
            return None
        return (
            f"{leaving:,} members would be taken out of the audience, where this sync has taken out {held:,} so "
            "far; if that is right, run it with --approve"
        )
    if not len(plan.selection.members):
        return (
            f"the segment is empty, and all {leaving:,} members would leave; if that is right, run it with "
            "--approve (a sync whose guard is 1 never asks)"
        )
    if leaving < _FROM or leaving <= share * held:
        return None
    return (
        f"{leaving:,} of {held:,} members would leave, more than {share:.0%}; if that is right, run it with "
        "--approve"
    )

"""A page of members or customers, as it travels."""

import hashlib
import json
from dataclasses import dataclass

from hub.api.cursors import read_position, write_position
from hub.api.models.members import ListedMember, MemberPage
from hub.core.app import Hub
from hub.core.exports.rows import presented
from hub.core.segments.evaluator import Evaluation
from hub.core.segments.people.members import MemberOrder


@dataclass(frozen=True)
class Listing:
    """How a list of members is sorted, searched and paged."""

    of: str
    """What is listed; a cursor belongs to it."""
    order: MemberOrder
    descending: bool
    search: str
    cursor: str | None
    limit: int

    @property
    def name(self) -> str:
        """The same for all pages of one list, and for no other."""
        asked = json.dumps([self.of, self.order, self.descending, self.search])
        return f"members {hashlib.sha256(asked.encode()).hexdigest()[:16]}"


def member_page(hub: Hub, evaluation: Evaluation, listing: Listing) -> MemberPage:
    """A page of the members of an evaluation.

    Raises:
        InputError: the cursor is none of this list.
    """
    page = hub.members.page(
        evaluation.members,
        order=listing.order,
        descending=listing.descending,
        search=listing.search,
        after=read_position(listing.name, listing.order, listing.cursor),
        limit=listing.limit,
    )
    return MemberPage(
        items=[ListedMember(**member) for member in presented(page.rows).to_pylist()],
        size=len(evaluation.members),
        found=page.found,
        as_of=evaluation.calendar.today,
        revision=evaluation.revision,
        currency=hub.organisation.currency,
        next_cursor=write_position(listing.name, page.end),
    )

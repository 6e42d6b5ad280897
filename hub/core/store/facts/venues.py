"""Merges venues: where the places are that events happen at."""

import sqlalchemy as sa

from hub.core.store.facts.merging import FactWriting, Merged, merge, optional
from hub.core.store.tables import Venue, table_of


def merge_venues(writing: FactWriting, staged: sa.Table) -> Merged:
    """Update or insert venues by their name."""
    places = optional(staged, "latitude", "longitude")
    rows = sa.select(staged.c.name, *(column.label(name) for name, column in places.items())).subquery()
    fixed = {"organisation_id": writing.organisation_id}
    return merge(writing, table_of(Venue), rows, ["name"], fixed=fixed)

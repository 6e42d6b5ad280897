"""What an import did, in rows by kind, with every row it could not take."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hub.core.contracts.records import RejectedRow
from hub.core.store.facts.merging import Merged


@dataclass
class IngestReport:
    """The outcome of one import; it grows with each batch."""

    dry_run: bool = False
    inserted: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    deleted: Counter[str] = field(default_factory=Counter)
    rejected: list[RejectedRow] = field(default_factory=list)

    def add(self, merged: Mapping[str, Merged], rejected: Sequence[RejectedRow]) -> None:
        """Count in what was done of each kind."""
        self.rejected += rejected
        for kind, outcome in merged.items():
            self.inserted[kind] += outcome.inserted
            self.updated[kind] += outcome.updated
            self.unchanged[kind] += outcome.unchanged
            self.deleted[kind] += outcome.deleted
            self.inserted.update(outcome.made)
            self.rejected += outcome.rejected

    def include(self, part: "IngestReport") -> None:
        """Count in what another report tells."""
        self.inserted.update(part.inserted)
        self.updated.update(part.updated)
        self.unchanged.update(part.unchanged)
        self.deleted.update(part.deleted)
        self.rejected += part.rejected

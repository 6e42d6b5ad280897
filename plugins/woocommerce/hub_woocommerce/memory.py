"""What the source remembers between runs, as the text of its cursor."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from hub_woocommerce.ids import IdSet

_FORM = 2
"""To be raised when records are made otherwise of the same rows: all are then brought once more."""
_MOST_RECENT = 1000


@dataclass
class Progress:
    """How far a listing was read.

    A row becomes visible a little later than its own time says, and may change twice in a second. So each run
    begins ``slack`` before the time up to which the last one read; of the rows in between, those that look just
    as they did are passed over. Should there be too many to remember, the others are brought again.
    """

    slack: timedelta
    mark: datetime | None = None
    """Everything that changed before this was read; None: nothing was."""
    recent: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Of the rows that changed within ``slack`` before the mark: seconds since 1970, and a digest."""
    began: datetime | None = None
    """When a reading began that is not finished, by the shop's clock."""
    last_id: int = 0
    offset: int = 0
    """Where an unfinished reading in the order of ids goes on."""

    @property
    def since(self) -> datetime | None:
        """From when on to read."""
        return self.mark - self.slack if self.mark else None

    def is_new(self, row: Mapping[str, Any], modified: datetime | None) -> bool:
        """Whether a row is other than it was when last read. It counts as read from now on."""
        if modified is None:
            return True
        if self.since is not None and modified < self.since:
            return False
        name, digest = str(row.get("id")), _digest(row)
        if self.recent.get(name, (0, ""))[1] == digest:
            return False
        self.recent[name] = (int(modified.timestamp()), digest)
        return True

    def advance(self, to: datetime | None, now: datetime) -> None:
        """Move the mark on, never beyond the shop's own time: a row may be dated in the future."""
        if to is not None:
            self.mark = max(min(to, now), self.mark or min(to, now))
        self.forget(self.since)

    def forget(self, before: datetime | None) -> None:
        """Forget rows that changed before a time, and the oldest if there are too many."""
        least = int(before.timestamp()) if before else 0
        kept = sorted((entry for entry in self.recent.items() if entry[1][0] >= least), key=lambda one: one[1])
        self.recent = dict(kept[-_MOST_RECENT:])

    def forget_rows(self, ids: Iterable[str]) -> None:
        """Forget how rows looked: should they look so again, they are brought again."""
        for one in ids:
            self.recent.pop(one, None)

    def written(self) -> dict[str, Any]:
        """All of it but the slack, as plain values."""
        return {
            "mark": _written(self.mark),
            "recent": self.recent,
            "began": _written(self.began),
            "last_id": self.last_id,
            "offset": self.offset,
        }

    def read(self, value: Mapping[str, Any]) -> None:
        """Take over what ``written`` returned.

        Raises:
            LookupError, TypeError, ValueError: it is something else.
        """
        recent = {str(name): (int(at), str(digest)) for name, (at, digest) in value["recent"].items()}
        mark, began = _read(value["mark"]), _read(value["began"])
        last_id, offset = int(value["last_id"]), int(value["offset"])
        self.mark, self.recent, self.began, self.last_id, self.offset = mark, recent, began, last_id, offset


@dataclass
class Memory:
    """The progress of each listing, with the settings that decide what records are made."""

    url: str
    """The shop's: what lies in its bin and who has an account there does not depend on other settings."""
    settings: str
    orders: Progress = field(default_factory=lambda: Progress(timedelta(minutes=5)))
    trash: Progress = field(default_factory=lambda: Progress(timedelta(minutes=5)))
    products: Progress = field(default_factory=lambda: Progress(timedelta(minutes=5)))
    customers: Progress = field(default_factory=lambda: Progress(timedelta(hours=26)))
    """WooCommerce takes their local time for GMT here and there, so a day and more lies between."""
    accounts: str = ""
    """The ids of the accounts that were met, as ``ids.IdSet`` writes them."""
    swept: datetime | None = None
    """When all orders were last looked through, by the shop's clock."""

    @property
    def _all(self) -> Mapping[str, Progress]:
        return {
            "products": self.products, "customers": self.customers, "orders": self.orders, "trash": self.trash,
        }  # fmt: skip

    def encode(self) -> str:
        """The cursor."""
        value = {name: progress.written() for name, progress in self._all.items()}
        more = {"accounts": self.accounts, "swept": _written(self.swept)}
        head = {"form": _FORM, "url": self.url, "settings": self.settings}
        return json.dumps({**head, **value, **more}, separators=(",", ":"))

    @classmethod
    def decode(cls, cursor: str | None, url: str, settings: str) -> "Memory":
        """Read a cursor; one of another shop, or that can't be read, remembers nothing.

        One of other settings remembers what could be gone, but no row: all are brought again.
        """
        made = cls(url, settings)
        try:
            value = json.loads(cursor or "null")
            if value is None or (value["form"], value["url"]) != (_FORM, url):
                return made
            for name, progress in made._all.items():
                if name == "trash" or value["settings"] == settings:
                    progress.read(value[name])
            made.accounts, made.swept = str(value["accounts"]), _read(value["swept"])
            IdSet.decode(made.accounts)
        except (ValueError, LookupError, TypeError, AttributeError):
            return cls(url, settings)
        return made


def _digest(row: Mapping[str, Any]) -> str:
    return blake2b(json.dumps(row, sort_keys=True).encode(), digest_size=8).hexdigest()


def _written(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None

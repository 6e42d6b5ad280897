"""What the source remembers between runs, as the text of its cursor."""

import json
from dataclasses import asdict, dataclass, field

from hub_mailchimp.shop.fingerprints import Fingerprints

_FORM = 2
"""To be raised when records are made otherwise of the same rows: all are then brought once more."""
MOST_CARTS = 2000


@dataclass(frozen=True)
class OpenCart:
    """A cart that is in the store: when it is gone one day, this is all that is known of it."""

    id: str
    customer: str
    changed_at: str
    currency: str | None


@dataclass
class Memory:
    """What was stored of one store, with the settings that decide what records are made of it."""

    store_id: str
    permission: str
    seen: dict[str, Fingerprints] = field(default_factory=dict)
    """For each kind."""
    carts: list[OpenCart] = field(default_factory=list)
    """Those that were there, the newest at most."""
    unsettled: set[str] = field(default_factory=set)
    """The kinds of which something changed, and the store was not told yet all that there is."""

    def encode(self) -> str:
        """The cursor."""
        value = {
            "form": _FORM,
            "store": self.store_id,
            "permission": self.permission,
            "seen": {kind: fingerprints.encode() for kind, fingerprints in self.seen.items()},
            "carts": [asdict(cart) for cart in self.carts],
            "unsettled": sorted(self.unsettled),
        }
        return json.dumps(value, separators=(",", ":"))

    @classmethod
    def decode(cls, cursor: str | None, store_id: str, permission: str) -> "Memory":
        """Read a cursor; one of another store or of other settings, or that can't be read, remembers nothing."""
        fresh = cls(store_id, permission)
        try:
            value = json.loads(cursor or "null")
            if value is None or (value["form"], value["store"], value["permission"]) != (
                _FORM,
                store_id,
                permission,
            ):
                return fresh
            seen = {kind: Fingerprints.decode(text) for kind, text in value["seen"].items()}
            carts = [OpenCart(**cart) for cart in value["carts"]]
            return cls(store_id, permission, seen, carts, set(value["unsettled"]))
        except (ValueError, LookupError, TypeError, AttributeError):
            return fresh

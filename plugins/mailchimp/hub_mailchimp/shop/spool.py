"""Keeps what was read of a store in a file, until it is known what of it changed."""

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hub import TryAgain
from hub_mailchimp.shop.fingerprints import KEY_BITS, MOST_GROUPS, Fingerprints, digest_of, key_of

Row = Mapping[str, Any]

_TABLES = """
CREATE TABLE rows (
    kind TEXT, id TEXT, key INTEGER, digest INTEGER, body TEXT, PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE TABLE placed (customer TEXT, at TEXT, id TEXT PRIMARY KEY);
CREATE TABLE changed (grouped INTEGER PRIMARY KEY);
"""


class Spool:
    """The rows of one reading, by kind and id: a row that is met twice, on two pages, is there once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._expected: dict[str, int | None] = {}

    def add(self, kind: str, rows: Iterable[Row]) -> None:
        """Put in rows; each has an ``id``."""
        written = ((str(row["id"]), json.dumps(row, sort_keys=True, ensure_ascii=False)) for row in rows)
        self._connection.executemany(
            "INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?)",
            ((kind, name, key_of(name), digest_of(body), body) for name, body in written),
        )

    def expect(self, kind: str, total: int | None) -> None:
        """Note how many rows of a kind there are said to be; None: nobody says."""
        self._expected[kind] = total

    def is_whole(self, kind: str) -> bool:
        """Whether as many rows of a kind were read as there are said to be."""
        total = self._expected.get(kind)
        return total is not None and self.count(kind) >= total

    def count(self, kind: str) -> int:
        """How many rows of a kind there are."""
        found: int = self._connection.execute("SELECT count(*) FROM rows WHERE kind = ?", (kind,)).fetchone()[0]
        return found

    def names(self, kind: str) -> list[str]:
        """The ids of all rows of a kind; of customers, also those that orders and carts name."""
        query = "SELECT id FROM rows WHERE kind = ?1"
        if kind == "customers":
            named = "SELECT json_extract(body, '$.customer.id') FROM rows WHERE kind IN ('orders', 'carts')"
            query += f" UNION {named}"
        return [str(name) for (name,) in self._connection.execute(query, (kind,)) if name is not None]

    def place(self, orders: Iterable[tuple[str, str, str]]) -> None:
        """Note orders, for ``order_after``: customer, when in UTC as ISO 8601, id."""
        self._connection.executemany("INSERT OR REPLACE INTO placed VALUES (?, ?, ?)", orders)
        self._connection.execute("CREATE INDEX IF NOT EXISTS placed_by_customer ON placed (customer, at)")

    def order_after(self, customer: str, moment: str) -> str | None:
        """The first order a customer placed at a moment or after it."""
        query = "SELECT id FROM placed WHERE customer = ? AND at >= ? ORDER BY at, id LIMIT 1"
        found = self._connection.execute(query, (customer, moment)).fetchone()
        return found[0] if found else None

    def fingerprints(self, kind: str, bits: int) -> Fingerprints:
        """Those of all rows of a kind, told apart by so many bits, or fewer if there are too many groups."""
        query = "SELECT count(DISTINCT key >> ?) FROM rows WHERE kind = ?"
        while self._connection.execute(query, (KEY_BITS - bits, kind)).fetchone()[0] > MOST_GROUPS:
            bits -= 1
        made = Fingerprints(bits)
        sums = "SELECT key >> ?, sum(digest) FROM rows WHERE kind = ? GROUP BY 1"
        for group, total in self._connection.execute(sums, (made.shift, kind)):
            made.set(group, total)
        return made

    def rows(self, kind: str, groups: Iterable[int], shift: int) -> Iterator[tuple[int, Row]]:
        """The rows of some groups with their group, in the groups' order."""
        self._connection.execute("DELETE FROM changed")
        self._connection.executemany("INSERT INTO changed VALUES (?)", ((group,) for group in groups))
        query = (
            "SELECT rows.key >> ?1, body FROM rows JOIN changed ON changed.grouped = rows.key >> ?1 "
            "WHERE kind = ?2 ORDER BY rows.key >> ?1, rows.id"
        )
        for group, body in self._connection.execute(query, (shift, kind)):
            yield group, json.loads(body)


@contextmanager
def open_spool() -> Iterator[Spool]:
    """A spool in a folder that nobody else can read and that is gone afterwards.

    Raises:
        TryAgain: the disk has no room for it.
    """
    with tempfile.TemporaryDirectory(prefix="hub-mailchimp-") as folder:
        connection = sqlite3.connect(Path(folder) / "rows.sqlite", isolation_level=None)
        try:
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
            yield Spool(connection)
        except sqlite3.OperationalError as error:
            raise TryAgain("there is no room on the disk for what Mailchimp sent") from error
        finally:
            connection.close()

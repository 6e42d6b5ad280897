"""A stand at which feeds are made and read: a real store, its replica, and every service over them."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

from hub.core.exports.rows import as_csv
from hub.core.feeds.notes import Reader
from hub.core.feeds.reading import FeedReading, Handout
from hub.core.feeds.service import Feeds
from hub.core.feeds.uses import feeds_of_segments, feeds_of_view
from hub.core.feeds.writing import FeedForm, as_json
from hub.core.segments.service import Segments
from hub.core.segments.views import Views
from hub.core.store.database import Database
from hub.core.store.tables import Organisation
from tests.segments.desk import Desk, whole_language

SOMEBODY = Reader("203.0.113.9", "a print shop")


class Stand(Desk):
    """A desk with feeds."""

    def __init__(self, database: Database, organisation: Organisation) -> None:
        super().__init__(database, organisation)
        self.segments = Segments(
            database, organisation, lambda: self.evaluator, self.criteria, lambda: self.now,
            uses=[feeds_of_segments], language=whole_language(),
        )  # fmt: skip
        self.views = Views(database, organisation, self.segments, uses=[feeds_of_view])
        self.feeds = Feeds(database, organisation, self.segments, lambda: self.now)
        self.reading = FeedReading(
            database, organisation, lambda: self.evaluator, self.segments, self.views, lambda: self.now
        )

    def open(self) -> None:
        """Be another process: know what is stored, and nothing else."""
        self.__init__(self.database, self.organisation)  # type: ignore[misc]

    def feed(self, name: str = "shop", segment: str = "All", **more: Any) -> str:
        """Make a feed; its secret."""
        return self.feeds.create(name, segment, **{"permission": None, **more}).secret

    def read(self, secret: str, known: str = "", *, content: bool = True) -> Handout:
        """Read a feed, having the content of a tag already."""
        knows: Callable[[str], bool] = lambda tag: tag == known  # noqa: E731
        return self.reading.read(secret, FeedForm.CSV, SOMEBODY, knows, content=content)

    def tag(self, secret: str) -> str:
        return self.read(secret, content=False).tag

    def listed(self, secret: str) -> list[dict[str, str]]:
        """Who is handed out, read from the CSV."""
        text = b"".join(as_csv([self.read(secret).rows])).decode()
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def told(self, secret: str) -> Any:
        """What is handed out, read from the JSON."""
        handout = self.read(secret)
        return json.loads(b"".join(as_json(handout.rows, handout.about)))


def size(handout: Handout) -> int:
    """How many are handed out."""
    assert handout.rows is not None
    return int(handout.rows.num_rows)

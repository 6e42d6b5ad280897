"""A publication's tables on the cluster, and what the relations are at the end of a day."""

import threading
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from hub.core.contracts.relations import COLUMNS
from hub.core.engines.spark.cluster import Cluster
from hub.core.replica.publication import PUBLISHED, Publication, type_word

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_KEPT = 2
"""Views of how many publications are kept: as many as are kept on disk."""


class Tables:
    """Makes a publication's files readable on the cluster, as views; safe to share between threads.

    Args:
        cluster: that reads them.
        seen_as: the folder of publications as the cluster's machines see it: a path, or a URL of their storage.
    """

    def __init__(self, cluster: Cluster, seen_as: str) -> None:
        self._cluster = cluster
        self._seen_as = seen_as.rstrip("/")
        self._made: list[tuple[int, str]] = []
        self._making = threading.Lock()

    def prefix(self, publication: Publication) -> str:
        """What the names of a publication's views begin with; makes the views if they are not there.

        Raises:
            SettingsError, TryAgain: as ``Cluster.use``.
        """
        self._cluster.use(lambda session: None)  # starts it, and with it its generation
        key = (self._cluster.generation, publication.name)
        with self._making:
            if key not in self._made:
                self._cluster.use(lambda session: self._make(session, publication))
                self._made.append(key)
                self._drop_old()
        return _prefix(publication.name)

    def location(self, publication: Publication) -> str:
        """Where the cluster reads a publication."""
        folder = f"{self._seen_as}/{publication.name}"
        return folder if "://" in folder else f"file://{folder}"

    def _make(self, session: "SparkSession", publication: Publication) -> None:
        for relation, columns in PUBLISHED.items():
            # The types are told, so that no file is opened to find them.
            schema = ", ".join(f"{name} {_spark_type(type_word(kind))}" for name, kind in columns.items())
            read = session.read.schema(schema).parquet(f"{_literally(self.location(publication))}/{relation}")
            read.createOrReplaceTempView(f"{_prefix(publication.name)}{relation}")

    def _drop_old(self) -> None:
        generation = self._cluster.generation
        self._made = [key for key in self._made if key[0] == generation]
        while len(self._made) > _KEPT:
            _, name = self._made.pop(0)
            self._cluster.use(partial(_drop, name=name))


def _drop(session: "SparkSession", name: str) -> None:
    for relation in PUBLISHED:
        session.catalog.dropTempView(f"{_prefix(name)}{relation}")


def _spark_type(word: str) -> str:
    return "STRING" if word == "VARCHAR" else word


def _prefix(publication: str) -> str:
    return f"hub_{publication.replace('-', '_')}_"


def _literally(path: str) -> str:
    """A path in which nothing stands for other paths."""
    return "".join(f"\\{character}" if character in "{}[]*?\\" else character for character in path)


def as_published(prefix: str) -> Mapping[str, str]:
    """What each relation is now, as selects in Spark's SQL."""
    return {relation: f"SELECT * FROM {prefix}{relation}" for relation in COLUMNS}


def at_the_end_of(prefix: str, end: int) -> Mapping[str, str]:
    """What each relation was before an instant (seconds since 1970 in UTC), as selects in Spark's SQL."""
    dated = {"orders": "ordered_at", "lines": "ordered_at", "carts": "changed_at"}
    cut = {name: f"SELECT * FROM {prefix}{name} WHERE {moment} < {end}" for name, moment in dated.items()}
    return {**as_published(prefix), **cut, "consents": _consents(prefix, end), "traits": _traits(prefix, cut)}


def _consents(prefix: str, end: int) -> str:
    return (
        "SELECT customer, permission, channel, max_by(given, struct(changed_at, position)) AS given, "
        f"max(changed_at) AS changed_at FROM {prefix}consent_log WHERE changed_at < {end} "
        "GROUP BY customer, permission, channel"
    )


def _traits(prefix: str, cut: Mapping[str, str]) -> str:
    figures = {
        "orders": "coalesce(bought.orders, 0)", "tickets": "coalesce(held.tickets, 0)",
        "events": "coalesce(held.events, 0)", "revenue": "coalesce(bought.revenue, 0)",
        "first_purchase_at": "bought.first_purchase_at", "last_purchase_at": "bought.last_purchase_at",
    }  # fmt: skip
    columns = ", ".join(f"{figures.get(name, f't.{name}')} AS {name}" for name in COLUMNS["traits"])
    bought = (
        "SELECT customer, count(*) AS orders, sum(total) AS revenue, min(ordered_at) AS first_purchase_at, "
        f"max(ordered_at) AS last_purchase_at FROM ({cut['orders']}) WHERE counts GROUP BY customer"
    )
    held = (
        "SELECT customer, sum(quantity) FILTER (WHERE product IS NULL) AS tickets, "
        f"count(DISTINCT event) AS events FROM ({cut['lines']}) GROUP BY customer"
    )
    return (
        f"SELECT {columns} FROM {prefix}traits AS t LEFT JOIN ({bought}) AS bought ON bought.customer = t.number "
        f"LEFT JOIN ({held}) AS held ON held.customer = t.number"
    )

"""Random histories, definitions and days: every engine finds whom a plain reading of them finds."""

import os
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings

from hub import Batch, Calendar, Record
from hub.core.criteria import hub_criteria
from hub.core.engines.database.engine import DatabaseEngine
from hub.core.engines.duckdb import DuckDBEngine
from hub.core.engines.engine import Engine
from hub.core.engines.spark.cluster import Cluster
from hub.core.engines.spark.engine import SparkEngine
from hub.core.ingest.ingest import Ingest
from hub.core.replica.publishing import publish
from hub.core.replica.replica import Replica
from hub.core.segments.binding import Catalogue
from hub.core.segments.definition import NOBODY, Tree
from hub.core.segments.evaluator import Evaluator
from hub.core.segments.language import Language
from hub.core.store.database import Database
from hub.core.store.facts.erasing import erase_customers
from hub.core.store.organisations import add_organisation
from hub.core.store.tables import Customer, Organisation, table_of
from tests.engines.histories import History, histories, zone_of
from tests.engines.reading import read, who_matches

EXAMPLES = int(os.environ.get("HUB_EXAMPLES", "8"))
"""More of them make a longer run."""
SLOW = [
    HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large,
    HealthCheck.large_base_example,
]  # fmt: skip
"""A history is large, and each is stored for real."""
NOW = datetime(2024, 6, 1, tzinfo=UTC)
CRITERIA = [criterion() for criterion in hub_criteria()]


@pytest.fixture(scope="module")
def language() -> Language:
    return Language(CRITERIA)


class Told:
    """A history in a store, as one engine sees it."""

    def __init__(self, database: Database, history: History) -> None:
        self.database = database
        self.history = history
        self.organisation = add_organisation(
            database,
            Organisation(name=uuid.uuid4().hex, time_zone=history.zone, currency="EUR", country="DE"),
        )
        self.calendar = Calendar(history.today, zone_of(history))

    def bring(self, records: Sequence[Record]) -> None:
        for report in Ingest(self.database, self.organisation, "test", lambda: NOW).store([Batch.of(*records)]):
            assert not report.rejected, report.rejected

    def numbers(self) -> dict[str, int]:
        c = table_of(Customer).c
        own = sa.select(c.external_id, c.number).where(c.organisation_id == self.organisation.id)
        with self.database.reading() as connection:
            return {str(name): int(number) for name, number in connection.execute(own)}

    def erase(self, name: str) -> None:
        with self.database.writing() as connection:
            erase_customers(connection, [number for own, number in self.numbers().items() if own == name])

    def happen(self, after_each: Callable[[], object] = lambda: None) -> None:
        """Bring all batches and erase whom the history erases, doing something after each batch."""
        for batch in self.history.batches:
            self.bring(batch)
            after_each()
        if self.history.erased:
            self.erase(self.history.erased)

    def check(self, engine: Engine, language: Language) -> None:
        """Ask what the history asks, after each batch, and hold the last answers to the plain reading."""
        evaluator = Evaluator(engine, Catalogue(CRITERIA), lambda name: NOBODY)
        self.happen(lambda: evaluator.evaluate_many(self.history.asked_between, self.calendar))
        self.hold(evaluator, [*self.history.trees, *self.history.asked_between], language)

    def hold(self, evaluator: Evaluator, trees: Sequence[Tree], language: Language) -> None:
        world = read(self.history, self.numbers())
        for tree, evaluation in zip(trees, evaluator.evaluate_many(trees, self.calendar), strict=True):
            for node, members in [
                (tree, evaluation.members),
                *((one.node, one.members) for one in evaluation.criteria),
            ]:
                assert set(members.numbers().tolist()) == who_matches(node, world, language), language.print(node)


@given(history=histories())
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=SLOW,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
def test_the_replica_answers_as_defined(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, language: Language, history: History
) -> None:
    folder = tmp_path_factory.mktemp("agreement")
    (folder / "hub.sqlite").write_bytes(sqlite_template.read_bytes())
    with closing(Database(f"sqlite:///{folder / 'hub.sqlite'}")) as database:
        told = Told(database, history)
        with closing(Replica(database, told.organisation, None)) as replica:
            told.check(DuckDBEngine(replica, 2), language)


@given(history=histories())
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=SLOW,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
def test_the_database_answers_as_defined(postgres_url: str, language: Language, history: History) -> None:
    """One database for all examples: each has an organisation of its own, and the others' facts are not its."""
    with closing(Database(postgres_url)) as database:
        told = Told(database, history)
        told.check(DatabaseEngine(database, told.organisation, 2), language)


@given(history=histories(trees=4))
@settings(
    max_examples=max(2, EXAMPLES // 10), deadline=None, suppress_health_check=SLOW,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip
def test_a_cluster_answers_as_defined(
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    language: Language,
    spark_cluster: Cluster,
    history: History,
) -> None:
    """Over what is published when all has happened; a cluster keeps nothing between questions."""
    folder = tmp_path_factory.mktemp("published")
    (folder / "hub.sqlite").write_bytes(sqlite_template.read_bytes())
    with closing(Database(f"sqlite:///{folder / 'hub.sqlite'}")) as database:
        told = Told(database, history)
        told.happen()
        with closing(Replica(database, told.organisation, None)) as replica:
            publish(replica, folder / "publications")
        engine = SparkEngine(spark_cluster, folder / "publications", database, told.organisation, 2)
        told.hold(Evaluator(engine, Catalogue(CRITERIA), lambda name: NOBODY), history.trees, language)

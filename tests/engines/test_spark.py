"""The spark engine on a real cluster: it answers as the embedded engine does, and says what is wrong."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import (
    Batch,
    ConsentRecord,
    CustomerRecord,
    EventRecord,
    OrderLineRecord,
    OrderRecord,
    ProductRecord,
    Question,
    Record,
    TagRecord,
)
from hub.core.contracts.calendar import Calendar
from hub.core.contracts.errors import NotFound, SettingsError, TryAgain
from hub.core.contracts.relations import COLUMNS
from hub.core.engines.bitmap import Bitmap
from hub.core.engines.duckdb import DuckDBEngine
from hub.core.engines.engine import Engine, Expression
from hub.core.engines.spark.bitmaps import of_selects
from hub.core.engines.spark.cluster import Cluster
from hub.core.engines.spark.engine import SparkEngine
from hub.core.ingest.ingest import Ingest
from hub.core.replica.publishing import publish
from hub.core.replica.replica import Replica
from hub.core.store.database import Database
from hub.core.store.tables import Organisation

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2024, 6, 15, 10, tzinfo=UTC)
TODAY = Calendar(NOON.date(), BERLIN)
AWKWARD = "it's \"50 %\" \\ \\' \n\t ${HOME} $${x} :name ? {traits} -- /* 🎭 \u2028 \\u0041"


class World:
    """A store, its replica, what is published of it, and an engine over each."""

    def __init__(self, database: Database, organisation: Organisation, folder: Path, cluster: Cluster) -> None:
        self.database = database
        self.organisation = organisation
        self.folder = folder
        self.replica = Replica(database, organisation, None)
        self.duckdb = DuckDBEngine(self.replica, 2)
        self.spark = self.engine(cluster)

    def engine(self, cluster: Cluster, seen_as: str = "") -> SparkEngine:
        return SparkEngine(cluster, self.folder, self.database, self.organisation, 2, seen_as)

    def bring(self, *records: Record) -> None:
        list(Ingest(self.database, self.organisation, "test", lambda: NOON).store([Batch.of(*records)]))

    def publish(self) -> Path:
        return publish(self.replica, self.folder).folder

    def close(self) -> None:
        self.replica.close()
        self.database.close()


def facts() -> Iterator[Record]:
    """Forty customers of whom more or less is known, over sixty days before noon."""
    for day in range(0, 60, 7):
        yield EventRecord(id=f"e{day}", title=f"Evening {day}", category="opera" if day % 2 else "drama")
        yield ProductRecord(id=f"p{day}", category="programme")
    for number in range(1, 41):
        city = (AWKWARD, "Köln", None)[number % 3]
        yield CustomerRecord(id=str(number), city=city, email=f"c{number}@example.org" if number % 4 else None)
        for order in range(number % 5):
            name = f"{number}-{order}"
            at = NOON - timedelta(days=(number * 13 + order * 7) % 60)
            status = "cancelled" if number % 7 == 0 else "paid"
            total = Decimal(number) + Decimal("0.37") * order
            yield OrderRecord.model_validate(
                {"id": name, "customer": str(number), "ordered_at": at, "total": total, "status": status}
            )
            thing = {"event": f"e{number * 7 % 63}"} if order % 2 else {"product": f"p{number * 7 % 63}"}
            yield OrderLineRecord.model_validate({"id": name, "order": name, "quantity": order + 1, **thing})
        for step in range(number % 4):
            at = NOON - timedelta(days=50 - step * 20)
            yield ConsentRecord(customer=str(number), permission="news", given=step % 2 == 0, at=at)
        yield TagRecord(customer=str(number), tag=AWKWARD if number % 6 else "vip")


@pytest.fixture(scope="module")
def world(
    spark_cluster: Cluster, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("spark world [1]")
    yield from _made(spark_cluster, sqlite_template, folder, tuple(facts()))


@pytest.fixture
def small(spark_cluster: Cluster, sqlite_template: Path, tmp_path: Path) -> Iterator[World]:
    """A world of one customer."""
    yield from _made(spark_cluster, sqlite_template, tmp_path, (CustomerRecord(id="1"),))


def _made(cluster: Cluster, template: Path, folder: Path, records: tuple[Record, ...]) -> Iterator[World]:
    from hub.core.store.organisations import add_organisation

    shutil.copy(template, folder / "hub.sqlite")
    database = Database(f"sqlite:///{folder / 'hub.sqlite'}")
    theatre = Organisation(name="Theater am Ufer", time_zone="Europe/Berlin", currency="EUR", country="DE")
    made = World(database, add_organisation(database, theatre), folder / "published", cluster)
    made.bring(*records)
    made.publish()
    yield made
    made.close()


def ranked(question: Question) -> sa.ColumnElement[bool]:
    lines = question.relations.lines.c
    spent = sa.func.sum(lines.total)
    by_spent = (
        sa.select(lines.customer, sa.func.rank().over(order_by=(spent.desc(), lines.customer)).label("rank"))
        .group_by(lines.customer)
        .cte("by_spent")
    )
    return question.relations.traits.c.number.in_(sa.select(by_spent.c.customer).where(by_spent.c.rank <= 5))


def owners(relation: str, *conditions: Callable[[Any], sa.ColumnElement[bool]]) -> Expression:
    def expression(question: Question) -> sa.ColumnElement[bool]:
        c = getattr(question.relations, relation).c
        found = sa.select(c.customer).where(c.customer.is_not(None), *(condition(c) for condition in conditions))
        return question.relations.traits.c.number.in_(found)

    return expression


def traits(condition: Callable[[Any], sa.ColumnElement[bool]]) -> Expression:
    return lambda question: condition(question.relations.traits.c)


EXPRESSIONS: dict[str, Expression] = {
    "all": traits(lambda c: sa.true()),
    "none": traits(lambda c: sa.false()),
    "number": traits(lambda c: c.orders >= 2),
    "between": traits(lambda c: sa.and_(c.revenue >= sa.literal(2_000, sa.BigInteger), c.revenue <= 6_000)),
    "large number": traits(lambda c: c.revenue > sa.literal(-(2**62), sa.BigInteger)),
    "remainder": traits(lambda c: c.revenue % 5 == 2),
    "average": traits(lambda c: sa.and_(c.orders > 0, c.revenue > c.orders * 2_000)),
    "text": traits(lambda c: sa.and_(c.city.is_not(None), c.city.in_([AWKWARD, "Bonn"]))),
    "unknown": traits(lambda c: c.city.is_(None)),
    "truth": traits(lambda c: c.has_email.is_(True)),
    "real": traits(lambda c: sa.or_(c.latitude.is_(None), c.latitude < sa.literal(50.5, sa.Float))),
    "first": traits(lambda c: sa.and_(c.first_purchase_at.is_not(None), c.first_purchase_at < 1_715_000_000)),
    "bought": owners("lines", lambda c: c.category.in_(["opera", "programme"])),
    "bought often": owners("lines", lambda c: c.quantity >= 2),
    "order status": owners("orders", lambda c: c.status == "cancelled"),
    "consent": owners("consents", lambda c: c.given.is_(True), lambda c: c.permission == "news"),
    "tag": owners("tags", lambda c: c.tag == AWKWARD),
    "not tag": lambda question: sa.not_(EXPRESSIONS["tag"](question)),
    "mixed": lambda question: sa.or_(
        sa.and_(EXPRESSIONS["number"](question), EXPRESSIONS["bought"](question)), EXPRESSIONS["unknown"](question)
    ),
    "nested": lambda question: question.relations.traits.c.number.not_in(
        sa.select(question.relations.lines.c.customer).where(
            question.relations.lines.c.event.in_(
                sa.select(question.relations.events.c.id).where(question.relations.events.c.category == "opera")
            )
        )
    ),
    "company": traits(lambda c: sa.and_(c.company.is_not(None), c.company.in_(sa.select(sa.literal(1))))),
    "average of all": lambda question: (
        question.relations.traits.c.revenue
        > sa.select(sa.func.avg(question.relations.orders.c.total)).scalar_subquery()
    ),
    "ranked": ranked,
}
DAYS = (TODAY.today, date(2024, 5, 20))


def answers(engine: Engine, day: date, among: Bitmap | None = None) -> dict[str, list[int]]:
    with engine.snapshot(Calendar(day, BERLIN)) as snapshot:
        found = snapshot.ask(list(EXPRESSIONS.values()), among)
        return {name: members.numbers().tolist() for name, members in zip(EXPRESSIONS, found, strict=True)} | {
            "everyone": snapshot.everyone().numbers().tolist()
        }


@pytest.mark.parametrize("day", DAYS)
def test_it_answers_as_the_embedded_engine_does(world: World, day: date) -> None:
    expected = answers(world.duckdb, day)
    assert answers(world.spark, day) == expected
    if day == TODAY.today:
        assert [name for name, members in expected.items() if not members] == ["none", "company"]


def test_a_few_are_asked_alike(world: World) -> None:
    among = Bitmap.of([3, 4, 5, 8, 13, 21, 4000])
    everyone = answers(world.duckdb, TODAY.today)["everyone"]
    found = answers(world.spark, TODAY.today, among)
    assert found.pop("everyone") == everyone
    expected = answers(world.duckdb, TODAY.today)
    assert found == {name: sorted({*expected[name]} & {*among.numbers().tolist()}) for name in found}


def test_whole_numbers_are_divided_as_such(world: World) -> None:
    def divided(question: Question) -> sa.Select[Any]:
        c = question.relations.traits.c
        return sa.select(
            c.revenue, ((c.revenue + 1) // 7 - c.revenue) // 3, c.revenue / sa.literal(8, sa.BigInteger)
        )

    with world.spark.snapshot(TODAY) as snapshot:
        for revenue, whole, real in snapshot.rows(divided):
            assert whole == -((revenue - (revenue + 1) // 7) // 3)
            assert float(real) == revenue / 8


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("few", [False, True])
def test_every_relation_holds_the_same_rows(world: World, day: date, *, few: bool) -> None:
    among = Bitmap.of([1, 2, 3]) if few else None
    for name in ("traits",) if few else COLUMNS:

        def everything(question: Question, name: str = name) -> sa.Select[Any]:
            return sa.select(*(getattr(question.relations, name).c[column] for column in COLUMNS[name]))

        with (
            world.spark.snapshot(Calendar(day, BERLIN)) as spark,
            world.duckdb.snapshot(Calendar(day, BERLIN)) as ours,
        ):
            assert sorted(map(repr, spark.rows(everything, among))) == sorted(
                map(repr, ours.rows(everything, among))
            )


def test_days_matter_only_where_facts_lie_after(world: World) -> None:
    for day in DAYS:
        with (
            world.spark.snapshot(Calendar(day, BERLIN)) as spark,
            world.duckdb.snapshot(Calendar(day, BERLIN)) as ours,
        ):
            assert spark.depends_on_day == ours.depends_on_day == (day != TODAY.today)
            assert spark.revision == ours.revision


def test_rows_are_grouped_sorted_and_paged(world: World) -> None:
    def top(question: Question) -> sa.Select[Any]:
        c = question.relations.orders.c
        spent = sa.func.sum(c.total).label("spent")
        return (
            sa.select(c.customer, spent).group_by(c.customer).order_by(spent.desc(), c.customer).limit(3).offset(1)
        )

    with world.spark.snapshot(TODAY) as spark, world.duckdb.snapshot(TODAY) as ours:
        assert list(spark.rows(top)) == list(ours.rows(top))


def test_figures_of_chosen_customers(world: World) -> None:
    numbers = np.array([2, 7, 9], np.uint32)
    found, expected = (engine.figures(numbers, ["city", "revenue"]) for engine in (world.spark, world.duckdb))
    assert sorted(map(repr, found.to_pylist())) == sorted(map(repr, expected.to_pylist()))


TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
QUOTING = st.text("\\'\"`$n{}ux041%_:?;-\n\r\t", max_size=8)


@given(texts=st.lists(TEXTS | QUOTING, min_size=50, max_size=150))
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_arrives_as_it_is(world: World, texts: list[str]) -> None:
    asked = [AWKWARD, *texts]

    def statement(_question: Question) -> sa.Select[Any]:
        columns: list[Any] = [sa.literal(text).label(f"t{place}") for place, text in enumerate(asked)]
        return sa.select(*columns)

    with world.spark.snapshot(TODAY) as snapshot:
        assert snapshot.rows(statement) == [tuple(asked)]


@given(
    sets=st.lists(
        st.lists(st.integers(0, 200_000) | st.sampled_from([32_767, 32_768, 65_535, 65_536])), max_size=4
    )
)
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_sets_arrive_whole(spark_cluster: Cluster, sets: list[list[int]]) -> None:
    selects = [
        f"SELECT explode(array({', '.join(['-7', 'CAST(NULL AS BIGINT)', *map(str, numbers)])})) AS number"
        for numbers in (*sets, [])
    ]
    found = of_selects(spark_cluster.ask, selects)
    assert [members.numbers().tolist() for members in found] == [sorted(set(numbers)) for numbers in (*sets, [])]


def test_many_threads_ask_at_once(world: World) -> None:
    chosen = [EXPRESSIONS["number"], EXPRESSIONS["bought"]]

    def sizes(engine: Engine, day: date) -> list[int]:
        with engine.snapshot(Calendar(day, BERLIN)) as snapshot:
            return [len(members) for members in snapshot.ask(chosen)]

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda day: sizes(world.spark, day), DAYS[:2] * 2))
    assert found == [sizes(world.duckdb, day) for day in DAYS[:2] * 2]


def test_a_newer_publication_is_seen_and_the_older_stays_readable(small: World) -> None:
    with small.spark.snapshot(TODAY) as before:
        small.bring(CustomerRecord(id="2"))
        assert small.spark.behind == 1
        small.publish()
        assert small.spark.behind == 0
        with small.spark.snapshot(TODAY) as after:
            assert (len(before.everyone()), len(after.everyone())) == (1, 2)
            assert after.revision == small.spark.refresh() == before.revision + 1
            assert after.changed_since(before.revision) is None


def test_a_publication_that_goes_meanwhile_is_told(small: World) -> None:
    with small.spark.snapshot(TODAY) as snapshot:
        for _ in range(2):
            small.publish()
        with pytest.raises(TryAgain, match="was replaced meanwhile"):
            snapshot.everyone()


def test_storage_the_cluster_does_not_see_is_told(small: World, spark_cluster: Cluster, tmp_path: Path) -> None:
    engine = small.engine(spark_cluster, seen_as=str(tmp_path / "elsewhere"))
    with (
        pytest.raises(SettingsError, match="keep publications on storage that all of them see"),
        engine.snapshot(TODAY) as one,
    ):
        one.everyone()


def test_a_folder_may_have_another_name_there(small: World, spark_cluster: Cluster, tmp_path: Path) -> None:
    (tmp_path / "mounted").symlink_to(small.folder)
    with small.engine(spark_cluster, seen_as=f"file://{tmp_path / 'mounted'}").snapshot(TODAY) as snapshot:
        assert len(snapshot.everyone()) == 1


def test_nothing_published_is_told(small: World) -> None:
    shutil.rmtree(small.folder)
    with pytest.raises(NotFound, match="hub replica publish"):
        small.spark.refresh()


def test_another_hubs_publication_is_refused(small: World) -> None:
    small.organisation.time_zone = "Asia/Tokyo"
    with pytest.raises(SettingsError, match="publish with `hub replica publish`"):
        small.spark.refresh()


def test_it_keeps_quiet(spark_cluster: Cluster, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exception, match="UNRESOLVED_COLUMN"):
        spark_cluster.ask("SELECT no_such_column")
    assert capfd.readouterr() == ("", "")


def test_what_is_lost_is_started_anew(spark_cluster: Cluster) -> None:
    """Once the Java process is gone, a question fails, and the next one is answered."""
    processes = spark_cluster.use(lambda session: session.sparkContext._gateway.proc)  # type: ignore[union-attr]
    os.kill(processes.pid, signal.SIGKILL)
    processes.wait(10)
    with pytest.raises(TryAgain, match="Spark cluster"):
        spark_cluster.ask("SELECT 1")
    generation = spark_cluster.generation
    assert spark_cluster.ask("SELECT 1 AS one") == [(1,)]
    assert spark_cluster.generation == generation + 1


def test_a_master_that_is_not_there_is_told_at_once(spark_cluster: Cluster) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(TryAgain, match=f"spark://127.0.0.1:{port} can't be reached"):
        Cluster(f"spark://127.0.0.1:{port}").ask("SELECT 1")


@pytest.mark.parametrize("module", ["pyspark", "sqlglot"])
def test_a_missing_package_is_told(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SettingsError, match=r"pip install 'audience-hub\[spark\]'"):
        Cluster("local[1]").ask("SELECT 1")


def test_a_missing_java_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SettingsError, match="install Java 17"):
        Cluster("local[1]").ask("SELECT 1")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SettingsError, match="JAVA_HOME"):
        Cluster("local[1]").ask("SELECT 1")


OLD_JAVA = """
from hub.core.contracts.errors import SettingsError
from hub.core.engines.spark.cluster import Cluster
try:
    Cluster("local[1]").ask("SELECT 1")
except SettingsError as error:
    print(error)
"""


def test_a_java_that_does_not_start_is_told(tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'java.lang.UnsupportedClassVersionError: 61.0' >&2\nexit 1\n")
    java.chmod(0o700)
    environment = {**os.environ, "JAVA_HOME": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-c", OLD_JAVA], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert "Java 17 or newer is needed" in ended.stdout
    assert ended.stderr == ""


def test_nothing_of_spark_is_imported_before_it_is_used() -> None:
    script = (
        "import sys, hub.core.engines.spark.engine; "
        "print({'pyspark', 'py4j', 'sqlglot'} & {name.partition('.')[0] for name in sys.modules})"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "set()"

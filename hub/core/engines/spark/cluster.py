"""One application on a Spark cluster: started when first asked, asked by many threads, started anew when lost."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from hub.core.contracts.errors import TryAgain
from hub.core.engines.spark.starting import check_installed, forget_session, start_session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_PORT = 7077
"""A master listens there unless told otherwise."""
_CONNECT_SECONDS = 5.0

ResultT = TypeVar("ResultT")


class Cluster:
    """Asks a Spark cluster. Safe to share between threads; a process has one.

    Args:
        master: its URL: ``spark://host:7077``, several hosts with commas, or ``local[*]`` for this machine alone.
        settings: Spark's own, such as ``spark.executor.memory`` or ``spark.driver.host``.
    """

    def __init__(
        self,
        master: str,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.master = master
        self._settings = settings
        self._session: SparkSession | None = None
        self._generation = 0
        self._starting = threading.Lock()

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a select.

        Raises:
            SettingsError: Spark can't be used here.
            TryAgain: the cluster can't be reached, or ended our work.
        """
        # Not by Arrow: Spark runs that on a thread where no plain error comes back from.
        return self.use(lambda session: [tuple(row) for row in session.sql(sql).collect()])

    def table(self, sql: str) -> pa.Table:
        """The rows of a select as columns, for many of them.

        Raises:
            SettingsError: Spark can't be used here.
            TryAgain: the cluster can't be reached.
        """
        return self.use(lambda session: session.sql(sql).toArrow())

    def use(self, work: Callable[["SparkSession"], ResultT]) -> ResultT:
        """Do something with the session, such as making views.

        Raises:
            SettingsError: Spark can't be used here.
            TryAgain: the cluster can't be reached, or ended our work.
        """
        session = self._started()
        with self._told_plainly(session):
            return work(session)

    def close(self) -> None:
        """End the application. The next question starts another."""
        with self._starting:
            session, self._session = self._session, None
            if session is not None:
                forget_session(session)

    @property
    def generation(self) -> int:
        """How often the application was started: views that were made in an older one are gone."""
        return self._generation

    def _started(self) -> "SparkSession":
        with self._starting:
            if self._session is None:
                check_installed()
                _quieten()
                self._see_that_it_listens()
                self._session = self._start()
                self._generation += 1
            return self._session

    def _start(self) -> "SparkSession":
        from py4j.protocol import Py4JError  # type: ignore[import-untyped]  # it ships no types
        from pyspark.errors import PySparkException

        try:
            return start_session(self.master, self._settings)
        except (Py4JError, PySparkException, OSError) as error:
            raise TryAgain(f"the Spark cluster {self.master} takes no work: {_first_line(error)}") from error

    def _see_that_it_listens(self) -> None:
        """Spark itself would try for a minute before it says that nobody is there.

        Raises:
            TryAgain: no master listens.
        """
        if not self.master.startswith("spark://"):
            return
        for address in self.master.removeprefix("spark://").split(","):
            host, _, port = address.rpartition(":")
            try:
                socket.create_connection((host or address, int(port) if host else _PORT), _CONNECT_SECONDS).close()
                return
            except (OSError, ValueError) as error:
                reason = error
        raise TryAgain(f"the Spark cluster {self.master} can't be reached ({reason}); see that its master runs")

    @contextmanager
    def _told_plainly(self, session: "SparkSession") -> Iterator[None]:
        """Turn the cluster's troubles into ours; leave mistakes in a statement as they are."""
        from py4j.protocol import Py4JError, Py4JNetworkError
        from pyspark.errors import PySparkException

        try:
            yield
        except (Py4JNetworkError, OSError) as error:
            self._lose(session)
            raise TryAgain(f"the connection to the Spark cluster {self.master} broke: {error}") from error
        except (Py4JError, PySparkException) as error:
            if _is_stopped(session):
                self._lose(session)
                raise TryAgain(f"the Spark cluster {self.master} ended our work: {_first_line(error)}") from error
            raise

    def _lose(self, session: "SparkSession") -> None:
        with self._starting:
            if self._session is session:
                self._session = None
                forget_session(session)


def _is_stopped(session: "SparkSession") -> bool:
    context: Any = session.sparkContext
    try:
        return context._jsc is None or bool(context._jsc.sc().isStopped())  # noqa: SLF001 - pyspark has no other way
    except Exception:  # noqa: BLE001 - whoever can't say is not at work
        return True


def _quieten() -> None:
    """Pyspark writes each error to standard error as well as raising it."""
    for name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger", "py4j"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)

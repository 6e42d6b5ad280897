"""A standalone Spark cluster on loopback: a master and two workers."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from hub.core.engines.spark.cluster import Cluster

_START_SECONDS = 60
_QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
_SETTINGS = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "512m",
    "spark.driver.extraJavaOptions": _QUICK_START,
    "spark.executor.memory": "512m",
    "spark.executor.extraJavaOptions": _QUICK_START,
    "spark.sql.shuffle.partitions": "2",
}


@pytest.fixture(scope="session")
def spark_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A Spark cluster of two workers; a skip where Spark or Java is missing, a failure in CI."""
    if lacking := _missing():
        if os.environ.get("CI"):
            pytest.fail(f"continuous integration must try Spark: {lacking}")
        pytest.skip(f"no Spark can be had here: {lacking}")
    with _running_cluster(tmp_path_factory.mktemp("spark")) as master:
        cluster = Cluster(master, _SETTINGS)
        yield cluster
        cluster.close()


@contextmanager
def _running_cluster(folder: Path) -> Iterator[str]:
    """The master's URL. The workers join it by themselves, a moment later."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"spark://127.0.0.1:{port}"
    with ExitStack() as running:
        running.enter_context(
            _process(folder, "master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")
        )
        for name in ("one", "two"):
            place = ("--cores", "1", "--memory", "1g", "--work-dir", str(folder / name))
            running.enter_context(
                _process(folder, "worker.Worker", "--host", "127.0.0.1", "--webui-port", "0", *place, url)
            )
        _wait_for(port)
        yield url


@contextmanager
def _process(folder: Path, role: str, *words: str) -> Iterator[None]:
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": _QUICK_START,
    }
    with (folder / f"{role}-{time.monotonic_ns()}.log").open("wb") as log:
        process = subprocess.Popen(
            [home / "bin" / "spark-class", f"org.apache.spark.deploy.{role}", *words],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(port: int) -> None:
    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def _missing() -> str:
    """What of Spark this machine lacks; empty if nothing."""
    try:
        import pyspark  # noqa: F401
        import sqlglot  # noqa: F401
    except ImportError as error:
        return str(error)
    java = shutil.which("java") or os.environ.get("JAVA_HOME")
    return "" if java else "there is no Java"

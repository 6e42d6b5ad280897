"""Starts the Java process that talks to the cluster, and keeps what it says out of ours."""

import importlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.core.contracts.errors import SettingsError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_OWN_SETTINGS: Mapping[str, str] = {
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
"""Unless the user says otherwise."""

_MEANING: Mapping[str, str] = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.variable.substitute": "false",
}
"""What our SQL is written for; with another value, a text such as ``${HOME}`` would be something else."""


def check_installed() -> None:
    """See that Spark can be used here.

    Raises:
        SettingsError: pyspark, sqlglot or Java is missing.
    """
    for module in ("pyspark", "sqlglot"):
        try:
            importlib.import_module(module)
        except ImportError as error:
            raise SettingsError(
                f"the spark engine needs {module}, which is not installed: pip install 'audience-hub[spark]'"
            ) from error
    home = os.environ.get("JAVA_HOME")
    if home and not (Path(home) / "bin" / "java").exists():
        raise SettingsError(f"JAVA_HOME is {home}, and there is no Java; the spark engine needs Java 17 or newer")
    if not home and not shutil.which("java"):
        raise SettingsError("the spark engine needs Java, which is not here; install Java 17 or newer")


def start_session(master: str, settings: Mapping[str, str]) -> "SparkSession":
    """Start an application on the cluster, or join the one that this process has there.

    Args:
        master: the cluster's URL, such as ``spark://host:7077``.
        settings: Spark's own, such as ``spark.executor.memory``.

    Raises:
        SettingsError: Java does not start, or this process works with another cluster.
        pyspark.errors.PySparkException, py4j.protocol.Py4JError: the cluster does not take it.
    """
    from pyspark import SparkConf, SparkContext
    from pyspark.sql import SparkSession

    chosen = {**_OWN_SETTINGS, **settings}
    conf = SparkConf(loadDefaults=False).setMaster(master).setAppName("audience-hub").setAll(list(chosen.items()))
    running = _running(SparkContext)
    if running is not None and running.master != master:
        raise SettingsError(f"this process works with the Spark cluster {running.master} already; end it first")
    if running is None:
        running = SparkContext(conf=conf, gateway=_gateway(SparkContext, conf))
    session = SparkSession(running)
    for name, value in _MEANING.items():
        session.conf.set(name, value)
    return session


def forget_session(session: "SparkSession") -> None:
    """Let go of an application, be it alive or dead, so that another can be started."""
    context = session.sparkContext
    try:
        session.stop()
    except Exception:  # noqa: BLE001 - it is dead already, in one of many ways
        type(context)._active_spark_context = None  # noqa: SLF001 - pyspark offers no other way to give it up
    _bury(type(context))


def _running(context_type: Any) -> Any:
    """The application that this process has, if any."""
    _bury(context_type)
    return context_type._active_spark_context  # noqa: SLF001 - getOrCreate would start one


def _bury(context_type: Any) -> None:
    """Forget a Java process that has ended: pyspark would go on talking to it."""
    gateway = context_type._gateway  # noqa: SLF001 - pyspark offers no other way
    process = getattr(gateway, "proc", None)
    if process is not None and process.poll() is not None:
        process.stdin.close()
        for name in ("_gateway", "_jvm", "_active_spark_context"):
            setattr(context_type, name, None)


def _gateway(context_type: Any, conf: Any) -> Any:
    """The Java process: the one that is there, or a new one that writes its remarks to a file nobody sees.

    Raises:
        SettingsError: it does not start.
    """
    from pyspark.errors import PySparkRuntimeError
    from pyspark.java_gateway import launch_gateway

    if context_type._gateway is not None:  # noqa: SLF001 - there is one for each Python process
        return context_type._gateway  # noqa: SLF001 - as above
    with tempfile.TemporaryFile() as remarks:
        try:
            return launch_gateway(conf, {"stdout": remarks, "stderr": remarks})  # type: ignore[no-untyped-call]  # as it is
        except PySparkRuntimeError as error:
            remarks.seek(0)
            said = remarks.read().decode(errors="replace").strip().splitlines()
            reason = said[-1] if said else str(error)
            raise SettingsError(f"Java 17 or newer is needed; the one that is here says: {reason}") from error

"""Opens the engine that the settings name."""

from collections.abc import Callable
from pathlib import Path

from hub.core.contracts.errors import SettingsError
from hub.core.engines.duckdb import DuckDBEngine
from hub.core.engines.engine import Engine
from hub.core.replica.replica import Replica
from hub.core.settings import EngineKind, HubSettings
from hub.core.store.database import Database
from hub.core.store.tables import Organisation


def open_engine(
    settings: HubSettings,
    database: Database,
    organisation: Organisation,
    currency_digits: int,
    replica: Callable[[], Replica],
) -> Engine:
    """The engine of these settings. What it needs is imported and opened only if it is the one.

    Args:
        settings: name the engine, and where its cluster and tables are.
        database: the store's.
        organisation: whose customers it asks about.
        currency_digits: decimals of the organisation's currency.
        replica: opens the embedded engine's replica.

    Raises:
        SettingsError: the engine can't be used with this store, or lacks a setting.
    """
    match settings.engine:
        case EngineKind.DATABASE:
            from hub.core.engines.database.engine import DatabaseEngine

            return DatabaseEngine(database, organisation, currency_digits)
        case EngineKind.SPARK:
            if not settings.spark_master or not settings.publications:
                raise SettingsError(
                    "the engine 'spark' needs the settings spark_master (such as spark://host:7077) and "
                    "publications (the folder of `hub replica publish`)"
                )
            from hub.core.engines.spark.cluster import Cluster
            from hub.core.engines.spark.engine import SparkEngine

            return SparkEngine(
                Cluster(settings.spark_master),
                Path(settings.publications),
                database,
                organisation,
                currency_digits,
                settings.publications_seen_as,
            )
    return DuckDBEngine(replica(), currency_digits)

"""CSV files: a data source that reads them in bulk, and an audience sink that keeps one true to a segment."""

from collections.abc import Sequence
from typing import Any

from hub import AudienceSink, DataSource, hookimpl
from hub_csv.sink import CsvSink, CsvSinkSettings
from hub_csv.source import CsvSource, CsvSourceSettings

__all__ = ["CsvSink", "CsvSinkSettings", "CsvSource", "CsvSourceSettings"]


@hookimpl
def hub_data_sources() -> Sequence[type[DataSource[Any]]]:
    """Bring the source that reads a CSV file."""
    return [CsvSource]


@hookimpl
def hub_audience_sinks() -> Sequence[type[AudienceSink[Any]]]:
    """Bring the sink that keeps a CSV file."""
    return [CsvSink]

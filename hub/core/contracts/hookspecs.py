"""The four hooks a plugin may implement. Each returns types; the hub makes the instances."""

from collections.abc import Sequence
from typing import Any

import pluggy

from hub.core.contracts.channel import MessageChannel
from hub.core.contracts.criterion import Criterion
from hub.core.contracts.sink import AudienceSink
from hub.core.contracts.source import DataSource

PROJECT = "hub"
"""The name of the entry point group and of pluggy's project."""

hookspec = pluggy.HookspecMarker(PROJECT)


@hookspec
def hub_data_sources() -> Sequence[type[DataSource[Any]]]:
    """Return the data sources this plugin brings."""
    raise NotImplementedError


@hookspec
def hub_criteria() -> Sequence[type[Criterion[Any]]]:
    """Return the criteria this plugin brings."""
    raise NotImplementedError


@hookspec
def hub_audience_sinks() -> Sequence[type[AudienceSink[Any]]]:
    """Return the audience sinks this plugin brings."""
    raise NotImplementedError


@hookspec
def hub_message_channels() -> Sequence[type[MessageChannel[Any]]]:
    """Return the message channels this plugin brings."""
    raise NotImplementedError

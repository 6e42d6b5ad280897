"""Keeps a Facebook Custom Audience true to a segment."""

from collections.abc import Sequence
from typing import Any

from hub import AudienceSink, hookimpl
from hub_facebook.settings import FacebookSettings
from hub_facebook.sink import FacebookSink

__all__ = ["FacebookSettings", "FacebookSink", "hub_audience_sinks"]


@hookimpl
def hub_audience_sinks() -> Sequence[type[AudienceSink[Any]]]:
    """The one sink of this plugin."""
    return [FacebookSink]

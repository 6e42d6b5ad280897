"""Keeps a tag, or a whole audience, in Mailchimp true to a segment."""

from collections.abc import Sequence
from typing import Any

from hub import AudienceSink, hookimpl
from hub_mailchimp.settings import MailchimpSettings
from hub_mailchimp.sink import MailchimpSink

__all__ = ["MailchimpSettings", "MailchimpSink", "hub_audience_sinks"]


@hookimpl
def hub_audience_sinks() -> Sequence[type[AudienceSink[Any]]]:
    """The one sink of this plugin."""
    return [MailchimpSink]

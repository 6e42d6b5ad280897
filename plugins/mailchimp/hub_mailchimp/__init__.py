"""Mailchimp: keeps a tag or a whole audience true to a segment, and brings the shops connected to it."""

from collections.abc import Sequence
from typing import Any

from hub import AudienceSink, DataSource, hookimpl
from hub_mailchimp.settings import MailchimpSettings
from hub_mailchimp.shop import MailchimpShop, MailchimpShopSettings
from hub_mailchimp.sink import MailchimpSink

__all__ = [
    "MailchimpSettings",
    "MailchimpShop",
    "MailchimpShopSettings",
    "MailchimpSink",
    "hub_audience_sinks",
    "hub_data_sources",
]


@hookimpl
def hub_audience_sinks() -> Sequence[type[AudienceSink[Any]]]:
    """The one sink of this plugin."""
    return [MailchimpSink]


@hookimpl
def hub_data_sources() -> Sequence[type[DataSource[Any]]]:
    """The one source of this plugin."""
    return [MailchimpShop]

"""Mailchimp on loopback: a stateful server that holds to the Marketing API's contract."""

from hub.testing.platforms.mailchimp.server import MailchimpServer
from hub.testing.platforms.mailchimp.state import Contact, MergeField, subscriber_hash

__all__ = ["Contact", "MailchimpServer", "MergeField", "subscriber_hash"]

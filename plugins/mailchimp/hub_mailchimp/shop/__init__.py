"""Mailchimp's e-commerce stores as a data source: what a shop has sent to Mailchimp comes into the hub."""

from hub_mailchimp.shop.settings import MailchimpShopSettings
from hub_mailchimp.shop.source import MailchimpShop

__all__ = ["MailchimpShop", "MailchimpShopSettings"]

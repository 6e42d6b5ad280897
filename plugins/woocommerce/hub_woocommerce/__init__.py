"""WooCommerce: brings a shop's customers, products and orders."""

from collections.abc import Sequence
from typing import Any

from hub import DataSource, hookimpl
from hub_woocommerce.settings import WooCommerceSettings
from hub_woocommerce.source import WooCommerce

__all__ = ["WooCommerce", "WooCommerceSettings", "hub_data_sources"]


@hookimpl
def hub_data_sources() -> Sequence[type[DataSource[Any]]]:
    """The one source of this plugin."""
    return [WooCommerce]

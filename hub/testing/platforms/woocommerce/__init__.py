"""WooCommerce on loopback: a stateful shop that holds to the REST API v3's contract."""

from hub.testing.platforms.woocommerce.server import WooCommerceServer
from hub.testing.platforms.woocommerce.state import Shop

__all__ = ["Shop", "WooCommerceServer"]

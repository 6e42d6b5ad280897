"""The source passes the suite every source must pass, in one batch and in many."""

from collections.abc import Collection

import pytest
from hub_woocommerce import WooCommerce

from hub.testing.platforms.woocommerce import Shop
from hub.testing.sources import DataSourceConformance

from .conftest import MakeSource, at, line


class TestWooCommerce(DataSourceConformance):
    batch_rows = 1000

    @pytest.fixture
    def source(self, shop: Shop, make_source: MakeSource) -> WooCommerce:
        for number in range(1, 151):
            shop.customer(number, first_name="Ada", modified=at(number))
            buyer = number if number % 3 else 0
            billing = {"email": f"guest{number % 7}@example.com", "country": "DE"}
            lines = [line(number * 10, number % 5)]
            shop.order(number, buyer, billing=billing, line_items=lines, modified=at(number // 4))
        for number in range(1, 6):
            shop.product(number, categories=[{"id": 1, "name": "Cups &amp; mugs", "slug": "cups"}], modified=at(3))
        shop.order(151, 0)
        shop.order(152, 1, meta_data=[{"id": 1, "key": "_opt_in", "value": "yes"}])
        return make_source(batch_rows=self.batch_rows, opt_in_field="_opt_in")

    @pytest.fixture
    def expected_kinds(self) -> Collection[str]:
        return ["customers", "products", "orders", "order_lines", "consents"]


class TestInSmallBatches(TestWooCommerce):
    batch_rows = 60

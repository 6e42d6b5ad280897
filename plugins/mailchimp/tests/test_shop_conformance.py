"""The shop as a data source passes the suite every source must pass."""

from collections.abc import Collection

import pytest
from hub_mailchimp import MailchimpShop

from hub.testing.sources import DataSourceConformance

from .conftest import MakeShop
from .shop import Shop


class TestShop(DataSourceConformance):
    batch_rows = 10_000

    @pytest.fixture
    def source(self, shop: Shop, make_shop: MakeShop) -> MailchimpShop:
        for number in range(12):
            shop.customer(f"c{number}", opt_in_status=number % 2 == 0, first_name="Ada")
        shop.product("mug", type="merchandise")
        shop.product("poster")
        for number in range(12):
            shop.order(f"o{number}", f"c{number % 5}", financial_status="paid", processed_at_foreign="2024-05-01")
        shop.order("guest", "someone-else")
        shop.cart("k1", "c7")
        shop.cart("k2", "c8")
        shop.spoil("orders", "o3", order_total=-5)
        return make_shop(batch_rows=self.batch_rows)

    @pytest.fixture
    def expected_kinds(self) -> Collection[str]:
        return ["customers", "products", "orders", "order_lines", "carts", "consents"]


class TestInSmallBatches(TestShop):
    batch_rows = 3

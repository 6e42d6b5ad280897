"""The source passes the hub's own suite, for each way it works."""

from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from hub_csv import CsvSource

from hub import RECORDS
from hub.testing.sources import DataSourceConformance

Make = Callable[..., CsvSource]


class TestCustomers(DataSourceConformance):
    @pytest.fixture
    def source(self, source: Make) -> CsvSource:
        rows = "".join(f"{n},p{n}@example.com,1990-01-{n % 28 + 1:02d},DE,{n % 5}.5\n" for n in range(50))
        return source(f"id,email,born_on,country,latitude\n{rows}51\n52,,soon,,\n", batch_rows=20)

    @pytest.fixture
    def expected_kinds(self) -> Collection[str]:
        return ["customers"]


class TestOrdersWithoutIds(DataSourceConformance):
    @pytest.fixture
    def source(self, source: Make) -> CsvSource:
        rows = "c1,2024-01-01,5.00,online\n" * 5 + "c2,2024-01-02,-1,\n,2024-01-02,1,\n"
        return source(f"customer,ordered_at,total,sales_channel\n{rows}", "orders", batch_rows=3)

    @pytest.fixture
    def expected_kinds(self) -> Collection[str]:
        return ["orders", "order_lines"]


class TestOrdersOfSeveralLines(DataSourceConformance):
    @pytest.fixture
    def source(self, source: Make) -> CsvSource:
        rows = "".join(f"{n % 7},c{n % 7},2024-01-01,5.00,e{n},paid\n" for n in range(30))
        return source(f"id,customer,ordered_at,total,event,status\n{rows}", "orders", batch_rows=4)

    @pytest.fixture
    def expected_kinds(self) -> Collection[str]:
        return ["orders", "order_lines"]


_BODIES = {
    "events": "id,title,starts_at,category\n1,Tosca,2024-05-06 19:30,opera\n",
    "products": "id,name,category\n1,Mug,merchandise\n",
    "order_lines": "id,order,quantity,total\n1,7,2,5.00\n",
    "consents": "customer,permission,channel,given,at\n1,newsletter,email,yes,2024-05-06T10:00:00Z\n",
    "tags": "customer,tag\n1,friend\n",
    "companies": "id,name,vat_number,city,country\nc1,Ufer GmbH,DE123,Ulm,de\n",
    "venues": "name,latitude,longitude\nGroßer Saal,52.5,13.4\nTent,,\n",
    "carts": "id,customer,changed_at,total,currency,order\n1,7,2024-05-06,12.50,eur,o1\n2,7,2024-05-06,0,,\n",
    "subscriptions": "id,customer,name,starts_on,ends_on\n1,7,Opera,2024-09-01,2025-06-30\n2,7,Op,2024-09-01,\n",
    "identities": "customer,channel,value,present\n7,Messenger,m-1,\n7,viber,v-1,no\n",
    "groups": "customer,group,present\n7,members,\n8,press,nej\n",
    "custom_fields": "name,value_type,choices\nseat,choice,stalls|circle\npress,yes/no,\n",
    "custom_values": "customer,field,value\n7,seat,stalls\n7,press,\n",
}


@pytest.mark.parametrize("kind", list(_BODIES))
class TestEveryOtherKind(DataSourceConformance):
    @pytest.fixture
    def source(self, source: Make, kind: str) -> CsvSource:
        return source(_BODIES[kind], kind)

    @pytest.fixture
    def expected_kinds(self, kind: str) -> Collection[str]:
        return [kind]


def test_every_kind_is_covered() -> None:
    assert set(_BODIES) | {"customers", "orders"} == set(RECORDS)


def test_the_folder_can_be_installed_alone() -> None:
    text = (Path(__file__).parent.parent / "pyproject.toml").read_text()
    assert '[project.entry-points.hub]\ncsv = "hub_csv"' in text

"""Files that a hub exports are read as what they were."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

Read = Callable[..., Any]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("'=1+1", "=1+1"), ("'+49 30", "+49 30"), ("''=1", "'=1"), ("'＠x", "＠x"), ("'\u200b-1", "\u200b-1"),
        ("'quoted'", "'quoted'"), ("'", "'"), ("''", "''"), ("=1+1", "=1+1"), ("O'Neill", "O'Neill"),
    ],
)  # fmt: skip
def test_the_guard_against_formulas_is_taken_off(read: Read, cell: str, text: str) -> None:
    assert read(f'"id","first_name"\n"1","{cell}"\n').column("customers", "first_name") == [text]


def test_a_guarded_text_may_be_as_long_as_any(read: Read) -> None:
    result = read(f'"id","phone"\n"1","\'+{"4" * 39}"\n"2","\'+{"4" * 40}"\n')
    assert result.column("customers", "phone") == [f"+{'4' * 39}"]
    assert list(result.reasons) == [3]


def test_an_order_whose_line_is_empty_has_none(read: Read) -> None:
    result = read('"id","customer","ordered_at","total","line"\n"1","c","2024-01-01","5.00",\n', "orders")
    assert result.column("orders", "total") == [Decimal(5)]
    assert "order_lines" not in result.rows
    mixed = read(
        "id,customer,ordered_at,total,line,event,quantity\n1,c,2024-01-01,5,,,\n2,c,2024-01-01,6,a,E,2\n"
        "3,c,2024-01-01,7,,E,1\n4,c,2024-01-01,7,,,1\n",
        "orders",
    )
    assert mixed.column("orders", "id") == ["1", "2"]
    assert mixed.column("order_lines", "id") == ["a"]
    assert [(row.line, row.field) for row in mixed.rejected] == [(4, "line"), (5, "line")]


def test_a_tiny_measure_and_an_end_that_is_none(read: Read) -> None:
    assert read("name,latitude\nx,1e-07\ny,-2.5E-3\nz,52\n", "venues").column("venues", "latitude") == [
        1e-07, -0.0025, 52.0,
    ]  # fmt: skip
    assert read("name;latitude\nx;+1,5e1\ny;2,25\n", "venues").column("venues", "latitude") == [15.0, 2.25]
    ends = read("id,customer,name,starts_on,ends_on\n1,c,Abo,2024-09-01,9999-12-31\n", "subscriptions")
    assert ends.column("subscriptions", "ends_on") == [date(9999, 12, 31)]


def test_the_quotes_of_the_header_tell_those_of_the_file(read: Read) -> None:
    result = read("\"id\",\"title\"\n\"1\",\"','','','','','','\"\n", "events")
    assert result.column("events", "title") == ["','','','','','','"]

"""Amounts and counts in the ways people write them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import InputError

Read = Callable[..., Any]


def _orders(*totals: str) -> str:
    rows = "".join(f'{n}|c|2024-01-01|"{total}"\n' for n, total in enumerate(totals))
    return f"id|customer|ordered_at|total\n{rows}"


def _totals(read: Read, *texts: str, **settings: Any) -> list[Decimal]:
    result = read(_orders(*texts), "orders", **settings)
    assert result.rejected == []
    return list(result.column("orders", "total"))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["1234.50", "0", "7.1234"], ["1234.50", "0", "7.1234"]),
        (["1.234,50", "12"], ["1234.50", "12"]),
        (["1,234.50", "1,234"], ["1234.50", "1234"]),
        (["12,5", "1.234"], ["12.5", "1234"]),
        (["12.5", "1.234"], ["12.5", "1.234"]),
        (["1,234"], ["1234"]),
        (["1.234"], ["1.234"]),
        (["1,234", "0,50"], ["1.234", "0.50"]),
        (["1.234.567", "1"], ["1234567", "1"]),
        (["1'234.50", "1 234.50", "1\u00a0234.50"], ["1234.50"] * 3),
        (["€ 12.50", "12.50 €", "EUR 12.50", "12.50EUR", "$12.50", "12.50 zł"[:5]], ["12.50"] * 6),
        (["12,50 €", "€12,50"], ["12.50"] * 2),
        (["12.500000", "1.10000"], ["12.5", "1.1"]),
        (["+5.25"], ["5.25"]),
        ([" 5.25 "], ["5.25"]),
        (["99999999999999.9999"], ["99999999999999.9999"]),
    ],
)
def test_amounts(read: Read, texts: list[str], expected: list[str]) -> None:
    assert _totals(read, *texts) == [Decimal(text) for text in expected]


def test_the_setting_decides(read: Read) -> None:
    assert _totals(read, "1,234", decimal=",") == [Decimal("1.234")]
    assert _totals(read, "1,234", decimal=".") == [Decimal(1234)]
    assert _totals(read, "1.234", decimal=",") == [Decimal(1234)]


def test_another_column_may_decide(read: Read) -> None:
    body = "customer;ordered_at;total;line_total\nc;2024-01-01;1.234;12,50\n"
    assert read(body, "orders").column("orders", "total") == [Decimal(1234)]


def test_the_majority_decides_and_the_rest_is_refused(read: Read) -> None:
    result = read(_orders("12.50", "13.50", "14,5"), "orders")
    assert result.column("orders", "total") == [Decimal("12.50"), Decimal("13.50")]
    assert result.reasons[4] == "total: '14,5' is not a number such as 12.50 (column 'total')"


def test_as_many_of_each_are_refused(read: Read) -> None:
    with pytest.raises(InputError, match="set decimal"):
        read(_orders("12.50", "12,50"), "orders")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("-5.00", "is negative"),
        ("€ -5.00", "is negative"),
        ("1.23456", "has more than 4 decimals"),
        ("123456789012345", "more than 14 digits"),
        ("abc", "is not a number"),
        ("1e5", "is not a number"),
        ("0x10", "is not a number"),
        ("1_000", "is not a number"),
        ("inf", "is not a number"),
        ("nan", "is not a number"),
        ("1,23,4.5", "is not a number"),
        ("12..5", "is not a number"),
        ("--5", "is not a number"),
        ("", "is empty"),
    ],
)
def test_amounts_that_are_refused(read: Read, text: str, words: str) -> None:
    result = read(_orders("1.50", text, "2.50"), "orders")
    assert result.column("orders", "total") == [Decimal("1.50"), Decimal("2.50")]
    (row,) = result.rejected
    assert (row.line, row.field) == (3, "total")
    assert words in row.reason


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1.5", "not a whole number"),
        ("-1", "is negative"),
        ("1000000001", "is more than 1,000,000,000"),
        ("two", "is not a number such as 12"),
    ],
)
def test_counts_that_are_refused(read: Read, text: str, words: str) -> None:
    result = read(f"id,order,quantity\n1,a,3\n2,a,{text}\n3,a,4.0\n4,a,\n", "order_lines")
    assert result.column("order_lines", "quantity") == [3, 4, 1]
    assert words in result.reasons[3]


def test_coordinates(read: Read) -> None:
    result = read("id,latitude,longitude\n1,52.52,-13.4050123\n2,91,0\n3,,\n")
    assert result.column("customers", "latitude") == [52.52, None]
    assert result.column("customers", "longitude") == [-13.4050123, None]
    assert result.reasons[3].startswith("latitude: '91' is more than 90")
    result = read("id;latitude;longitude\n1;52,520;-13,405\n2;48,1;11,5\n")
    assert result.column("customers", "latitude") == [52.52, 48.1]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.decimals(0, 10**13, places=2), min_size=1, max_size=15),
    st.sampled_from([(".", ","), (",", "."), (".", "'"), (",", " "), (".", "")]),
)
def test_any_amount_with_two_decimals_reads_back(
    read: Read, amounts: list[Decimal], signs: tuple[str, str]
) -> None:
    decimal, group = signs
    texts = [f"{amount:,.2f}".replace(".", "D").replace(",", group).replace("D", decimal) for amount in amounts]
    assert _totals(read, *texts) == amounts

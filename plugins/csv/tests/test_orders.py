"""Flat order files: each row an order and its line at once."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

Read = Callable[..., Any]

_NO_ID = "customer,ordered_at,quantity,total\n"


def test_orders_without_ids_get_stable_ones(read: Read) -> None:
    rows = ["a,2024-01-01,1,5.00", "a,2024-01-01,1,5.00", "b,2024-01-01,1,5.00", "a,2024-01-01,1,5.00"]
    first = read(_NO_ID + "\n".join(rows), "orders").column("orders", "id")
    assert len(set(first)) == 4
    assert read(_NO_ID + "\n".join(rows), "orders").column("orders", "id") == first
    # In another order, with another form of the same values, and with rows more.
    other = read(
        "total;ordered_at;customer;quantity\n5,0;02.01.2024;z;1\n5,00;01.01.2024;b;1\n"
        + "5,0;01.01.2024;a;1\n" * 3,
        "orders",
    ).column("orders", "id")
    assert set(other[1:]) == set(first)
    assert other[0] not in first


def test_the_id_does_not_depend_on_empty_columns(read: Read) -> None:
    first = read(_NO_ID + "a,2024-01-01,1,5\n", "orders").column("orders", "id")
    body = "customer,ordered_at,quantity,total,event\na,2024-01-01,1,5,\n"
    assert read(body, "orders").column("orders", "id") == first


def test_neighbouring_values_do_not_run_together(read: Read) -> None:
    body = "customer,ordered_at,total,event,product\na,2024-01-01,1,xy,\na,2024-01-01,1,x,y\na,2024-01-01,1,,xy\n"
    assert len(set(read(body, "orders").column("orders", "id"))) == 3


def test_an_order_without_line_columns_has_one_line(read: Read) -> None:
    result = read("id,customer,ordered_at,total\n7,a,2024-01-01,5\n", "orders")
    (line,) = result.rows["order_lines"]
    assert line == {"id": "1", "order": "7", "quantity": 1, "total": Decimal(5), "line": 2}


def test_rows_of_one_order_are_its_lines(read: Read) -> None:
    body = "id,customer,ordered_at,total,event,quantity\n"
    body += "7,a,2024-01-01,50,e1,2\n8,b,2024-01-01,9,e1,1\n7,a,2024-01-01,51,e2,3\n"
    result = read(body, "orders")
    assert result.column("orders", "id") == ["7", "8"]
    assert result.column("orders", "total") == [Decimal(50), Decimal(9)]
    lines = [
        (row["order"], row["id"], row["event"], row["quantity"], row["total"])
        for row in result.rows["order_lines"]
    ]
    assert lines == [("7", "1", "e1", 2, None), ("8", "1", "e1", 1, Decimal(9)), ("7", "2", "e2", 3, None)]
    assert result.column("order_lines", "line") == [2, 3, 4]


def test_lines_far_from_their_order(read: Read) -> None:
    rows = [f"{n},c{n},2024-01-01,10,{n}" for n in range(3000)]
    rows += [f"{n},c{n},2024-01-01,10,9" for n in range(3000)]
    result = read("id,customer,ordered_at,total,line_total\n" + "\n".join(rows), "orders", batch_rows=500)
    assert result.column("orders", "id") == [str(n) for n in range(3000)]
    assert result.column("order_lines", "id") == ["1"] * 3000 + ["2"] * 3000
    assert result.column("order_lines", "total") == [Decimal(n) for n in range(3000)] + [Decimal(9)] * 3000
    assert result.column("order_lines", "line") == list(range(2, 6002))


def test_mapped_line_ids_and_totals(read: Read) -> None:
    body = "id,line,customer,ordered_at,total,line_total,category\n"
    body += "7,A,a,2024-01-01,50,20,opera\n7,B,a,2024-01-01,50,,opera\n"
    result = read(body, "orders")
    assert result.column("order_lines", "id") == ["A", "B"]
    assert result.column("order_lines", "total") == [Decimal(20), None]
    assert result.column("order_lines", "category") == ["opera", "opera"]


def test_a_repeated_order_without_line_columns_is_reported(read: Read) -> None:
    result = read("id,customer,ordered_at,total\n7,a,2024-01-01,5\n7,a,2024-01-01,6\n", "orders")
    assert result.column("orders", "total") == [Decimal(5)]
    assert len(result.rows["order_lines"]) == 1
    assert "order '7' is already on line 2" in result.reasons[3]


def test_an_order_of_two_customers_is_reported(read: Read) -> None:
    body = 'id,customer,ordered_at,total,event\n7,"a\n",2024-01-01,5,x\n7,b,2024-01-01,6,y\n'
    result = read(body, "orders")
    assert len(result.rows["order_lines"]) == 1
    (row,) = result.rejected
    assert (row.line, row.field) == (4, "customer")
    assert row.reason == "order '7' is already on line 2, for another customer"


def test_a_bad_first_row_leaves_the_order_to_the_next(read: Read) -> None:
    body = "id,customer,ordered_at,total,event\n7,a,2024-01-01,x,e1\n7,a,2024-01-01,6,e2\n7,a,2024-01-01,6,e3\n"
    result = read(body, "orders")
    assert result.column("orders", "total") == [Decimal(6)]
    assert result.column("orders", "line") == [3]
    assert result.column("order_lines", "id") == ["1", "2"]


def test_a_rejected_row_without_an_id_counts_for_nothing(read: Read) -> None:
    result = read(_NO_ID + "a,2024-01-01,1,-5\na,2024-01-01,1,5\n", "orders")
    assert len(result.rows["orders"]) == len(result.rows["order_lines"]) == 1
    assert list(result.reasons) == [2]


def test_order_lines_are_a_kind_of_their_own(read: Read) -> None:
    result = read("id,order,event,total\n1,7,e,5\n", "order_lines")
    assert result.rows == {
        "order_lines": [{"id": "1", "order": "7", "event": "e", "total": Decimal(5), "line": 2}]
    }

"""Orders whose rows stand together are numbered the quick way: it finds what the thorough way finds."""

from collections.abc import Callable
from typing import Any

import pytest
from hub_csv import orders
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Read = Callable[..., Any]

_RUNS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.integers(1, 3), st.sampled_from(["x", "y"])), min_size=1, max_size=8
)


@given(runs=_RUNS, broken=st.sampled_from([None, 0, 2]), other=st.sampled_from([None, 1]))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_ways_find_the_same(
    read: Read, runs: list[tuple[str, int, str]], broken: int | None, other: int | None
) -> None:
    rows = [[order, customer, "2024-01-01", "5"] for order, count, customer in runs for _ in range(count)]
    if broken is not None and broken < len(rows):
        rows[broken][3] = "much"
    if other is not None and other < len(rows):
        rows[other][1] = "z"
    body = "id,customer,ordered_at,total,event\n" + "".join(f"{','.join(row)},e\n" for row in rows)
    quick = read(body, "orders", batch_rows=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(orders, "numbered_runs", lambda connection, count: None)
        thorough = read(body, "orders", batch_rows=3)
    assert quick == thorough


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
@pytest.mark.parametrize("place", range(4))
def test_white_space_is_taken_off_wherever_the_only_such_cell_stands(
    read: Read, newline: str, delimiter: str, place: int
) -> None:
    cells = ["1", "Ulm", "2", "Bonn"]
    cell = cells[place]
    for padded in (f" {cell}", f"{cell}  ", f'" {cell}"', f'"{cell} "', f'"\t{cell}"', f'"{cell}\t"'):
        row = [*cells[:place], padded, *cells[place + 1 :]]
        lines = [delimiter.join(line) for line in (["id", "city"], row[:2], row[2:])]
        result = read(newline.join(lines) + newline, delimiter=delimiter)
        assert [(each["id"], each["city"]) for each in result.rows["customers"]] == [("1", "Ulm"), ("2", "Bonn")]

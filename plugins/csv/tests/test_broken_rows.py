"""One bad row stays one bad row, and is reported on its line."""

from collections.abc import Callable
from typing import Any

import pytest

Read = Callable[..., Any]


def test_too_few_and_too_many_columns(read: Read) -> None:
    result = read("id,city\n1,Köln\n2\n3,Bonn,x\n4,Ulm\n")
    assert result.column("customers", "id") == ["1", "4"]
    assert result.column("customers", "line") == [2, 5]
    assert result.reasons == {
        3: "the row has 1 column, the header has 2",
        4: "the row has 3 columns, the header has 2",
    }


def test_an_open_quote_does_not_swallow_what_follows(read: Read) -> None:
    rows = "".join(f'{n},"City {n}"\n' for n in range(2, 500))
    result = read(f'id,city\n1,"Köln\n{rows}')
    assert result.column("customers", "id") == [str(n) for n in range(2, 500)]
    assert result.column("customers", "line")[0] == 3
    assert list(result.reasons) == [2]
    assert "quote" in result.reasons[2]


def test_an_open_quote_at_the_end(read: Read) -> None:
    result = read('id,city\n1,Köln\n2,"Bonn\n3,Ulm\n')
    assert result.column("customers", "id") == ["1", "3"]
    assert result.column("customers", "line") == [2, 4]
    assert "never closed" in result.reasons[3]


def test_an_open_quote_in_a_large_file(read: Read) -> None:
    # More than one block, with no further quote in sight.
    rows = "".join(f"{n},{'x' * 90}\n" for n in range(2, 60_000))
    result = read(f'id,city\n1,"Köln\n{rows}')
    assert len(result.rows["customers"]) == 59_998
    assert result.column("customers", "line")[-1] == 60_000
    assert list(result.reasons) == [2]


def test_a_quote_within_a_field_is_an_ordinary_sign(read: Read) -> None:
    result = read('id,city,street\n1,5" pipe,a\n2,a "b" c,x"\n3,"d",e\n')
    assert result.column("customers", "city") == ['5" pipe', 'a "b" c', "d"]
    assert result.column("customers", "street") == ["a", 'x"', "e"]
    assert result.rejected == []


def test_text_after_a_closed_quote(read: Read) -> None:
    result = read('id,city\n1,"Köln" am Rhein\n2,"Bonn"\n')
    assert result.column("customers", "id") == ["2"]
    assert "goes on after it is closed" in result.reasons[2]


def test_a_field_over_several_blocks_of_lines(read: Read) -> None:
    text = "\n".join(["line"] * 10_000)
    result = read(f'id,street,description\n1,x,"{text}"\n2,y,z\n', "events")
    assert result.column("events", "description") == [text, "z"]
    assert result.column("events", "line") == [2, 10_002]


def test_a_field_of_a_million_characters_rejects_its_row(read: Read) -> None:
    result = read(f"id,city\n1,Köln\n2,{'x' * 1_000_000}\n3,Ulm\n4,{'ü' * 150_000}\n5,Bonn\n")
    assert result.column("customers", "id") == ["1", "3", "5"]
    assert result.column("customers", "line") == [2, 4, 6]
    assert set(result.reasons) == {3, 5}
    assert all(reason == "column 'city' has more than 100,000 characters" for reason in result.reasons.values())


def test_a_line_of_many_megabytes(read: Read) -> None:
    result = read(b"id,city\n1,K\n2," + b"x" * 20_000_000 + b"\n3,U\n")
    assert result.column("customers", "id") == ["1", "3"]
    assert result.column("customers", "line") == [2, 4]
    assert list(result.reasons) == [3]


def test_a_field_may_be_as_long_as_its_record_allows(read: Read) -> None:
    result = read(f"id,description\n1,{'ü' * 100_000}\n", "events")
    assert result.column("events", "description") == ["ü" * 100_000]


def test_zero_bytes(read: Read) -> None:
    result = read(b'id,city\n1,K\0ln\n2,Bonn\n3,"a\nb\0"\n4,Ulm\n')
    assert result.column("customers", "id") == ["2", "4"]
    assert result.reasons[2] == "the line holds a zero byte"
    assert 4 in result.reasons
    assert result.column("customers", "line") == [3, 6]


def test_bytes_of_another_encoding(read: Read) -> None:
    good = "".join(f"{n},Köln\n" for n in range(10, 20)).encode()
    result = read(b"id,city\n" + good + "1,Köln\n2,Münster\n".encode("cp1252") + b"3,Ulm\n" + good)
    assert len(result.rows["customers"]) == 21
    assert sorted(result.reasons) == [12, 13]
    assert "not UTF-8" in result.reasons[12]


def test_a_value_is_shown_short_and_the_row_never(read: Read) -> None:
    result = read(f"id,gender,email\n1,{'z' * 500},secret@example.com\n")
    (row,) = result.rejected
    assert row.field == "gender"
    assert "z" * 59 + "…" in row.reason
    assert "z" * 60 not in row.reason
    assert "secret" not in row.reason


def test_every_row_bad(read: Read) -> None:
    result = read("id,city\n" + "1,2,3\n" * 3000, batch_rows=1000)
    assert result.rows == {}
    assert len(result.rejected) == 3000
    assert result.batches == 3


def test_rejections_come_in_order_with_the_rows_around_them(read: Read) -> None:
    lines = [f"{n},female" if n % 3 else f"{n},x" if n % 2 else f"{n}" for n in range(300)]
    result = read("id,gender\n" + "\n".join(lines), batch_rows=50)
    assert [row.line for row in result.rejected] == [n + 2 for n in range(300) if n % 3 == 0]
    assert result.column("customers", "line") == [n + 2 for n in range(300) if n % 3]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_numbers_count_lines_within_quotes(read: Read, line_end: str) -> None:
    lines = ["id,city", '1,"a', 'b"', "2", "3,c", '4,"d', "", 'e"', "5,f", "6"]
    result = read(line_end.join(lines))
    assert result.column("customers", "id") == ["1", "3", "4", "5"]
    assert result.column("customers", "line") == [2, 5, 6, 9]
    assert sorted(result.reasons) == [4, 10]

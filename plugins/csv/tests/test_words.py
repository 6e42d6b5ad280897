"""Enumerations, truths, codes and the lengths of texts."""

from collections.abc import Callable
from typing import Any

import pytest

Read = Callable[..., Any]


def test_words_in_any_case(read: Read) -> None:
    body = "id|customer|ordered_at|total|status|sales_channel\n"
    body += "1|c|2024-01-01|1|PAID|Online\n2|c|2024-01-01|1|Cancelled|box office\n3|c|2024-01-01|1||\n"
    result = read(body, "orders")
    assert result.column("orders", "status") == ["paid", "cancelled", "paid"]
    assert result.column("orders", "sales_channel") == ["online", "box_office", None]


def test_an_unknown_word_is_refused_with_those_allowed(read: Read) -> None:
    result = read("id,gender\n1,female\n2,unknown\n")
    assert result.column("customers", "id") == ["1"]
    assert result.reasons[3] == "gender: 'unknown' is none of female, male, other (column 'gender')"


def test_truths(read: Read) -> None:
    words = {
        "yes": True,
        "JA": True,
        "true": True,
        "1": True,
        "No": False,
        "nein": False,
        "FALSE": False,
        "0": False,
    }
    body = "customer,permission,given\n" + "".join(
        f"{n},news,{word}\n" for n, word in enumerate([*words, "", "si"])
    )
    result = read(body, "consents")
    assert result.column("consents", "given") == [*words.values(), True]
    assert "is none of yes, no, ja, nein" in result.reasons[11]


def test_countries_and_currencies_are_codes_in_capitals(read: Read) -> None:
    result = read("id,country\n1,de\n2,DE\n3,Germany\n4,D\n5,\n6,1A\n")
    assert result.column("customers", "country") == ["DE", "DE", None]
    assert sorted(result.reasons) == [4, 5, 7]
    assert "is not a code of 2 letters, such as DE" in result.reasons[4]
    body = "customer|ordered_at|total|currency\nc|2024-01-01|1|eur\nc|2024-01-01|1|€\n"
    result = read(body, "orders")
    assert result.column("orders", "currency") == ["EUR"]
    assert "3 letters" in result.reasons[3]


def test_texts_as_long_as_their_record_allows(read: Read) -> None:
    result = read(f"id,postcode\n1,{'ü' * 20}\n2,{'ü' * 21}\n{'x' * 200},1\n{'x' * 201},1\n")
    assert result.column("customers", "line") == [2, 4]
    assert "has 21 characters, at most 20 are allowed" in result.reasons[3]
    assert result.rejected[1].field == "id"


@pytest.mark.parametrize("empty", ["", '""', " ", "\t"])
def test_an_empty_id_is_refused(read: Read, empty: str) -> None:
    result = read(f"id,city\n{empty},Köln\n1,Bonn\n")
    assert result.column("customers", "id") == ["1"]
    assert result.reasons[2] == "id is empty, but every row must have one (column 'id')"


def test_texts_stay_what_they_are(read: Read) -> None:
    result = read("id,city\n007,NULL\n1e5,null\n0.10,NaN\n-,\\N\n#1,#\n")
    assert result.column("customers", "id") == ["007", "1e5", "0.10", "-", "#1"]
    assert result.column("customers", "city") == ["NULL", "null", "NaN", "\\N", "#"]

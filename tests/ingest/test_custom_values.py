"""Custom fields have a type, and each value is read as its field's type or told."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import CustomFieldRecord, CustomFieldType, CustomValueRecord, Record
from hub.core.ingest.readings import with_readings

Shop = Any

FIELDS = [
    CustomFieldRecord(name="note", value_type=CustomFieldType.TEXT),
    CustomFieldRecord(name="shoe", value_type=CustomFieldType.NUMBER),
    CustomFieldRecord(name="since", value_type=CustomFieldType.DATE),
    CustomFieldRecord(name="seat", value_type=CustomFieldType.CHOICE, choices="stalls | circle|| circle "),
    CustomFieldRecord(name="press", value_type=CustomFieldType.YES_NO),
]
STORED = (
    "SELECT f.name, v.text_value, v.number_value, v.day_value, v.yes_no_value "
    "FROM custom_values v JOIN custom_fields f ON f.id = v.field_id ORDER BY f.id"
)


def values(**by_field: str | None) -> list[Record]:
    return [CustomValueRecord(customer="1", field=name, value=value) for name, value in by_field.items()]


def test_a_value_is_kept_in_the_column_of_its_type(shop: Shop) -> None:
    records = values(note="1", shoe="42,5", since="3.9.2024", seat="circle", press="Ja")
    report = shop.bring(*FIELDS, *records)
    assert report.inserted == {"custom_fields": 5, "custom_values": 5, "customers": 1}
    day = (date(2024, 9, 3) - date(1970, 1, 1)).days
    assert shop.rows(STORED) == [
        ("note", "1", None, None, None),
        ("shoe", None, 425_000, None, None),
        ("since", None, None, day, None),
        ("seat", "circle", None, None, None),
        ("press", None, None, None, True),
    ]
    assert shop.stays(*FIELDS, *records)
    assert shop.bring(*values(note="2", press="no")).updated == {"custom_values": 2}
    assert shop.rows("SELECT DISTINCT revision FROM custom_values ORDER BY 1") == [(1,), (3,)]


def test_an_empty_value_takes_it_off(shop: Shop) -> None:
    shop.bring(*FIELDS, *values(note="a", shoe="1"))
    report = shop.bring(*values(shoe=None, seat=" "), CustomValueRecord(customer="nobody", field="note", value=""))
    assert (report.updated["custom_values"], report.unchanged["custom_values"]) == (1, 2)
    assert [row[0] for row in shop.rows(STORED)] == ["note"]
    assert shop.rows("SELECT table_name, revision FROM tombstones") == [("custom_values", 2)]
    assert shop.rows("SELECT count(*) FROM customers") == [(1,)]


def test_a_value_that_does_not_fit_is_told_with_what_is_expected(shop: Shop) -> None:
    shop.bring(*FIELDS)
    wrong = {
        "shoe": "large",
        "since": "30.02.2024",
        "seat": "box",
        "press": "perhaps",
        "hat": "1",
        "note": "anything",
    }
    rows = ({"customer": name, "field": name, "value": value} for name, value in wrong.items())
    report = shop.bring_rows("custom_values", *rows)
    number = "a number such as 1234.5, with at most four decimals"
    expected = [
        (2, "value", f"value: 'large' does not fit the custom field 'shoe', which is {number}"),
        (
            3,
            "value",
            "value: '30.02.2024' does not fit the custom field 'since', which is a date such as 2024-12-31",
        ),
        (4, "value", "value: 'box' does not fit the custom field 'seat', which is one of stalls, circle"),
        (5, "value", "value: 'perhaps' does not fit the custom field 'press', which is yes or no"),
        (6, "field", "there is no custom field 'hat': bring it first, as custom_fields"),
    ]
    assert sorted(shop.reasons(report)) == expected
    assert report.inserted == {"custom_values": 1, "customers": 1}


def test_a_field_keeps_its_type_and_may_change_its_choices(shop: Shop) -> None:
    shop.bring(*FIELDS, *values(seat="stalls"))
    more = CustomFieldRecord(name="seat", value_type=CustomFieldType.CHOICE, choices="circle|box")
    assert shop.bring(more).updated == {"custom_fields": 1}
    assert shop.bring(*values(seat="box")).updated == {"custom_values": 1}
    assert shop.stays(CustomFieldRecord(name="seat", value_type=CustomFieldType.CHOICE))  # of choices not a word
    report = shop.bring(CustomFieldRecord(name="seat", value_type=CustomFieldType.TEXT))
    assert [row.field for row in report.rejected] == ["value_type"]
    assert "is choice already" in report.rejected[0].reason


@pytest.mark.parametrize(("value_type", "choices"), [("choice", None), ("choice", " | "), ("text", "a|b")])
def test_only_a_choice_has_choices(shop: Shop, value_type: str, choices: str | None) -> None:
    row = {"name": "seat", "value_type": value_type, "choices": choices}
    report = shop.bring_rows("custom_fields", row)
    assert [(row.line, row.field) for row in report.rejected] == [(2, "choices")]
    assert shop.rows("SELECT count(*) FROM custom_fields") == [(0,)]


def test_a_batch_without_values_says_nothing_of_them(shop: Shop) -> None:
    shop.bring(*FIELDS, *values(note="a"))
    assert shop.bring(CustomValueRecord(customer="1", field="note")).unchanged["custom_values"] == 1
    assert len(shop.rows(STORED)) == 1


def read(text: str) -> dict[str, Any]:
    (row,) = with_readings(pa.table({"value": pa.array([text], pa.string())})).to_pylist()
    return dict(row)


@given(st.decimals(min_value=-(10**14) + 1, max_value=10**14 - 1, places=4), st.sampled_from("., "))
def test_a_number_reads_as_it_was_written(number: Decimal, sign: str) -> None:
    text = f"{number:f}" if sign != " " else f"{number:+f}"
    assert read(text.replace(".", "," if sign == "," else "."))["number_value"] == int(number * 10_000)


@pytest.mark.parametrize("text", ["", "-", "1,234", "1.234,5", "1.23456", "1e5", "½", "٣", "1 2", "1" * 15, "NaN"])
def test_what_is_no_clear_number_reads_as_none(text: str) -> None:
    assert read(text)["number_value"] is None


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(2999, 12, 31)))
def test_a_day_reads_as_it_was_written(day: date) -> None:
    expected = (day - date(1970, 1, 1)) // timedelta(days=1)
    for text in (day.isoformat(), f"{day.day}.{day.month}.{day.year}", f"{day:%d.%m.}{day.year}"):
        assert read(text)["day_value"] == expected


@pytest.mark.parametrize(
    "text", ["2023-02-29", "31.4.2024", "2024-1-1", "12/31/2024", "1.1.24", "0999-01-01", "x"]
)
def test_what_is_no_day_reads_as_none(text: str) -> None:
    assert read(text)["day_value"] is None

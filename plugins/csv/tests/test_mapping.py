"""Which column fills which field."""

from collections.abc import Callable
from typing import Any

import pytest
from hub_csv import CsvSource

from hub import InputError, SettingsError

Read = Callable[..., Any]


def test_a_column_with_a_fields_name_maps_by_itself(read: Read) -> None:
    result = read("ID,City,Other\n1,Köln,x\n")
    assert result.rows["customers"] == [{"id": "1", "city": "Köln", "line": 2}]


def test_the_mapping_wins(read: Read) -> None:
    result = read("id,city,town\n1,Köln,Bonn\n", mapping={"city": "Town"})
    assert result.column("customers", "city") == ["Bonn"]


def test_a_column_used_for_another_field_does_not_map_by_itself(read: Read) -> None:
    result = read("city,nr\nKöln,1\n", mapping={"region": "city", "id": "nr"})
    assert result.rows["customers"] == [{"id": "1", "region": "Köln", "line": 2}]


def test_a_field_can_be_left_out(read: Read) -> None:
    result = read("id,city\n1,Köln\n", mapping={"city": ""})
    assert result.rows["customers"] == [{"id": "1", "line": 2}]


def test_one_column_may_fill_two_fields(read: Read) -> None:
    result = read("nr\n7\n", mapping={"id": "nr", "email": "nr"})
    assert result.rows["customers"] == [{"id": "7", "email": "7", "line": 2}]


def test_a_missing_column_is_named_with_what_is_there(source: Callable[..., CsvSource]) -> None:
    with pytest.raises(InputError, match=r"'e-mial'.*did you mean 'E-Mail'\?.*There are: Nr, E-Mail"):
        list(source("Nr,E-Mail\n", mapping={"id": "Nr", "email": "e-mial"}).read(None))


def test_an_unknown_field_is_named(source: Callable[..., CsvSource]) -> None:
    with pytest.raises(SettingsError, match=r"no field 'emial'; did you mean 'email'\?"):
        source("id,email\n", mapping={"emial": "email"}).check()


def test_a_missing_required_field_is_named(source: Callable[..., CsvSource]) -> None:
    with pytest.raises(SettingsError, match=r"customer, total.*There are: customer_nr, ordered_at"):
        source("customer_nr,ordered_at\n", "orders").check()


def test_check_passes_on_a_good_file_and_reads_no_rows(source: Callable[..., CsvSource]) -> None:
    source("id,city\n1,2,3,4\n").check()
    source("id,città\n".encode("cp1252") * 1, encoding="cp1252").check()
    with pytest.raises(SettingsError, match="There are: id, città"):
        source("id,città\n", mapping={"city": "citta di"}).check()

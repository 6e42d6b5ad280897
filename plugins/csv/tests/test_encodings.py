"""Texts in other encodings than UTF-8."""

from collections.abc import Callable
from typing import Any

import pytest

from hub import SettingsError

Read = Callable[..., Any]

_GERMAN = [("1", "Müller"), ("2", "Größe"), ("3", "Jäger"), ("4", "Schön")]
_BODY = "id,city\n" + "".join(f"{number},{name}\n" for number, name in _GERMAN)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"]
)
def test_encodings_are_found_out(read: Read, encoding: str) -> None:
    result = read(_BODY.encode(encoding))
    assert result.column("customers", "city") == [name for _, name in _GERMAN]
    assert result.column("customers", "line") == [2, 3, 4, 5]
    assert result.rejected == []


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Привет, это обычный русский текст о театре и музыке, и он достаточно длинный"),
        ("cp1253", "Καλημέρα, αυτό είναι ένα ελληνικό κείμενο για το θέατρο και τη μουσική"),
        ("cp1252", "Für Élise à la façon de l'été où naît la forêt, señor, über alles schön"),
    ],
)
def test_longer_texts_in_old_encodings(read: Read, encoding: str, text: str) -> None:
    body = "id|description\n" + "".join(f"{n}|{text} {n}\n" for n in range(50))
    result = read(body.encode(encoding), "events")
    assert result.column("events", "description")[7] == f"{text} 7"


def test_the_setting_wins(read: Read) -> None:
    result = read("id,city\n1,Łódź\n".encode("cp1250"), encoding="windows-1250")
    assert result.column("customers", "city") == ["Łódź"]


def test_an_unknown_encoding_is_refused(read: Read) -> None:
    for wrong in ("utf-9", "base64"):
        with pytest.raises(SettingsError, match=wrong):
            read("id\n1\n", encoding=wrong)


def test_bytes_that_mean_nothing_reject_their_line(read: Read) -> None:
    result = read(b"id,city\n1,K\xf6ln\n2,\x81\x8d\n3,Ulm\n", encoding="cp1252")
    assert result.column("customers", "city") == ["Köln", "Ulm"]
    assert "encoding" in result.reasons[3]


def test_the_first_foreign_letter_may_come_late(read: Read) -> None:
    rows = "".join(f"{n},Bonn am Rhein\n" for n in range(100_000))
    result = read(f"id,city\n{rows}x,Köln\n".encode("cp1252"))
    assert result.rows["customers"][-1]["city"] == "Köln"
    assert result.rejected == []


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp1252", ["Købnhavn", "Århus", "Søren"]),
        ("cp1250", ["Łódź", "Kraków", "Gdańsk", "Częstochowa", "Świętochłowice"]),
        ("cp1254", ["İstanbul", "Eskişehir", "Diyarbakır", "Çağlar", "Güneş"]),
    ],
)
def test_few_and_short_names(read: Read, encoding: str, names: list[str]) -> None:
    body = "id,city\n" + "".join(f"{n},{name}\n" for n, name in enumerate(names))
    assert read(body.encode(encoding)).column("customers", "city") == names

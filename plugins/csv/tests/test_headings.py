"""Columns are found by what they are usually called in English, German and Danish files."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hub_csv import CsvSource
from hub_csv.fields import fields_of
from hub_csv.headings import KINDS, headings_of, plain

from hub import RECORDS, InputError

Read = Callable[..., Any]

FILES: Mapping[str, tuple[str, ...]] = {
    "companies": (
        "Company number;Company name;VAT no;Town\n7;Ufer;DE1;Ulm\n",
        "Firmennummer;Firma;USt-IdNr.;Ort\n7;Ufer;DE1;Ulm\n",
        "Virksomheds-ID;Virksomhed;CVR-nummer;City\n7;Ufer;DE1;Ulm\n",
    ),
    "venues": (
        "Venue;Lat;Lon\nSaal;52.5;13.25\n",
        "Spielstätte;Breitengrad;Längengrad\nSaal;52,5;13,25\n",
        "Spillested;Breddegrad;Længdegrad\nSaal;52,5;13,25\n",
    ),
    "carts": (
        "Cart;Customer number;Last change;Amount;Order number\n1;7;2024-12-31 10:00;1250.50;o\n",
        "Warenkorb-Nr.;Kunden-Nr.;geändert am;Betrag;Bestellnummer\n1;7;31.12.2024 10:00;1.250,50;o\n",
        "Kurv;Kundenummer;Sidst ændret;Beløb;Ordrenummer\n1;7;31.12.2024 10:00;1.250,50;o\n",
    ),
    "subscriptions": (
        "Subscription number;Customer no;Subscription;Valid from;Valid until\n1;7;Youth;2024-09-01;2025-06-30\n",
        "Abo-Nr.;Kunde;Abo;gültig ab;gültig bis\n1;7;Youth;01.09.2024;30.06.2025\n",
        "Abonnementsnummer;Kunde;Abonnement;Gyldig fra;Gyldig til\n1;7;Youth;01.09.2024;30.06.2025\n",
    ),
    "identities": (
        "Customer ID;Type;Address\n7;Viber;v\n",
        "Kundennummer;Kanal;Adresse\n7;viber;v\n",
        "Kunde-ID;Kanal;Adresse\n7;VIBER;v\n",
    ),
    "tags": ("Customer number;Label\n7;vip\n", "Kunde;Schlagwort\n7;vip\n", "Kunde;Mærke\n7;vip\n"),
    "groups": (
        "Customer;Customer group;present\n7;press;no\n",
        "Kunde;Preisgruppe;vorhanden\n7;press;nein\n",
        "Kunde;Prisgruppe;til stede\n7;press;nej\n",
    ),
    "custom_fields": (
        "Custom field;Type;Options\nseat;choice;a|b\n",
        "Feld;Typ;Werte\nseat;Auswahl;a|b\n",
        "Felt;Felttype;Valgmuligheder\nseat;valg;a|b\n",
    ),
    "custom_values": (
        "Customer;Custom field;Value\n7;seat;a\n",
        "Kunde;Feld;Wert\n7;seat;a\n",
        "Kunde;Felt;Værdi\n7;seat;a\n",
    ),
}


@pytest.mark.parametrize("kind", sorted(FILES))
def test_a_file_says_the_same_in_each_language(read: Read, kind: str) -> None:
    english, *others = (read(file, kind) for file in FILES[kind])
    assert english.rejected == []
    (row,) = english.rows[kind]
    assert len(row) == FILES[kind][0].partition("\n")[0].count(";") + 2  # each column is used, and the line
    for other in others:
        assert other.rows == english.rows


def test_every_kind_with_headings_is_covered() -> None:
    assert set(FILES) == KINDS
    assert set(RECORDS) >= KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_two_fields_of_a_kind_share_their_likeliest_heading(kind: str) -> None:
    first = [next(iter(headings_of(kind, name))) for name in fields_of(kind)]
    assert len(set(first)) == len(first)


def test_a_fields_own_name_and_the_mapping_go_first(read: Read) -> None:
    body = "customer;Kunde;Schlagwort;Label\n1;2;a;b\n"
    assert read(body, "tags").rows["tags"] == [{"customer": "1", "tag": "b", "line": 2}]
    mapped = read(body, "tags", mapping={"customer": "Kunde", "tag": "Schlagwort"})
    assert mapped.rows["tags"] == [{"customer": "2", "tag": "a", "line": 2}]


def test_a_field_left_out_takes_no_column(read: Read) -> None:
    (row,) = read("Kunde;Gruppe;vorhanden\n7;press;nein\n", "groups", mapping={"present": ""}).rows["groups"]
    assert "present" not in row


def test_two_columns_of_one_heading_are_not_guessed_between(source: Callable[..., CsvSource]) -> None:
    with pytest.raises(InputError, match="no column is mapped to customer"):
        list(source("Kunden-Nr.;Kunden Nr;Tag\n1;2;a\n", "tags").read(None))


def test_orders_are_read_by_field_names_alone(source: Callable[..., CsvSource]) -> None:
    """Each further column would make other ids of orders without ids of their own."""
    with pytest.raises(InputError, match="no column is mapped to customer"):
        list(source("Kunde;ordered_at;total\n1;2024-01-01;5\n", "orders").read(None))


def test_headings_are_compared_without_case_and_signs() -> None:
    assert plain("Kunden-Nr. ") == plain("KUNDEN NR") == "kundennr"

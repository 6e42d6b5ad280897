"""What columns are called in English, German and Danish files: a field finds its column by any of these."""

from collections.abc import Iterator, Mapping

KINDS = frozenset({
    "companies", "venues", "carts", "subscriptions", "identities", "tags", "groups", "custom_fields",
    "custom_values",
})  # fmt: skip
"""Kinds whose columns are found by headings. In an orders file each further column that is found would make other
ids of orders that have none, so there a user says which columns count."""

_EVERYWHERE: Mapping[str, str] = {
    "customer": "customer id, customer number, customer no, kunde, kundenid, kundennummer, kundennr, kundeid, "
    "kundenummer, kundenr",
    "order": "order id, order number, order no, bestellung, bestellnummer, bestellnr, auftragsnummer, ordre, "
    "ordreid, ordrenummer, ordrenr",
    "name": "title, bezeichnung, navn, betegnelse",
    "city": "town, ort, stadt",
    "vat_number": "vat, vat id, vat no, ust id, ust idnr, umsatzsteuer id, cvr, cvr nummer, moms nr",
    "latitude": "lat, breitengrad, geographische breite, breddegrad",
    "longitude": "lon, lng, long, längengrad, geographische länge, længdegrad",
    "changed_at": "changed, updated at, last change, geändert am, letzte änderung, ændret, sidst ændret",
    "total": "amount, value, sum, betrag, summe, warenwert, wert, gesamt, beløb, værdi, i alt",
    "currency": "währung, valuta",
    "starts_on": "start, from, valid from, beginn, gültig ab, von, ab, begynder, gyldig fra, fra",
    "ends_on": "end, to, until, valid until, ende, gültig bis, bis, slutter, gyldig til, til",
    "channel": "type, kanal, art",
    "value": "wert, værdi",
    "present": "vorhanden, til stede",
    "tag": "label, schlagwort, markierung, mærke, etiket",
    "group": "customer group, price group, gruppe, kundengruppe, preisgruppe, kundegruppe, prisgruppe",
    "field": "custom field, feld, feldname, felt, feltnavn",
    "value_type": "type, typ, feldtyp, art, felttype",
    "choices": "options, auswahl, werte, möglichkeiten, valgmuligheder, valg",
}
"""Headings by field, the likeliest first, for every kind that has the field."""

_IN_KIND: Mapping[tuple[str, str], str] = {
    ("companies", "id"): "company id, company number, firmenid, firmennummer, firmanr, virksomhedsid",
    ("companies", "name"): "company name, company, firma, firmenname, firmanavn, virksomhed",
    ("venues", "name"): "venue, spielstätte, spielort, saal, veranstaltungsort, spillested, sted, sal",
    ("carts", "id"): "cart, cart id, warenkorb, warenkorbid, warenkorbnr, kurv, kurvid, indkøbskurv",
    ("subscriptions", "id"): "subscription id, subscription number, abo id, abo nr, abonummer, abonnementsid, "
    "abonnementsnummer",
    ("subscriptions", "name"): "subscription, abo, abonnement, aboreihe",
    ("identities", "value"): "address, identifier, adresse, kennung",
    ("custom_fields", "name"): "field, custom field, feld, feldname, felt, feltnavn",
}
"""Headings of a field in one kind, which go before those above."""


def headings_of(kind: str, field: str) -> Iterator[str]:
    """What the column of a field may be called in files of a kind, as ``plain`` makes it, the likeliest first."""
    if kind in KINDS:
        for headings in (field, _IN_KIND.get((kind, field), field), _EVERYWHERE.get(field, field)):
            yield from map(plain, headings.split(","))


def plain(heading: str) -> str:
    """A heading without case, spaces and signs: Kunden-Nr. is kundennr."""
    return "".join(sign for sign in heading.casefold() if sign.isalnum())

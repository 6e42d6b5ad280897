"""Invents the customers: who they are, where they live, how they can be reached."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hub.demo.theatre import places, words
from hub.demo.theatre.drawing import (
    Integers,
    Mask,
    Minutes,
    at_hour,
    joined,
    known,
    minutes_in,
    padded,
    taken,
    weighted,
)

_YEARS_KNOWN = 8
"""Since when the first of today's customers know the house; its ticket system is younger."""

_ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_EMAIL_SHARE, _PHONE_SHARE, _MOBILE_SHARE, _BIRTH_SHARE = 0.88, 0.55, 0.6, 0.62
_DOMAINS = ("example.com", "example.org", "example.net")  # reserved: mail to them reaches nobody


@dataclass(frozen=True)
class People:
    """The customers, and what the rest of the theatre needs to know of them."""

    table: pa.Table
    """Columns by the fields of a customer record, without ``registered_at``."""
    since: Minutes
    """When each first heard of the house, rising; accounts are made then or with the first order."""
    has_email: Mask
    has_mobile: Mask
    has_account: Mask


def invent_people(random: np.random.Generator, count: int, now: np.datetime64) -> People:
    """Invent so many customers as of a local time."""
    days_ago = 365.0 * _YEARS_KNOWN * random.random(count)
    days = at_hour(random, now - minutes_in(days_ago), 17.0, 4.0)
    since = np.sort(np.minimum(days, now - np.timedelta64(1, "h")))
    has_email, has_mobile, phones = _reach(random, count)
    has_account = has_email & (random.random(count) < 0.85)
    numbers = 100_001 + np.arange(count)
    columns = {
        "id": pa.array(numbers).cast(pa.string()),
        **_names(random, numbers, has_email),
        "phone": phones,
        "born_on": _births(random, count, now),
        "account_kind": pc.if_else(pa.array(has_account), "registered", "guest"),
        "account_status": pc.if_else(pa.array(random.random(count) < 0.995), "active", "blocked"),
        **_addresses(random, count),
    }
    return People(pa.table(columns), since, has_email, has_mobile, has_account)


def _names(random: np.random.Generator, numbers: Integers, has_email: Mask) -> dict[str, pa.Array]:
    count = len(numbers)
    gender = weighted(random, (55, 42, 1, 2), count)  # the last said nothing
    first = np.where(gender == 0, 0, len(words.FEMALE)) + random.integers(0, len(words.MALE), count)
    swapped = random.integers(0, len(words.FEMALE) + len(words.MALE), count)
    first = np.where(gender >= 2, swapped, first)
    beginning = random.integers(0, len(words.FAMILY_BEGINNINGS), count)
    ending = random.integers(0, len(words.FAMILY_ENDINGS), count)
    firsts, begins = words.FEMALE + words.MALE, words.FAMILY_BEGINNINGS
    family = joined(taken(begins, beginning), taken(words.FAMILY_ENDINGS, ending))
    address = joined(
        taken([_plain(name) for name in firsts], first),
        ".",
        taken([_plain(name) for name in begins], beginning),
        taken(words.FAMILY_ENDINGS, ending),
        ".",
        pa.array(numbers),  # so that no two share an address
        "@",
        taken(_DOMAINS, random.integers(0, len(_DOMAINS), count)),
    )
    title = weighted(random, (93, 5, 1.5, 0.5), count)
    return {
        "title": known(taken(("", "Dr.", "Prof.", "Prof. Dr."), title), title > 0),
        "first_name": taken(firsts, first),
        "last_name": family,
        "gender": known(taken(("female", "male", "other", ""), gender), gender < 3),
        "email": known(address, has_email),
    }


def _plain(name: str) -> str:
    return name.lower().translate(_ASCII)


def _reach(random: np.random.Generator, count: int) -> tuple[Mask, Mask, pa.Array]:
    """Who has an email address, who a mobile phone, and the phone numbers."""
    has_phone = random.random(count) < _PHONE_SHARE
    has_mobile = has_phone & (random.random(count) < _MOBILE_SHARE)
    landlines = joined(
        taken(places.PHONE_RANGES, random.integers(0, len(places.PHONE_RANGES), count)),
        padded(random.integers(0, 1000, count), 3),
    )
    mobiles = joined(
        taken(places.MOBILE_RANGES, random.integers(0, len(places.MOBILE_RANGES), count)),
        padded(random.integers(0, 100, count), 2),
    )
    phones = known(pc.if_else(pa.array(has_mobile), mobiles, landlines), has_phone)
    return random.random(count) < _EMAIL_SHARE, has_mobile, phones


def _births(random: np.random.Generator, count: int, now: np.datetime64) -> pa.Array:
    years: NDArray[np.float64] = np.clip(random.normal(52, 17, count), 16, 97)
    days = now.astype("datetime64[D]") - (years * 365.25).astype(np.int64).astype("timedelta64[D]")
    return known(pa.array(days, pa.date32()), random.random(count) < _BIRTH_SHARE)


def _addresses(random: np.random.Generator, count: int) -> dict[str, pa.Array]:
    cities = places.CITIES
    city = weighted(random, [one.weight for one in cities], count)
    most = max(len(one.postcodes) for one in cities)
    postcodes = [one.postcodes[position % len(one.postcodes)] for one in cities for position in range(most)]
    countries = [one.country for one in cities]
    languages = ["da" if country == "DK" else "de" for country in countries]
    street = taken(words.STREETS, random.integers(0, len(words.STREETS), count))
    near = random.normal(0, 0.03, (2, count))
    return {
        "street": joined(street, " ", pa.array(1 + random.integers(0, 120, count))),
        "postcode": taken(postcodes, city * most + random.integers(0, most, count)),
        "city": taken([one.name for one in cities], city),
        "region": taken([one.region for one in cities], city),
        "country": taken(countries, city),
        "language": pc.if_else(pa.array(random.random(count) < 0.04), "en", taken(languages, city)),
        "latitude": pa.array(np.round(np.array([one.latitude for one in cities])[city] + near[0], 5)),
        "longitude": pa.array(np.round(np.array([one.longitude for one in cities])[city] + near[1], 5)),
    }

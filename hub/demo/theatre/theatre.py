"""Puts the theatre together: the same seed, size and time always give the same theatre."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from hub.demo.theatre import words
from hub.demo.theatre.drawing import Minutes, known, minutes_in
from hub.demo.theatre.people import People, invent_people
from hub.demo.theatre.permissions import invent_consents, invent_tags
from hub.demo.theatre.programme import invent_programme
from hub.demo.theatre.sales import Sales, invent_sales

NAME = "Theatre on the Quay"
TIME_ZONE = "Europe/Berlin"
CURRENCY = "EUR"
COUNTRY = "DE"


@dataclass(frozen=True)
class Theatre:
    """An invented theatre's data.

    Attributes:
        tables: by kind of record, with columns by its fields, in the order in which to bring them in; ``orders``
            are flat, a row for each line. Times are local, money is in cents.
        now: the local time it was made for.
    """

    tables: Mapping[str, pa.Table]
    now: datetime


def invent_theatre(now: datetime, customers: int = 20_000, seed: int = 1) -> Theatre:
    """Invent a theatre with five years of sales.

    Args:
        now: the time it is there; nothing was bought after it. It must know its offset from UTC.
        customers: how many there are.
        seed: another seed gives another theatre.
    """
    local = now.astimezone(ZoneInfo(TIME_ZONE)).replace(tzinfo=None, second=0, microsecond=0)
    minute = np.datetime64(local, "m")
    random = np.random.default_rng([seed, customers])
    programme = invent_programme(random, minute, NAME)
    people = invent_people(random, customers, minute)
    sales = invent_sales(random, people, programme, minute)
    first_seen = _first_seen(random, people, sales)
    registered = known(pa.array(first_seen.astype("datetime64[s]")), people.has_account)
    tables = {
        "customers": people.table.append_column("registered_at", registered),
        "events": programme.table,
        "products": _products(),
        "orders": sales.lines,
        "consents": invent_consents(random, people, first_seen, minute),
        "tags": invent_tags(random, people, np.bincount(sales.buyer, minlength=customers)),
    }
    return Theatre(tables, local)


def _first_seen(random: np.random.Generator, people: People, sales: Sales) -> Minutes:
    """When each customer became known: a few minutes before the first order, if that was earlier than thought."""
    first = people.since.copy()
    np.minimum.at(first, sales.buyer, sales.ordered - minutes_in(random.random(len(sales.buyer)) / 24))
    return first


def _products() -> pa.Table:
    keys, names, categories, _ = zip(*words.PRODUCTS, strict=True)
    return pa.table({"id": keys, "name": names, "category": categories})

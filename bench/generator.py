"""Makes the CSV files of an invented theatre: the same sizes always give the same bytes.

Columns are drawn with numpy's PCG64 under a fixed seed and written by pyarrow.
"""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray

from bench.world import NOW, World

_SEED = 20_261_101
_LAYOUT = 2
"""Raised with every change of what is drawn: files of another layout are made anew."""
_YEARS = 8
_SECONDS_A_DAY = 86_400

_GIVEN = ("Ada", "Ben", "Clara", "David", "Ebru", "Finn", "Greta", "Hugo", "İnci", "Jonas", "Käthe", "Levin")
_FAMILY = ("Albers", "Brandt", "Çelik", "Dietz", "Ernst", "Fuchs", "Groß", "Huber", "Ihle", "Jäger", "Köhler")
_CITIES = ("Berlin", "Hamburg", "München", "Köln", "Leipzig", "Potsdam", "Dresden", "Wien", "Zürich", "Kiel")
_CATEGORIES = ("opera", "ballet", "concert", "drama", "musical", "family", "reading", "comedy")
_TAGS = ("friend", "press", "school", "subscriber", "vip", "volunteer")

Whole = NDArray[np.int64]


def make_files(world: World) -> None:
    """Make the files that are not there yet."""
    done = world.folder / f"layout-{_LAYOUT}"
    if done.exists():
        return
    shutil.rmtree(world.folder, ignore_errors=True)
    world.folder.mkdir(parents=True)
    for kind, table in tables(world).items():
        _write(world.csv(kind), table)
    done.touch()


def tables(world: World) -> Mapping[str, pa.Table]:
    """Every file's columns, as texts and numbers, by kind of record."""
    draw = np.random.Generator(np.random.PCG64(_SEED))
    events = max(world.orders // 800, 20)
    return {
        "customers": _customers(draw, world.customers),
        "events": _events(draw, events),
        "orders": _orders(draw, world.orders, world.customers, events),
        "consents": _consents(draw, world.customers),
        "tags": _tags(draw, world.customers),
    }


def _customers(draw: np.random.Generator, count: int) -> pa.Table:
    number = np.arange(count)
    city = draw.integers(0, len(_CITIES), count)
    return pa.table(
        {
            "id": _ids("c", number),
            "email": pc.binary_join_element_wise(_ids("person", number), pa.scalar("example.com"), "@"),
            "first_name": _words(_GIVEN, draw.integers(0, len(_GIVEN), count)),
            "last_name": _words(_FAMILY, draw.integers(0, len(_FAMILY), count)),
            "gender": _words(("female", "male", "other", ""), draw.choice(4, count, p=(0.5, 0.4, 0.02, 0.08))),
            "born_on": _days(draw.integers(-14_600, 14_600, count)),
            "registered_at": _instants(draw, count),
            "account_kind": _words(("registered", "guest"), draw.integers(0, 2, count)),
            "postcode": pc.utf8_lpad(pa.array(draw.integers(1_000, 99_999, count)).cast(pa.string()), 5, "0"),
            "city": _words(_CITIES, city),
            "country": _words(("DE",) * 7 + ("AT", "CH", "DE"), city),
            "language": _words(("de", "en", "tr"), draw.choice(3, count, p=(0.8, 0.15, 0.05))),
        }
    )


def _events(draw: np.random.Generator, count: int) -> pa.Table:
    number = np.arange(count)
    production = number // 8
    days = draw.integers(-_YEARS * 365, 180, count)
    return pa.table(
        {
            "id": _ids("e", number),
            "title": _ids("Evening ", production),
            "starts_at": _texts_of(int(NOW.timestamp()) + days * _SECONDS_A_DAY),
            "category": _words(_CATEGORIES, production % len(_CATEGORIES)),
            "production": _ids("Production ", production),
            "venue": _ids("Hall ", production % 7),
        }
    )


def _orders(draw: np.random.Generator, count: int, customers: int, events: int) -> pa.Table:
    """A row for each line: one to four an order, five in two on average. A few customers buy much, many little."""
    lines = draw.integers(1, 5, count)
    order = np.repeat(np.arange(count), lines)
    rows = len(order)
    place = np.arange(rows) - np.repeat(np.cumsum(lines) - lines, lines)
    quantity = draw.integers(1, 3, rows)
    amount = quantity * draw.integers(900, 9_900, rows)
    total = np.bincount(order, weights=amount, minlength=count).astype(np.int64)
    buyer = (customers * draw.random(count) ** 2).astype(np.int64)
    status = draw.choice(4, count, p=(0.8, 0.12, 0.05, 0.03))
    return pa.table(
        {
            "id": _ids("o", order),
            "line": _ids("", place + 1),
            "customer": _ids("c", buyer[order]),
            "ordered_at": _instants(draw, count).take(pa.array(order)),
            "total": _amounts(total[order]),
            "currency": _words(("EUR",), np.zeros(rows, np.int64)),
            "status": _words(("paid", "completed", "cancelled", "refunded"), status[order]),
            "sales_channel": _words(("online", "box_office"), draw.integers(0, 2, count)[order]),
            "event": _ids("e", (events * draw.random(rows) ** 1.5).astype(np.int64)),
            "category": _words(("",), np.zeros(rows, np.int64)),
            "quantity": pa.array(quantity),
            "line_total": _amounts(amount),
        }
    )


def _consents(draw: np.random.Generator, customers: int) -> pa.Table:
    """Nearly everyone was asked; some withdrew later."""
    asked = np.flatnonzero(draw.random(customers) < 0.9)
    withdrew = asked[draw.random(len(asked)) < 0.2]
    who = np.concatenate((asked, withdrew))
    given = np.concatenate((np.ones(len(asked), np.int64), np.zeros(len(withdrew), np.int64)))
    day = np.where(given == 1, draw.integers(0, 1_000, len(who)), draw.integers(1_000, 2_000, len(who)))
    start = int(NOW.timestamp()) - _YEARS * 365 * _SECONDS_A_DAY
    return pa.table(
        {
            "customer": _ids("c", who),
            "permission": _words(("newsletter",), np.zeros(len(who), np.int64)),
            "channel": _words(("email",), np.zeros(len(who), np.int64)),
            "given": _words(("no", "yes"), given),
            "at": _texts_of(start + day * _SECONDS_A_DAY),
        }
    )


def _tags(draw: np.random.Generator, customers: int) -> pa.Table:
    who = np.flatnonzero(draw.random(customers) < 0.3)
    return pa.table({"customer": _ids("c", who), "tag": _words(_TAGS, draw.integers(0, len(_TAGS), len(who)))})


def _ids(prefix: str, numbers: Whole) -> Any:
    return pc.binary_join_element_wise(pa.scalar(prefix), pa.array(numbers).cast(pa.string()), "")


def _words(words: Sequence[str], chosen: Whole) -> Any:
    return pa.array(words).take(pa.array(chosen))


def _days(numbers: Whole) -> Any:
    return pa.array(numbers.astype(np.int32)).cast(pa.date32()).cast(pa.string())


def _instants(draw: np.random.Generator, count: int) -> Any:
    """Moments of the last years up to now."""
    span = _YEARS * 365 * _SECONDS_A_DAY
    return _texts_of(int(NOW.timestamp()) - draw.integers(0, span, count))


def _texts_of(seconds: Whole) -> Any:
    moments = pa.array(seconds.astype(np.int64)).cast(pa.timestamp("s"))
    return pc.strftime(moments, "%Y-%m-%dT%H:%M:%SZ")


def _amounts(minor: Whole) -> Any:
    whole = pa.array(minor // 100).cast(pa.string())
    rest = pc.utf8_lpad(pa.array(minor % 100).cast(pa.string()), 2, "0")
    return pc.binary_join_element_wise(whole, rest, ".")


def _write(file: Path, table: pa.Table) -> None:
    # Nothing that is drawn holds a comma, a quote or a line end, so that nothing needs quotes.
    pyarrow.csv.write_csv(table, file, pyarrow.csv.WriteOptions(quoting_style="none", quoting_header="none"))

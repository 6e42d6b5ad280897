"""Invents the programme: what was and will be shown, when and where, and what a seat costs."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hub.demo.theatre import words
from hub.demo.theatre.drawing import Integers, Minutes, joined, taken, weighted

_DAYS_BACK, _DAYS_AHEAD = 5 * 365, 240
_MONTHS = (1.0, 1.0, 1.1, 1.0, 1.0, 0.8, 0.05, 0.1, 1.0, 1.1, 1.1, 1.4)
"""How much is shown in each month: nearly nothing in the summer break, most before Christmas."""
_WEEK = (0.25, 0.55, 0.6, 0.7, 1.0, 1.2, 0.9)
"""The same for each day of the week, from Monday."""
_A_DAY = 1.4
"""Performances on a day of usual size, over all stages."""
_SHARES = (27, 24, 17, 12, 12, 8)
"""Of the performances, by category."""
_CROWDS = (1.2, 0.8, 1.0, 1.3, 1.1, 0.9)
"""How many come to one, by category."""
_PRICES = (6800, 3200, 4200, 5400, 5200, 1400)
"""What a seat costs in cents, by category."""
_HOURS = (19 * 60 + 30, 20 * 60, 20 * 60, 19 * 60 + 30, 19 * 60 + 30, 11 * 60)
_VENUES = (("Great House",), ("Studio", "Great House"), ("Harbour Hall",), ("Great House",), ("Great House",),
           ("Studio", "Old Boathouse"))  # fmt: skip


@dataclass(frozen=True)
class Programme:
    """The events in the order of time, and what the sales need to know of them."""

    table: pa.Table
    """Columns by the fields of an event record."""
    starts: Minutes
    category: Integers
    """Position in ``words.CATEGORIES``."""
    appeal: NDArray[np.float64]
    """How many people a performance draws, compared to others."""
    price: Integers
    """A seat in the second-best class, in cents."""


def invent_programme(random: np.random.Generator, now: np.datetime64, organiser: str) -> Programme:
    """Invent the events around a local time."""
    day, category = _performances(random, now)
    count = len(day)
    children = category == words.CATEGORIES.index("children")
    late = np.where(children & (random.random(count) < 0.5), 240, 0)
    starts = day.astype("datetime64[m]") + (np.array(_HOURS)[category] + late).astype("timedelta64[m]")
    order = np.argsort(starts, kind="stable")
    starts, category = starts[order], category[order]
    title, fame = _titles(random, starts, category)
    weekday = _weekday(starts)
    appeal = np.array(_CROWDS)[category] * fame * random.lognormal(0, 0.25, count)
    price = np.array(_PRICES)[category] * np.where(weekday >= 4, 1.15, 1.0)
    venues = [venue for own in _VENUES for venue in (own * 2)[:2]]
    columns = {
        "id": joined("E", pa.array(10_001 + np.arange(count))),
        "title": title,
        "starts_at": pa.array(starts.astype("datetime64[s]")),
        "category": taken(words.CATEGORIES, category),
        "production": joined(title, " ", pa.array(_season(starts))),
        "venue": taken(venues, 2 * category + random.integers(0, 2, count)),
        "organiser": taken((organiser,), np.zeros(count, np.int64)),
        "description": taken([words.DESCRIPTIONS[name] for name in words.CATEGORIES], category),
    }
    return Programme(pa.table(columns), starts, category, appeal, (np.round(price / 50) * 50).astype(np.int64))


def _performances(random: np.random.Generator, now: np.datetime64) -> tuple[NDArray[np.datetime64], Integers]:
    today = now.astype("datetime64[D]")
    days = np.arange(today - _DAYS_BACK, today + _DAYS_AHEAD)
    months = days.astype("datetime64[M]").astype(np.int64) % 12
    expected = _A_DAY * np.array(_MONTHS)[months] * np.array(_WEEK)[_weekday(days)]
    day = np.repeat(days, random.poisson(expected))
    return day, weighted(random, _SHARES, len(day))


def _titles(
    random: np.random.Generator, starts: Minutes, category: Integers
) -> tuple[pa.Array, NDArray[np.float64]]:
    """What is shown at each event, and how well known it is. A season shows half of the titles there are."""
    longest = max(len(titles) for titles in words.TITLES.values())
    all_titles = [titles[place % len(titles)] for titles in words.TITLES.values() for place in range(longest)]
    known = np.array([len(words.TITLES[name]) for name in words.TITLES])
    rows = {name: row for row, name in enumerate(words.TITLES)}
    row = np.array([rows[name] for name in words.CATEGORIES])[category]
    half = (known[row] + 1) // 2
    place = (_season(starts) * 5 + (random.random(len(starts)) * half).astype(np.int64)) % known[row]
    position = row * longest + place
    fame = random.lognormal(0, 0.5, len(all_titles))
    return taken(all_titles, position), fame[position]


def _weekday(times: NDArray[np.datetime64]) -> Integers:
    """Days since Monday; 1970 began on a Thursday."""
    return (times.astype("datetime64[D]").astype(np.int64) + 3) % 7


def _season(times: Minutes) -> Integers:
    """The year in which the season began: seasons begin in August."""
    return (times.astype("datetime64[M]").astype(np.int64) - 7) // 12 + 1970

"""Invents who allowed to be written to, who withdrew that, and which words customers are marked with."""

import numpy as np
import pyarrow as pa

from hub.demo.theatre.drawing import Integers, Mask, Minutes, at_hour, minutes_in, taken
from hub.demo.theatre.people import People

NEWSLETTER = "newsletter"

_MINUTE = np.timedelta64(1, "m")

_TAG_SHARES = {"press": 0.006, "school": 0.012, "group booker": 0.01, "patron": 0.004}
"""Tags that anyone may have, and how many do."""


def invent_consents(
    random: np.random.Generator, people: People, first_seen: Minutes, now: np.datetime64
) -> pa.Table:
    """The log of consents, in the order of time: columns by the fields of a consent record."""
    count = len(first_seen)
    parts = []
    for channel, may, share, leaves in (
        ("email", people.has_email, np.where(people.has_account, 0.62, 0.2), 0.13),
        ("sms", people.has_mobile, np.where(people.has_account, 0.25, 0.05), 0.09),
    ):
        givers = np.flatnonzero(may & (random.random(count) < share))
        given_at = first_seen[givers]
        left = random.random(len(givers)) < leaves
        spent = random.random(len(givers)) * (now - given_at).astype(np.int64) / 1440
        some_day = at_hour(random, given_at + minutes_in(spent), 16.0, 4.0)
        withdrawn_at = np.clip(some_day, given_at + _MINUTE, now - _MINUTE)
        place = np.where(people.has_account[givers], 0, 1)
        parts += [
            (givers, channel, "yes", given_at, place),
            (givers[left], channel, "no", withdrawn_at[left], np.full(int(left.sum()), 2)),
        ]
    table = pa.concat_tables([_log(people, *part) for part in parts])
    return table.sort_by([("at", "ascending"), ("customer", "ascending"), ("channel", "ascending")])


def _log(people: People, rows: Integers, channel: str, given: str, at: Minutes, place: Integers) -> pa.Table:
    same = np.zeros(len(rows), np.int64)
    return pa.table(
        {
            "customer": people.table["id"].combine_chunks().take(pa.array(rows)),
            "permission": taken((NEWSLETTER,), same),
            "channel": taken((channel,), same),
            "given": taken((given,), same),
            "at": pa.array(at.astype("datetime64[s]")),
            "place": taken(("registration", "box office form", "unsubscribe link"), place),
        }
    )


def invent_tags(random: np.random.Generator, people: People, orders: Integers) -> pa.Table:
    """The tags: columns by the fields of a tag record.

    Args:
        random: where chance comes from.
        people: the customers.
        orders: how many orders each placed.
    """
    count = len(orders)
    often = orders >= 8
    marked: dict[str, Mask] = {
        "vip": often & (random.random(count) < 0.15),
        "friend of the house": (orders >= 4) & (random.random(count) < 0.3),
    }
    marked |= {tag: random.random(count) < share for tag, share in _TAG_SHARES.items()}
    ids = people.table["id"].combine_chunks()
    tables = []
    for tag, mask in marked.items():
        rows = np.flatnonzero(mask)
        tables.append(pa.table({"customer": ids.take(pa.array(rows)), "tag": taken((tag,), rows * 0)}))
    return pa.concat_tables(tables)

"""Turns external ids that refer to other records into places, so that the store looks each id up once per batch.

A place is a small number: of a row in the batch's own table of that kind, or of a name in a table of names. To
find a million of them is a matter of hashing columns here; as texts they would be a million index look-ups there.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from hub.core.contracts.records import RECORDS
from hub.core.ingest.columns import last_of_each
from hub.core.store.staging import FIRST_NAME, NAME, names_of


@dataclass(frozen=True)
class _Kind:
    references: Mapping[str, str]
    """The columns that become places, and the store's table each refers to. No two refer to the same."""
    sorted_by: str
    """Rows are stored in the order of these places, so that an index over them is written from left to right."""


_KINDS: Mapping[str, _Kind] = {
    "orders": _Kind({"customer": "customers"}, "customer"),
    "order_lines": _Kind(
        {"order": "orders", "event": "events", "product": "products", "category": "categories"}, "order"
    ),
}
"""The kinds that come in large numbers, in the order they are stored. Those of others stay texts."""

KEYED_BY_PLACES = frozenset({"order_lines"})
"""Kinds whose key has a reference: doubles are found once it is a place, which is quicker than by texts."""


def with_places(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Replace references of orders and their lines by places, and add the tables of names they need.

    Args:
        tables: a batch's tables by kind, as the store keeps them, each key in them once unless in
            ``KEYED_BY_PLACES``.
    """
    placed = dict(tables)
    for name, kind in _KINDS.items():
        if name not in tables:
            continue
        table = tables[name]
        for column, target in kind.references.items():
            if column in table.column_names:
                places, names = _placed(table[column], placed.get(target))
                table = table.set_column(table.column_names.index(column), column, places)
                if names:
                    placed[names_of(target)] = pa.table({NAME: names})
        if name in KEYED_BY_PLACES:
            table = last_of_each(table, RECORDS[name].key)
        placed[name] = table.take(pc.sort_indices(table[kind.sorted_by]))
    return placed


def _placed(texts: pa.ChunkedArray, own: pa.Table | None) -> tuple[pa.ChunkedArray, pa.Array | None]:
    """The place of each text, and the names among them, each once."""
    places = pa.chunked_array([pa.nulls(len(texts), pa.int64())])
    if own is not None:
        places = pc.add(pc.index_in(texts, own["id"]).cast(pa.int64()), 1)
    if places.null_count == texts.null_count:
        return places, None
    names = pc.unique(texts.filter(pc.is_null(places)).drop_null())
    names = names.take(pc.sort_indices(names))  # an index is searched faster in its order
    named = pc.add(pc.index_in(texts, names).cast(pa.int64()), FIRST_NAME)
    return pc.coalesce(places, named), names

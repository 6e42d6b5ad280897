"""An expression taken apart means what it meant whole, and selects over facts are asked by themselves."""

import sqlite3
from contextlib import closing
from typing import Any

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import visitors

from hub.core.contracts.relations import named_table, relations
from hub.core.engines.bitmap import Bitmap
from hub.core.engines.decomposing import Decomposing

RELATIONS = relations(named_table)
TRAITS = RELATIONS.traits.c
EVERYONE = set(range(8))
OWNERS = {"vip": {1, 2, 3, 99}, "press": {3, 4}, "none": set()}
"""Whom each tag marks; customer 99 is somebody else's."""
ORDERS = {3: {3, 4, 5, 6, 7}, 5: {5, 6, 7}}
"""Who has so many orders or more."""


def tagged(name: str) -> sa.Select[Any]:
    return sa.select(RELATIONS.tags.c.customer).where(RELATIONS.tags.c.tag == name)


def atoms() -> st.SearchStrategy[tuple[sa.ColumnElement[bool], set[int]]]:
    names = st.sampled_from(sorted(OWNERS))
    return st.one_of(
        names.map(lambda name: (TRAITS.number.in_(tagged(name)), EVERYONE & OWNERS[name])),
        names.map(lambda name: (TRAITS.number.not_in(tagged(name)), EVERYONE - OWNERS[name])),
        st.sampled_from(sorted(ORDERS)).map(lambda least: (TRAITS.orders >= least, ORDERS[least])),
    )


def joined(below: Any) -> Any:
    some = st.lists(below, min_size=1, max_size=3)
    return st.one_of(
        some.map(lambda parts: (sa.and_(*(e for e, _ in parts)), EVERYONE.intersection(*(m for _, m in parts)))),
        some.map(lambda parts: (sa.or_(*(e for e, _ in parts)), set().union(*(m for _, m in parts)))),
        below.map(lambda part: (sa.not_(part[0]), EVERYONE - part[1])),
    )


def of_facts(select: sa.Select[Any]) -> Bitmap:
    (name,) = select.compile().params.values()
    return Bitmap.of(sorted(OWNERS[name]))


def of_traits(expression: sa.ColumnElement[bool]) -> Bitmap:
    """Asks SQLite an expression over the number of orders; it must read nothing else."""
    assert not any(isinstance(part, sa.Select) for part in visitors.iterate(expression)), expression
    orders = {number: sum(number in who for who in ORDERS.values()) for number in EVERYONE}
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE traits (number, orders)")
        connection.executemany(
            "INSERT INTO traits VALUES (?, ?)", [(who, (0, 3, 5)[has]) for who, has in orders.items()]
        )
        condition = expression.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
        return Bitmap.of([who for (who,) in connection.execute(f"SELECT number FROM traits WHERE {condition}")])


@given(st.recursive(atoms(), joined, max_leaves=8))
def test_the_parts_make_the_whole(asked: tuple[sa.ColumnElement[bool], set[int]]) -> None:
    expression, expected = asked
    decomposing = Decomposing(RELATIONS.traits, lambda: Bitmap.of(sorted(EVERYONE)), of_traits, of_facts)
    assert set(decomposing.answer(expression).numbers().tolist()) == expected

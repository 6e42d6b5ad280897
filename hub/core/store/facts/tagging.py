"""Tags many customers at once, by their numbers, and counts how many have which tag."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from hub.core.contracts.errors import InputError
from hub.core.store.facts.burying import bury
from hub.core.store.facts.merging import next_revision
from hub.core.store.tables import Customer, CustomerTag, Tag, table_of

Numbers = NDArray[np.unsignedinteger[Any]] | Sequence[int]
"""Customer numbers, as many as there may be: they travel as one text, never as a list of parameters."""

_LONGEST = 200


def tag_customers(connection: sa.Connection, organisation_id: int, tag: str, numbers: Numbers) -> int:
    """Mark an organisation's customers with a tag, making the tag if it is new; return how many had it not.

    A number that is none of the organisation's customers is passed over.

    Raises:
        InputError: the tag is empty, or longer than 200 characters.
    """
    name = _checked(tag)
    if not len(numbers):
        return 0
    revision = next_revision(connection)
    customers, marks = table_of(Customer), table_of(CustomerTag)
    tag_id = _tag_id(connection, organisation_id, name)
    if tag_id is None:
        made = sa.insert(table_of(Tag)).values(organisation_id=organisation_id, name=name)
        tag_id = connection.execute(made.returning(table_of(Tag).c.id)).scalar_one()
    marked = sa.exists().where(marks.c.customer_number == customers.c.number, marks.c.tag_id == tag_id)
    unmarked = sa.select(customers.c.number, sa.literal(tag_id), sa.literal(revision)).where(
        customers.c.organisation_id == organisation_id,
        customers.c.number.in_(_chosen(connection, numbers)),
        ~marked,
    )
    marking = sa.insert(marks).from_select(["customer_number", "tag_id", "revision"], unmarked)
    counted = marking.execution_options(preserve_rowcount=True)  # else the count is lost on PostgreSQL
    return connection.execute(counted).rowcount


def untag_customers(connection: sa.Connection, organisation_id: int, tag: str, numbers: Numbers) -> int:
    """Take a tag off customers; return how many had it. A tag that nobody knows is on no one.

    Raises:
        InputError: the tag is empty, or longer than 200 characters.
    """
    tag_id = _tag_id(connection, organisation_id, _checked(tag))
    if tag_id is None or not len(numbers):
        return 0
    marks = table_of(CustomerTag)
    theirs = sa.and_(marks.c.tag_id == tag_id, marks.c.customer_number.in_(_chosen(connection, numbers)))
    return bury(connection, marks, theirs, next_revision(connection))


def tag_counts(connection: sa.Connection, organisation_id: int, numbers: Numbers | None = None) -> dict[str, int]:
    """How many customers have each of the organisation's tags: of all, or of those of the given numbers.

    Every tag is there, with 0 where none of them has it, in alphabetical order.
    """
    tags, marks = table_of(Tag), table_of(CustomerTag)
    on = marks.c.tag_id == tags.c.id
    if numbers is not None:
        on = sa.and_(on, marks.c.customer_number.in_(_chosen(connection, numbers)))
    counting = (
        sa.select(tags.c.name, sa.func.count(marks.c.id))
        .select_from(tags.outerjoin(marks, on))
        .where(tags.c.organisation_id == organisation_id)
        .group_by(tags.c.id, tags.c.name)
    )
    return dict(sorted((name, count) for name, count in connection.execute(counting)))


def _checked(tag: str) -> str:
    name = tag.strip()
    if not name:
        raise InputError("a tag needs a name: type at least one letter")
    if len(name) > _LONGEST:
        raise InputError(f"the tag has {len(name)} characters: at most {_LONGEST} are allowed")
    return name


def _tag_id(connection: sa.Connection, organisation_id: int, name: str) -> int | None:
    tags = table_of(Tag)
    known = sa.select(tags.c.id).where(tags.c.organisation_id == organisation_id, tags.c.name == name)
    return connection.execute(known).scalar()


def _chosen(connection: sa.Connection, numbers: Numbers) -> sa.Select[int]:
    """The numbers as rows, out of one text."""
    text = json.dumps(np.asarray(numbers).tolist())
    if connection.dialect.name == "sqlite":
        rows = sa.func.json_each(text).table_valued(sa.column("value", sa.Integer))
        return sa.select(rows.c.value)
    array = sa.cast(sa.literal("{" + text[1:-1] + "}"), sa.ARRAY(sa.Integer))
    return sa.select(sa.func.unnest(array))

"""Which rows of the store a question is about: one organisation's, up to some moment, of some customers."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlmodel import SQLModel

from hub.core.store.tables import Customer, Organisation, Source, table_of

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, eq=False)
class Scope:
    """Which rows count, as conditions on the store's tables."""

    organisation: Organisation
    end: int | None = None
    """Only what happened before it, in seconds since 1970 in UTC; None: everything."""
    among: NDArray[np.uint32] | None = None
    """Only these customers; None: all of them."""

    def customers(self) -> Condition:
        """Which rows of ``customers`` count."""
        return sa.and_(self.of_organisation(Customer), *self.chosen(table_of(Customer).c.number))

    def chosen(self, customer: sa.ColumnElement[int]) -> Iterator[Condition]:
        """Whether a column names one of the chosen customers; nothing if there is no choice."""
        if self.among is not None:
            yield customer.in_(self._chosen)

    def happened(self, moment: sa.ColumnElement[Any]) -> Iterator[Condition]:
        """Whether a column of moments lies before the end; nothing if there is no end."""
        if self.end is not None:
            yield moment < sa.literal(self.end, sa.BigInteger)

    def of_organisation(self, model: type[SQLModel]) -> Condition:
        """Whether a row of a table belongs to the organisation."""
        return table_of(model).c.organisation_id == self.organisation.id

    def of_source(self, model: type[SQLModel]) -> Condition:
        """Whether a row of a table came from a source of the organisation."""
        own = sa.select(table_of(Source).c.id).where(self.of_organisation(Source))
        return table_of(model).c.source_id.in_(own)

    def of_customer(self, model: type[SQLModel]) -> Condition:
        """Whether a row of a table is about a customer of the organisation."""
        own = sa.select(table_of(Customer).c.number).where(self.of_organisation(Customer))
        return table_of(model).c.customer_number.in_(own)

    @cached_property
    def _chosen(self) -> sa.Select[int]:
        """The chosen numbers as one parameter, sent once however often a statement reads it.

        It is a text, because a list of numbers takes the driver five times as long.
        """
        assert self.among is not None
        written = "{" + ",".join(map(str, self.among.tolist())) + "}"
        parameter = sa.bindparam("among_numbers", written, sa.String)
        return sa.select(sa.func.unnest(sa.cast(parameter, sa.ARRAY(sa.Integer))))

"""Turns an SQLAlchemy select into Spark's SQL: compiled for PostgreSQL, then rewritten as a tree."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlglot import exp, parse_one
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.schema import MappingSchema

from hub.core.replica.publication import PUBLISHED, type_word

Select = sa.Select[*tuple[Any, ...]]

_SCHEMA: dict[str, object] = {
    relation: {name: type_word(kind).lower() for name, kind in columns.items()}
    for relation, columns in PUBLISHED.items()
}


@dataclass(frozen=True)
class Translation:
    """A select in Spark's SQL."""

    body: str
    parts: tuple[str, ...]
    """The named selects it begins with."""
    relations: frozenset[str]
    """The published tables it reads, by name."""

    def sql(self, definitions: Mapping[str, str]) -> str:
        """The whole text, with what each relation stands for.

        Args:
            definitions: a select in Spark's SQL for each relation's name; those that are not read are left out.
        """
        read = (f"{name} AS ({text})" for name, text in definitions.items() if name in self.relations)
        parts = ", ".join((*read, *self.parts))
        return f"WITH {parts} {self.body}" if parts else self.body


def translated(statement: Select) -> Translation:
    """A select over the relations in Spark's SQL, its values quoted in place."""
    compiled = statement.compile(
        dialect=postgresql.dialect(paramstyle="named"),  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
        compile_kwargs={"render_postcompile": True},
    )
    tree = parse_one(str(compiled), read="postgres")
    values = compiled.construct_params()
    for placeholder in list(tree.find_all(exp.Placeholder)):
        placeholder.replace(_literal(values[placeholder.name]))
    assert isinstance(tree, exp.Query)
    relations = frozenset(table.name for table in tree.find_all(exp.Table)) & PUBLISHED.keys()
    annotate_types(tree, schema=MappingSchema(_SCHEMA), dialect="postgres")
    _adapt(tree)
    own = tree.args.get("with_")
    tree.set("with_", None)
    parts = tuple(part.sql("spark") for part in own.expressions) if own else ()
    return Translation(tree.sql("spark", copy=False), parts, relations)


def _adapt(tree: exp.Query) -> None:
    """Say otherwise what means something else in Spark."""
    for division in list(tree.find_all(exp.Div)):
        if division.args.get("typed") and _is_whole(division.this) and _is_whole(division.expression):
            division.replace(exp.IntDiv(this=division.this, expression=division.expression))
    for kind in list(tree.find_all(exp.DataType)):
        if kind.this is exp.DataType.Type.DECIMAL and not kind.expressions:
            kind.replace(exp.DataType.build("DECIMAL(38, 10)"))  # by itself, Spark keeps ten digits, no decimals


def _is_whole(node: Any) -> bool:
    return isinstance(node, exp.Expression) and node.is_type(*exp.DataType.INTEGER_TYPES)


def _literal(value: Any) -> exp.Expression:
    """A value as Spark reads it; texts are escaped by the writer of the tree."""
    match value:
        case None:
            return exp.null()
        case bool():
            return exp.true() if value else exp.false()
        case int():
            return exp.Literal.number(value)
        case float():
            return exp.cast(exp.Literal.string(repr(value)), "double")  # bare, it would be a decimal
        case Decimal():
            return exp.Literal.number(format(value, "f"))
        case str():
            return exp.Literal.string(value)
    raise TypeError(f"a {type(value).__name__} can't be bound; bind texts, numbers and truths")

"""What a criterion must do, as a test class for a plugin's own tests to inherit.

class TestShoeSize(CriterionConformance):
    criterion = ShoeSize
    examples = (ShoeSizeParameters(size=NumberTest(at_least=46)),)
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import visitors
from sqlalchemy.sql.operators import in_op, not_in_op

from hub.core.contracts.calendar import Calendar
from hub.core.contracts.criterion import Criterion, Parameters, Question
from hub.core.contracts.relations import COLUMNS, Columns, Relations, relations
from hub.core.segments.binding import Catalogue
from hub.core.segments.definition import CriterionNode
from hub.core.segments.language import Language

_DAYS = (date(2023, 2, 28), date(2024, 2, 29), date(2024, 10, 27))
_SHORTEST_HELP = 20


def relation_tables() -> tuple[sa.MetaData, Relations]:
    """The tables an expression may read, empty; create them in any database with the metadata."""
    metadata = sa.MetaData()

    def made(name: str, columns: Columns) -> sa.Table:
        return sa.Table(name, metadata, *(_column(each, kind) for each, kind in columns.items()))

    return metadata, relations(made)


def _column(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    if name == "number":
        return sa.Column(name, sa.Integer, primary_key=True, autoincrement=False)
    if name in _FIGURES:
        return sa.Column(name, kind, nullable=False, default=0)
    return sa.Column(name, kind)


_FIGURES = ("orders", "tickets", "events", "revenue")
"""Traits that are 0, not null, for who never bought."""


class CriterionConformance:
    """Inherit it, name the criterion and a few parameters; pytest does the rest."""

    criterion: ClassVar[type[Criterion[Any]]]
    """The class under test."""
    examples: ClassVar[Sequence[Parameters]]
    """Parameters to ask it with: every form that matters, at least one."""

    def test_is_described(self) -> None:
        """Name, label and help are there, and every parameter says what it is."""
        assert self.criterion.name
        assert self.criterion.label
        assert len(self.criterion.help) >= _SHORTEST_HELP, "write a help text that helps"
        for name, field in self.criterion.parameters_model.model_fields.items():
            assert field.description, f"describe the parameter {name}: Field(description=…)"

    def test_has_examples_of_its_own_model(self) -> None:
        """The other tests mean something only if they ask."""
        assert self.examples
        assert all(type(example) is self.criterion.parameters_model for example in self.examples)

    def test_refuses_unknown_parameters(self) -> None:
        """A misspelt parameter is an error, not a default."""
        for example in self.examples:
            with pytest.raises(ValidationError):
                self.criterion.parameters_model.model_validate(
                    {**example.model_dump(mode="json", exclude_defaults=True), "no_such_parameter": 1}
                )

    def test_its_parameters_survive_json(self) -> None:
        """What is stored is what was asked."""
        for node, example in self._nodes():
            assert Catalogue([self.criterion()]).bind(node).parameters == example

    def test_it_can_be_said(self) -> None:
        """The text language writes it, and reads it back as it was, under each of its words."""
        language = Language([self.criterion()])
        for node, _ in self._nodes():
            text = language.print(node)
            assert language.parse(text) == node
            for alias in self.criterion.aliases:
                assert language.parse(text.replace(self.criterion.name, alias, 1)) == node

    def test_it_describes_itself(self) -> None:
        """The sentence's end is a part of a sentence: it neither starts nor stops one."""
        for example in self.examples:
            said = self.criterion().describe(example)
            assert said == said.strip()
            assert said
            assert not said.endswith("."), f"leave out the full stop: {said}"

    def test_says_whether_time_changes_it(self) -> None:
        """It answers for all its parameters."""
        assert all(isinstance(self.criterion().changes_with_time(example), bool) for example in self.examples)

    @pytest.mark.parametrize(
        "dialect",
        [
            postgresql.dialect(),  # type: ignore[no-untyped-call]  # SQLAlchemy leaves its dialects untyped
            postgresql.dialect(paramstyle="numeric_dollar"),  # type: ignore[no-untyped-call]  # as above
            sqlite.dialect(),
        ],
        ids=["postgresql", "duckdb", "sqlite"],
    )
    def test_it_compiles(self, dialect: sa.Dialect) -> None:
        """Every engine's dialect can say the expression."""
        _, relations = relation_tables()
        for statement in self._statements(relations):
            assert str(statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True}))

    def test_what_it_looks_up_can_be_asked_by_itself(self) -> None:
        """A select after ``in`` reads nothing of the customer around it, and returns no null."""
        engine, relations = _filled_database()
        with engine.begin() as connection:
            for expression in self._expressions(relations):
                for inner in _inner_selects(expression):
                    assert relations.traits not in inner.get_final_froms(), "an inner select reads traits"
                    assert None not in connection.scalars(inner).all(), f"this can be null: {inner}"
        engine.dispose()

    def test_it_is_true_or_false_for_everyone(self) -> None:
        """Never null: not for a customer of whom nothing is known, not when rows of other tables have gaps."""
        engine, relations = _filled_database()
        with engine.begin() as connection:
            for statement in self._statements(relations):
                answers = connection.execute(statement).all()
                assert len(answers) == len(_known("traits", _KNOWN["traits"]))
                assert all(answer in (True, False) for _, answer in answers), str(statement)
        engine.dispose()

    def _nodes(self) -> Iterator[tuple[CriterionNode, Parameters]]:
        for example in self.examples:
            parameters = example.model_dump(mode="json", exclude_defaults=True)
            yield CriterionNode(criterion=self.criterion.name, parameters=parameters), example

    def _statements(self, relations: Relations) -> Iterator[sa.Select[Any]]:
        for expression in self._expressions(relations):
            yield sa.select(relations.traits.c.number, expression.label("answer"))

    def _expressions(self, relations: Relations) -> Iterator[sa.ColumnElement[bool]]:
        for day in _DAYS:
            question = Question(relations, Calendar(day, ZoneInfo("Europe/Copenhagen")), currency_digits=2)
            for example in self.examples:
                expression = self.criterion().expression(example, question)
                assert isinstance(expression.type, sa.Boolean), "the expression is a condition"
                yield expression


def _filled_database() -> tuple[sa.Engine, Relations]:
    """A database in memory with the rows of ``_gaps``."""
    metadata, relations = relation_tables()
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        for name, rows in _gaps().items():
            for row in rows:
                connection.execute(metadata.tables[name].insert(), row)
    return engine, relations


def _inner_selects(expression: sa.ColumnElement[bool]) -> Iterator[sa.Select[Any]]:
    """The selects that an expression compares a column with by ``in``."""
    for element in visitors.iterate(expression):
        if isinstance(element, sa.BinaryExpression) and element.operator in (in_op, not_in_op):
            chosen = getattr(element.right, "element", element.right)
            if isinstance(chosen, sa.Select):
                yield chosen


def _gaps() -> dict[str, list[dict[str, Any]]]:
    """For each relation a row of which all is known, one of which nothing is, and one that is nobody's."""
    return {
        name: rows if name == "traits" else [*rows, {**dict.fromkeys(COLUMNS[name]), **_IDS.get(name, {})}]
        for name, rows in ((name, _known(name, known)) for name, known in _KNOWN.items())
    }


def _known(name: str, known: dict[str, Any]) -> list[dict[str, Any]]:
    nothing = dict.fromkeys(COLUMNS[name])
    if name == "traits":
        return [known, {**nothing, "number": 2, **dict.fromkeys(_FIGURES, 0)}]
    if "customer" in known:
        return [known, {**nothing, "customer": 1}, {**known, "customer": None}]
    return [known]


_IDS: dict[str, dict[str, Any]] = {"events": {"id": 2}, "products": {"id": 2}, "companies": {"id": 2}}

_KNOWN: dict[str, dict[str, Any]] = {
    "traits": {
        "number": 1, "born_day": 4000, "registered_at": 1_600_000_000, "gender": "female", "title": "Frau",
        "first_name": "Anna", "account_kind": "registered", "account_status": "active", "country": "DK",
        "region": "Fyn", "city": "Odense", "postcode": "5000", "language": "da", "latitude": 55.4,
        "longitude": 10.4, "has_email": True, "has_phone": True, "company": 1, "orders": 3, "tickets": 5,
        "events": 2, "revenue": 12_345, "first_purchase_at": 1_600_000_000, "last_purchase_at": 1_700_000_000,
    },
    "orders": {
        "customer": 1, "ordered_at": 1_700_000_000, "total": 100, "status": "paid", "counts": True,
        "sales_channel": "online",
    },
    "lines": {
        "order_id": 1, "customer": 1, "ordered_at": 1_700_000_000, "lead_days": 3, "sales_channel": "online",
        "event": 1, "product": None, "category": "opera", "quantity": 2, "total": 100,
    },
    "events": {
        "id": 1, "external_id": "1", "title": "Carmen", "category": "opera", "production": "Carmen",
        "venue": "Main stage", "organiser": "House", "starts_at": 1_700_300_000,
    },
    "products": {"id": 1, "external_id": "1", "name": "Programme", "category": "print"},
    "venues": {"name": "Main stage", "latitude": 55.4, "longitude": 10.4},
    "consents": {
        "customer": 1, "permission": "newsletter", "channel": "email", "given": True, "changed_at": 1_600_000_000,
    },
    "tags": {"customer": 1, "tag": "vip"},
    "group_members": {"customer": 1, "name": "friends"},
    "custom_values": {
        "customer": 1, "field": "shoe size", "text_value": "large", "number_value": 460_000, "day_value": 19_000,
        "yes_no_value": True,
    },
    "carts": {"customer": 1, "changed_at": 1_700_000_000, "total": 5_000, "abandoned": True},
    "identities": {"customer": 1, "kind": "messenger"},
    "companies": {"id": 1, "name": "Example", "vat_number": "DK00000000", "city": "Odense", "country": "DK"},
    "subscriptions": {"customer": 1, "name": "Premieres", "starts_day": 18_000, "ends_day": None},
}  # fmt: skip

"""What a customer bought, and when."""

from collections.abc import Hashable
from enum import StrEnum

from pydantic import Field
from sqlalchemy import ColumnElement, FromClause, Select, func, select

from hub import Criterion, DateTest, Distribution, DistributionKind, Parameters, Question, TextTest
from hub.core.criteria.time_frames import customers_who_did, said_time, until_today


class Kind(StrEnum):
    """What the texts of a ``bought`` name."""

    CATEGORY = "category"
    """A category of events or products, such as opera."""
    PRODUCT = "product"
    """A product, by its id in the shop."""
    EVENT = "event"
    """An event date, by its id in the ticket system."""
    PRODUCTION = "production"
    """A work that is shown on several dates, by its name."""
    TITLE = "title"
    """Events of that title."""
    VENUE = "venue"
    """The place of the events, by its name."""


class BoughtParameters(Parameters):
    """What was bought, and when."""

    kind: Kind = Field(description="what the names are: category, product, event, production, title or venue")
    names: TextTest = Field(description="products and events by their id, the others by name; compared exactly")
    when: DateTest | None = Field(None, description="day of the order; any day if left out")


class Bought(Criterion[BoughtParameters]):
    """Any, all or none of some things, in orders that count as bought, in a time frame."""

    name = "bought"
    label = "Bought"
    help = (
        "The customer bought any, all or none of these: categories, products, events, productions, titles or "
        "venues; at any time or in a time frame. Who bought nothing at all bought none of them."
    )
    parameters_model = BoughtParameters

    def expression(self, parameters: BoughtParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        number, buyers = question.relations.traits.c.number, _buyers(parameters, question)
        return number.not_in(buyers) if parameters.names.form[0] == "none_of" else number.in_(buyers)

    def describe(self, parameters: BoughtParameters) -> str:
        """See ``Criterion.describe``."""
        kind = parameters.kind
        one, many = f"the {kind}", "the categories" if kind is Kind.CATEGORY else f"the {kind}s"
        if kind in (Kind.TITLE, Kind.VENUE):
            one, many = f"events with {one}", f"events with {many}"
        return f"bought {parameters.names.describe(one, many)}{said_time(parameters.when)}"

    def distribution(self, parameters: BoughtParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        relations, lines = question.relations, question.relations.lines.c
        if parameters.kind is Kind.CATEGORY:
            return Distribution(DistributionKind.CHOICE, lines.customer, lines.category)
        is_product = parameters.kind is Kind.PRODUCT
        things, column = (relations.products, lines.product) if is_product else (relations.events, lines.event)
        named = things.c[_NAMED[parameters.kind]]
        return Distribution(DistributionKind.CHOICE, lines.customer, named, (column == things.c.id,))

    def distribution_key(self, parameters: BoughtParameters) -> Hashable:
        """See ``Criterion.distribution_key``."""
        return parameters.kind


def _buyers(parameters: BoughtParameters, question: Question) -> Select[int]:
    """Who bought any of the things, or all of them. *Not within* asks for the last time of each thing."""
    lines, when, texts = question.relations.lines.c, parameters.when, parameters.names.texts
    last_time = when is not None and when.not_within_days is not None
    all_of = parameters.names.form[0] == "all_of" and len(texts) > 1
    if not last_time and not all_of:
        chosen = _is_one_of(parameters, question)
        return customers_who_did(lines.customer, lines.ordered_at, when, question.calendar, chosen)
    rows, thing = _with_things(parameters.kind, question)
    pairs = (
        select(lines.customer.label("customer"))
        .select_from(rows)
        .where(lines.customer.is_not(None), thing.in_(texts))
        .group_by(lines.customer, thing)
    )
    if when is not None and last_time:
        pairs = pairs.where(until_today(lines.ordered_at, question.calendar)).having(
            when.matches(func.max(lines.ordered_at), question.calendar)
        )
    elif when is not None:
        pairs = pairs.where(when.matches(lines.ordered_at, question.calendar))
    if not all_of:
        return pairs
    found = pairs.subquery("found")
    return select(found.c.customer).group_by(found.c.customer).having(func.count() == len(texts))


def _is_one_of(parameters: BoughtParameters, question: Question) -> ColumnElement[bool]:
    """Whether a line is of one of the things, which are looked up first: lines are then scanned by number."""
    lines, relations = question.relations.lines.c, question.relations
    if parameters.kind is Kind.CATEGORY:
        return lines.category.in_(parameters.names.texts)
    is_product = parameters.kind is Kind.PRODUCT
    things, column = (relations.products, lines.product) if is_product else (relations.events, lines.event)
    return column.in_(select(things.c.id).where(things.c[_NAMED[parameters.kind]].in_(parameters.names.texts)))


def _with_things(kind: Kind, question: Question) -> tuple[FromClause, ColumnElement[str]]:
    """The lines with what each is of, and the column that names it."""
    relations, lines = question.relations, question.relations.lines
    if kind is Kind.CATEGORY:
        return lines, lines.c.category
    if kind is Kind.PRODUCT:
        return lines.join(
            relations.products, relations.products.c.id == lines.c.product
        ), relations.products.c.external_id
    return lines.join(relations.events, relations.events.c.id == lines.c.event), relations.events.c[_NAMED[kind]]


_NAMED = {
    Kind.PRODUCT: "external_id",
    Kind.EVENT: "external_id",
    Kind.PRODUCTION: "production",
    Kind.TITLE: "title",
    Kind.VENUE: "venue",
}

"""Who holds a ticket for certain events."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Self

from pydantic import Field, StrictBool, model_validator
from sqlalchemy import BigInteger, ColumnElement, func, literal, or_, select

from hub import Criterion, Distribution, DistributionKind, Keyword, OneOf, Parameters, Question, Text
from hub.core.contracts.parameters.dates import Day
from hub.core.criteria.spellings import usual_spellings

_LONGEST = 100_000
"""Most days one may go back."""


class TicketForParameters(Parameters):
    """Which events: all that is said must be true of one and the same."""

    category: Annotated[OneOf | None, Keyword("category")] = Field(None, description="the event's category")
    production: Annotated[OneOf | None, Keyword("production")] = Field(
        None, description="the production it belongs to, by name"
    )
    venue: Annotated[OneOf | None, Keyword("venue")] = Field(None, description="the venue, by name")
    title: Annotated[Text | None, Keyword("title containing")] = Field(
        None, description="a piece of its title, in the usual spellings"
    )
    organiser: Annotated[OneOf | None, Keyword("organiser")] = Field(None, description="the organiser, by name")
    event: Annotated[OneOf | None, Keyword("event")] = Field(
        None, description="the event's id in the ticket system"
    )
    back: Annotated[int | None, Keyword("back", unit=("days", "day"))] = Field(
        None, ge=0, le=_LONGEST, strict=True, description="also events of so many days back"
    )
    first_day: Annotated[Day | None, Keyword("from")] = Field(None, description="events on this day or later")
    last_day: Annotated[Day | None, Keyword("until")] = Field(None, description="events on this day or earlier")
    at_any_time: StrictBool = Field(False, description="events of any day, also of an unknown one")

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        absolute = self.first_day is not None or self.last_day is not None
        if (self.back is not None) + absolute + self.at_any_time > 1:
            raise ValueError("say one time: `back … days`, `from … until …` or `at any time`")
        if self.first_day and self.last_day and self.first_day > self.last_day:
            raise ValueError(f"the range is reversed: write from {self.last_day} until {self.first_day}")
        return self

    @property
    def counts_from_today(self) -> bool:
        """Whether the day of evaluation decides which events are meant."""
        return not self.at_any_time and self.first_day is None and self.last_day is None


class TicketFor(Criterion[TicketForParameters]):
    """Bought a ticket, in an order that counts, for an event of that kind: by default today or to come."""

    name = "ticket_for"
    label = "Holds a ticket for"
    help = (
        "The customer holds a ticket for an event of this category, production, venue, title, organiser or id. "
        "Events of today and later are meant, unless you say how far back, from and until which day, or `at any "
        "time`."
    )
    parameters_model = TicketForParameters

    def expression(self, parameters: TicketForParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        lines, events = question.relations.lines.c, question.relations.events.c
        conditions = [*_kinds(parameters, question), *_times(parameters, question)]
        holders = select(lines.customer).where(
            lines.customer.is_not(None),
            lines.product.is_(None),
            lines.event.in_(select(events.id).where(*conditions)),
        )
        return question.relations.traits.c.number.in_(holders)

    def describe(self, parameters: TicketForParameters) -> str:
        """See ``Criterion.describe``."""
        said = [f"{name} {test.describe()}" for name, test in _choices(parameters)]
        if parameters.title is not None:
            said.append(f"title containing “{parameters.title}”")
        kind = f" with {' and '.join(said)}" if said else ""
        return f"hold a ticket for an event{kind} {_said_time(parameters)}"

    def distribution(self, parameters: TicketForParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        lines, events = question.relations.lines.c, question.relations.events.c
        held = (lines.event == events.id, lines.product.is_(None))
        return Distribution(DistributionKind.CHOICE, lines.customer, events.category, held)

    def changes_with_time(self, parameters: TicketForParameters) -> bool:
        """See ``Criterion.changes_with_time``: by default an event that is over does not count any more."""
        return parameters.counts_from_today


def _choices(parameters: TicketForParameters) -> Iterator[tuple[str, OneOf]]:
    for name in ("category", "production", "venue", "organiser", "event"):
        test = getattr(parameters, name)
        if test is not None:
            yield name, test


def _kinds(parameters: TicketForParameters, question: Question) -> Iterator[ColumnElement[bool]]:
    events = question.relations.events.c
    for name, test in _choices(parameters):
        yield test.matches(events["external_id" if name == "event" else name])
    if parameters.title is not None:
        yield or_(*(_contains(events.title, piece) for piece in usual_spellings(parameters.title)))


def _contains(text: ColumnElement[str], piece: str) -> ColumnElement[bool]:
    """Whether a text changes when a piece is taken out. LIKE ignores capitals in SQLite, and only there."""
    return func.replace(text, piece, "") != text


def _times(parameters: TicketForParameters, question: Question) -> Iterator[ColumnElement[bool]]:
    starts_at, calendar = question.relations.events.c.starts_at, question.calendar
    first, last = parameters.first_day, parameters.last_day
    if parameters.counts_from_today:
        first = date.fromordinal(max(1, calendar.today.toordinal() - (parameters.back or 0)))
    if first is not None:
        yield starts_at >= literal(calendar.starts_at(first), BigInteger)
    if last is not None:
        yield starts_at < literal(calendar.ends_at(last), BigInteger)


def _said_time(parameters: TicketForParameters) -> str:
    if parameters.at_any_time:
        return "at any time"
    if parameters.counts_from_today:
        days = "1 day" if parameters.back == 1 else f"{parameters.back} days"
        return f"from {days} back on" if parameters.back else "today or later"
    spans = (("from", parameters.first_day), ("until", parameters.last_day))
    return " ".join(f"{word} {day}" for word, day in spans if day is not None)

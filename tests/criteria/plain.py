"""A plain reading of every criterion's definition, in Python and apart from its SQL: what engines are held to.

``matches(world, name, parameters)`` gives the customers of a small world that a criterion must find.
``tests.criteria.invented`` makes worlds and parameters up.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import groupby
from math import atan2, cos, radians, sin, sqrt
from typing import Any
from zoneinfo import ZoneInfo

from hub import DateTest
from tests.criteria.holding import (
    EPOCH,
    choice_holds,
    date_holds,
    day_numbered,
    exactly,
    happened,
    in_any_case,
    in_usual_spellings,
    number_holds,
    texts_hold,
)

Row = dict[str, Any]
Reading = Callable[[Any, Row, "World"], bool]


@dataclass(frozen=True)
class World:
    """A few customers and all that is known of them."""

    today: date
    zone: ZoneInfo
    digits: int
    """Decimals of the currency."""
    rows: Mapping[str, list[Row]]
    """By the relation's name, each row with all of its columns."""

    def day_of(self, instant: int) -> date:
        return datetime.fromtimestamp(instant, self.zone).date()

    def of(self, relation: str, customer: Row) -> Iterator[Row]:
        """The rows that are a customer's."""
        return (row for row in self.rows[relation] if row["customer"] == customer["number"])

    def row(self, relation: str, number: int | None) -> Row | None:
        """The row with an id."""
        return next((row for row in self.rows[relation] if number is not None and row["id"] == number), None)


def matches(world: World, criterion: str, parameters: Any) -> set[int]:
    """The numbers of the customers who match a criterion."""
    holds = READINGS[criterion]
    return {row["number"] for row in world.rows["traits"] if holds(parameters, row, world)}


def in_time(test: DateTest | None, instant: int, world: World) -> bool:
    return test is None or date_holds(test, world.day_of(instant), world.today)


# ------------------------------------------------------------------ who somebody is


def completed_years(born: date, today: date) -> int:
    """Birthdays passed: 29 February is kept on 1 March where it is missing."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def age(parameters: Any, customer: Row, world: World) -> bool:
    born = day_numbered(customer["born_day"])
    if born is None or born > world.today:
        return not parameters.known_only
    return number_holds(parameters.age, completed_years(born, world.today))


def celebrated_on(born: date, day: date) -> bool:
    if (born.month, born.day) == (2, 29):
        leap = (day.replace(month=3, day=1) - timedelta(1)).day == 29
        return (day.month, day.day) == ((2, 29) if leap else (3, 1))
    return (born.month, born.day) == (day.month, day.day)


def birthday(parameters: Any, customer: Row, world: World) -> bool:
    born, today = day_numbered(customer["born_day"]), world.today
    if born is None or born > today or born < date(1800, 3, 1):
        return False
    days = [today + timedelta(ahead) for ahead in range((parameters.days or 0) + 1)]
    if parameters.this_month:
        days = [day for day in (today + timedelta(n) for n in range(-31, 32)) if day.month == today.month]
        days = [day for day in days if day.year == today.year]
    return any(celebrated_on(born, day) for day in days)


TOLD_BY_TITLE = {
    "Frau": "women", "frau": "women", "FRAU": "women", "Mrs": "women", "Frk.": "women", "Mme": "women",
    "Frau Dr.": "women", "Herr": "men", "HERR": "men", "Mr.": "men", "Hr.": "men", "M.": "men",
    "herr prof. dr.": "men",
}  # fmt: skip
TOLD_BY_NAME = {
    "Anna": "women", "anna": "women", "ANNA": "women", "Søren": "men", "SØREN": "men", "Jürgen": "men",
    "Mary": "women",
}  # fmt: skip


def gender(parameters: Any, customer: Row, world: World) -> bool:
    known: str | None = {"female": "women", "male": "men"}.get(customer["gender"])
    if customer["gender"] is None and parameters.derived:
        known = TOLD_BY_TITLE.get(customer["title"]) or TOLD_BY_NAME.get(customer["first_name"])
    return parameters.who == "all" or (known is not None and parameters.who in (known, "both"))


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The great-circle distance, by the angle between two vectors."""
    if one == other:
        return 0.0
    a, b = (
        (cos(radians(lat)) * cos(radians(lon)), cos(radians(lat)) * sin(radians(lon)), sin(radians(lat)))
        for lat, lon in (one, other)
    )
    cross = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    return 6371.0088 * atan2(sqrt(sum(x * x for x in cross)), sum(x * y for x, y in zip(a, b, strict=True)))


def distance(parameters: Any, customer: Row, world: World) -> bool:
    if parameters.point is not None:
        latitude, longitude = map(float, parameters.point.split(","))
    else:
        venue = [row for row in world.rows["venues"] if row["name"] == parameters.venue]
        if not venue:
            return False
        latitude, longitude = venue[0]["latitude"], venue[0]["longitude"]
    if customer["latitude"] is None or customer["longitude"] is None:
        return bool(parameters.unknown)
    here = (customer["latitude"], customer["longitude"])
    return number_holds(parameters.kilometres, kilometres(here, (latitude, longitude)))


def company(parameters: Any, customer: Row, world: World) -> bool:
    if customer["company"] is None:
        return False
    row = world.row("companies", customer["company"])
    asked = (
        (parameters.names, "name", in_usual_spellings),
        (parameters.vat_numbers, "vat_number", exactly),
        (parameters.cities, "city", in_usual_spellings),
        (parameters.countries, "country", in_any_case),
    )
    return all(
        test is None or (row is not None and choice_holds(test, row[column], same)) for test, column, same in asked
    )


# ------------------------------------------------------------------ what somebody bought


def counted_orders(parameters: Any, customer: Row, world: World) -> list[Row]:
    return [
        row
        for row in world.of("orders", customer)
        if row["counts"] and in_time(parameters.when, row["ordered_at"], world)
    ]


def lines_in_time(parameters: Any, customer: Row, world: World) -> list[Row]:
    return [row for row in world.of("lines", customer) if in_time(parameters.when, row["ordered_at"], world)]


def tickets(parameters: Any, customer: Row, world: World) -> bool:
    figure = customer["tickets"]
    if parameters.when is not None:
        lines = lines_in_time(parameters, customer, world)
        figure = sum(row["quantity"] for row in lines if row["product"] is None)
    return number_holds(parameters.number, figure)


def events(parameters: Any, customer: Row, world: World) -> bool:
    figure = customer["events"]
    if parameters.when is not None:
        figure = len({row["event"] for row in lines_in_time(parameters, customer, world)} - {None})
    return number_holds(parameters.number, figure)


def orders(parameters: Any, customer: Row, world: World) -> bool:
    if parameters.when is None and parameters.statuses is None:
        return number_holds(parameters.number, customer["orders"])
    counted = [
        row
        for row in world.of("orders", customer)
        if (row["counts"] if parameters.statuses is None else choice_holds(parameters.statuses, row["status"]))
        and in_time(parameters.when, row["ordered_at"], world)
    ]
    return number_holds(parameters.number, len(counted))


def revenue(parameters: Any, customer: Row, world: World) -> bool:
    figure = customer["revenue"]
    if parameters.when is not None:
        figure = sum(row["total"] for row in counted_orders(parameters, customer, world))
    return number_holds(parameters.amount, Fraction(figure, 10**world.digits))


def average_order(parameters: Any, customer: Row, world: World) -> bool:
    number, total = customer["orders"], customer["revenue"]
    if parameters.when is not None:
        counted = counted_orders(parameters, customer, world)
        number, total = len(counted), sum(row["total"] for row in counted)
    return number > 0 and number_holds(parameters.amount, Fraction(total, number * 10**world.digits))


def thing_bought(kind: str, line: Row, world: World) -> str | None:
    found: Row | None = line
    if kind != "category":
        relation = "product" if kind == "product" else "event"
        found = world.row(f"{relation}s", line[relation])
    name: str | None = None if found is None else found["external_id" if kind in ("product", "event") else kind]
    return name


def bought(parameters: Any, customer: Row, world: World) -> bool:
    def thing(line: Row) -> str:
        return thing_bought(parameters.kind, line, world) or ""

    lines = sorted(world.of("lines", customer), key=thing)
    days = {
        name: [world.day_of(line["ordered_at"]) for line in found] for name, found in groupby(lines, key=thing)
    }
    return texts_hold(
        parameters.names, {name for name, when in days.items() if happened(parameters.when, when, world.today)}
    )


def lead_time(parameters: Any, customer: Row, world: World) -> bool:
    days = [
        world.day_of(row["ordered_at"])
        for row in world.of("lines", customer)
        if row["lead_days"] is not None and number_holds(parameters.days, row["lead_days"])
    ]
    return happened(parameters.when, days, world.today)


def sales_channel(parameters: Any, customer: Row, world: World) -> bool:
    def through(*channels: str | None) -> bool:
        rows = [row for row in world.of("orders", customer) if row["counts"] and row["sales_channel"] in channels]
        return happened(parameters.when, [world.day_of(row["ordered_at"]) for row in rows], world.today)

    return {
        "online": through("online"),
        "box_office": through("box_office"),
        "both": through("online") and through("box_office"),
        "any": through("online", "box_office", None),
    }[parameters.through]


def ticket_for(parameters: Any, customer: Row, world: World) -> bool:
    def meant(event: Row) -> bool:
        day = None if event["starts_at"] is None else world.day_of(event["starts_at"])
        named = all(
            choice_holds(getattr(parameters, name), event["external_id" if name == "event" else name])
            for name in ("category", "production", "venue", "organiser", "event")
        )
        piece, title = parameters.title, event["title"]
        if piece is not None:
            spelt = (piece, piece.lower(), piece.upper(), piece.title())
            named = named and title is not None and any(spelling in title for spelling in spelt)
        if parameters.at_any_time:
            return named
        first, last = parameters.first_day, parameters.last_day
        if first is None and last is None:
            first = world.today - timedelta(parameters.back or 0)
        return named and day is not None and (first is None or day >= first) and (last is None or day <= last)

    held = [world.row("events", row["event"]) for row in world.of("lines", customer) if row["product"] is None]
    return any(event is not None and meant(event) for event in held)


def abandoned_cart(parameters: Any, customer: Row, world: World) -> bool:
    days = [
        world.day_of(row["changed_at"])
        for row in world.of("carts", customer)
        if row["abandoned"]
        and (parameters.value is None or number_holds(parameters.value, Fraction(row["total"], 10**world.digits)))
    ]
    return happened(parameters.when, days, world.today)


def subscription(parameters: Any, customer: Row, world: World) -> bool:
    today = (world.today - EPOCH).days
    begun = [
        row
        for row in world.of("subscriptions", customer)
        if row["starts_day"] is not None
        and row["starts_day"] <= today
        and choice_holds(parameters.names, row["name"])
    ]
    runs = [row for row in begun if row["ends_day"] is None or row["ends_day"] >= today]
    return {
        "current": bool(runs),
        "regular": any(row["ends_day"] is None for row in runs),
        "former": bool(begun) and not runs,
        "ever": bool(begun),
        "never": not begun,
    }[parameters.state]


# ------------------------------------------------------------------ what somebody said, and is marked with


def consent(parameters: Any, customer: Row, world: World) -> bool:
    given = any(
        row["permission"] == parameters.permission
        and row["given"] is True
        and parameters.channel in (None, row["channel"])
        for row in world.of("consents", customer)
    )
    return given is not parameters.missing


def reachable(parameters: Any, customer: Row, world: World) -> bool:
    kinds = {row["kind"] for row in world.of("identities", customer)}
    addresses = {"email": customer["has_email"], "sms": customer["has_phone"], "phone": customer["has_phone"]}
    may = any(
        row["channel"] == parameters.channel
        and row["given"] is True
        and parameters.permission in (None, row["permission"])
        for row in world.of("consents", customer)
    )
    return may and bool(addresses.get(parameters.channel, parameters.channel in kinds))


def custom_field(parameters: Any, customer: Row, world: World) -> bool:
    def passes(row: Row) -> bool:
        if parameters.number is not None:
            value = row["number_value"]
            return value is not None and number_holds(parameters.number, Fraction(value, 10_000))
        if parameters.day is not None:
            return date_holds(parameters.day, day_numbered(row["day_value"]), world.today, ahead=True)
        if parameters.text is not None or parameters.choice is not None:
            return choice_holds(parameters.text or parameters.choice, row["text_value"])
        return row["yes_no_value"] is bool(parameters.yes)

    return any(row["field"] == parameters.name and passes(row) for row in world.of("custom_values", customer))


def _day(column: str) -> Reading:
    return lambda p, c, w: date_holds(p.when, None if c[column] is None else w.day_of(c[column]), w.today)


def _place(column: str) -> Reading:
    return lambda p, c, w: choice_holds(p.names, c[column], in_usual_spellings)


def _marks(relation: str, column: str, field: str) -> Reading:
    return lambda p, c, w: texts_hold(getattr(p, field), {row[column] for row in w.of(relation, c)})


READINGS: Mapping[str, Reading] = {
    "age": age, "birthday": birthday, "gender": gender, "distance": distance, "company": company,
    "language": lambda p, c, w: choice_holds(p.codes, c["language"], in_any_case),
    "country": lambda p, c, w: choice_holds(p.codes, c["country"], in_any_case),
    "region": _place("region"), "city": _place("city"), "postcode": _place("postcode"),
    "account": lambda p, c, w: c["account_kind"] == p.kind,
    "account_status": lambda p, c, w: c["account_status"] == p.status,
    "tickets": tickets, "events": events, "orders": orders, "revenue": revenue, "average_order": average_order,
    "last_purchase": _day("last_purchase_at"), "first_purchase": _day("first_purchase_at"),
    "registered": _day("registered_at"), "bought": bought, "ticket_for": ticket_for, "lead_time": lead_time,
    "sales_channel": sales_channel, "abandoned_cart": abandoned_cart, "subscription": subscription,
    "consent": consent, "reachable": reachable, "field": custom_field,
    "tag": _marks("tags", "tag", "tags"), "group": _marks("group_members", "name", "groups"),
}  # fmt: skip
"""For each criterion: whether a customer must match."""

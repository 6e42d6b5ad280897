"""Made-up worlds and made-up questions, full of equal bounds, gaps and nights on which clocks change."""

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from hub import ConsentChannel, DateTest, NumberTest, OneOf, OrderStatus, Parameters, TextTest
from hub.core.contracts.relations import COLUMNS
from hub.core.criteria import hub_criteria
from tests.criteria.holding import EPOCH
from tests.criteria.plain import TOLD_BY_NAME, TOLD_BY_TITLE, Row, World

# Days on which clocks change there, leap days and the days around them; the third zone skipped a midnight.
ZONES = [ZoneInfo(name) for name in ("Europe/Copenhagen", "America/New_York", "Pacific/Apia", "America/Sao_Paulo")]
DAYS = [
    date(2023, 2, 28), date(2023, 3, 1), date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1), date(2024, 3, 31),
    date(2024, 10, 27), date(2024, 11, 3), date(2018, 11, 4), date(2011, 12, 31), date(2100, 3, 1),
]  # fmt: skip
NAMES = ["opera", "Opera", "größe"]
PLACES = ["Århus", "århus", "ÅRHUS", "Bad Tölz", "bad tölz", "BAD TÖLZ", "bAD tölz", "5000", "Straße"]
COUNTRIES = ["DE", "de", "Dk", "AT", "dE"]
LANGUAGES = ["de", "DE", "dE", "da", "de-AT", "DE-at", "gsw"]
TITLES = ["Carmen", "CARMEN concertante", "carmen, in part", "Cármen", "Car"]
POINTS = [(52.52, 13.405), (52.5, 13.4), (53.55, 9.99), (-33.86, 151.2), (0.0, 0.0), (10.0, 179.9), (10.0, -179.9)]
NUMBERS = st.sampled_from(
    [Decimal(n) for n in ("0", "1", "2", "3", "0.5", "19.99", "20", "6.6667", "0.0001", "-1")]
)


def examples(default: int) -> int:
    """How many examples to try: so many, or as the environment's HUB_EXAMPLES says, for a long run."""
    return int(os.environ.get("HUB_EXAMPLES", default))


# ------------------------------------------------------------------ tests


def number_tests(numbers: st.SearchStrategy[Decimal] = NUMBERS) -> st.SearchStrategy[NumberTest]:
    single = st.tuples(st.sampled_from(list(NumberTest.model_fields)[:-1]), numbers)
    ranges = st.tuples(numbers, numbers).map(lambda both: ("between", tuple(sorted(both))))
    extremes = st.tuples(st.sampled_from(["at_least", "less_than"]), st.sampled_from([10**12, -(10**12)]))
    return st.one_of(single, ranges, extremes).map(lambda form: NumberTest.model_validate(dict([form])))


def date_tests(today: date) -> st.SearchStrategy[DateTest]:
    days = st.integers(-5, 5).map(lambda n: today + timedelta(n))
    fields = list(DateTest.model_fields)
    relative = st.tuples(st.sampled_from(fields[:4]), st.sampled_from([0, 1, 2, 3, 60, 61]))
    absolute = st.tuples(st.sampled_from(fields[4:7]), days | st.sampled_from([date.min, date.max]))
    ranges = st.tuples(days, days).map(lambda both: ("between", tuple(sorted(both))))
    longest = st.tuples(st.sampled_from(fields[:4]), st.just(100_000))
    return st.one_of(relative, relative, absolute, ranges, longest).map(
        lambda form: DateTest.model_validate(dict([form]))
    )


def text_tests(values: list[str] = NAMES) -> st.SearchStrategy[TextTest]:
    texts = st.lists(st.sampled_from(values), min_size=1, max_size=3)
    return st.tuples(st.sampled_from(list(TextTest.model_fields)), texts).map(
        lambda form: TextTest.model_validate(dict([form]))
    )


def choices(values: list[str]) -> st.SearchStrategy[OneOf]:
    texts = st.lists(st.sampled_from(values), min_size=1, max_size=3)
    return st.tuples(st.sampled_from(["is_in", "is_in", "not_in"]), texts).map(
        lambda form: OneOf.model_validate(dict([form]))
    )


# ------------------------------------------------------------------ questions


def _ages() -> st.SearchStrategy[NumberTest]:
    near = [NumberTest(at_least=Decimal(n)) for n in (18, 19, 20, 3000)]
    return number_tests() | st.sampled_from([*near, NumberTest(exactly=Decimal(20))])


def _one(**tests: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """One of some fields."""
    return st.one_of([st.fixed_dictionaries({name: test}) for name, test in tests.items()])


def _some(**tests: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Each field or not."""
    return st.fixed_dictionaries({}, optional=tests)


def _merged(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(*parts).map(lambda found: {name: value for part in found for name, value in part.items()})


def _values(today: date) -> Mapping[str, st.SearchStrategy[dict[str, Any]]]:
    """For each criterion, the values of its parameters."""
    words, names, yes = st.sampled_from, choices(NAMES), st.just(True)
    when, dates, numbers = _some(when=date_tests(today)), date_tests(today), number_tests()
    number, amount = _one(number=numbers), _one(amount=numbers)
    place, channels = _one(names=choices(PLACES)), words([*map(str, ConsentChannel)])
    near = st.integers(-4, 3).map(lambda days: today + timedelta(days))
    spans = st.tuples(near, near).map(sorted).map(lambda both: {"first_day": both[0], "last_day": both[1]})
    distances = number_tests(words([Decimal(n) for n in ("-1", "0", "0.5", "30", "300", "5000", "20020")]))
    return {
        "age": _merged(_one(age=_ages()), _some(known_only=yes)),
        "birthday": _one(today=yes, days=words([0, 1, 2, 28, 365, 366]), this_month=yes),
        "gender": _merged(_one(who=words(["women", "men", "both", "all"])), _some(derived=yes)),
        "language": _one(codes=choices(LANGUAGES)),
        "country": _one(codes=choices(COUNTRIES)),
        "region": place,
        "city": place,
        "postcode": place,
        "distance": _merged(
            _one(kilometres=distances),
            _one(venue=words(NAMES), point=words([f"{latitude},{longitude}" for latitude, longitude in POINTS])),
            _some(unknown=yes),
        ),
        "tickets": _merged(number, when),
        "events": _merged(number, when),
        "orders": _merged(number, when, _some(statuses=choices([*map(str, OrderStatus)]))),
        "revenue": _merged(amount, when),
        "average_order": _merged(amount, when),
        "last_purchase": _one(when=dates),
        "first_purchase": _one(when=dates),
        "registered": _one(when=dates),
        "bought": _merged(
            _one(kind=words(["category", "product", "event", "production", "title", "venue"])),
            _one(names=text_tests()),
            when,
        ),
        "ticket_for": _merged(
            _one(**dict.fromkeys(("category", "production", "venue", "organiser", "event"), names))
            | _some(title=words(["Carmen", "carmen", "CAR", "x"]), category=names),
            _one(back=words([0, 1, 2, 60, 100_000]), first_day=near, last_day=near, at_any_time=yes)
            | spans
            | st.just({}),
        ),
        "lead_time": _merged(_one(days=numbers), when),
        "sales_channel": _merged(_one(through=words(["online", "box_office", "both", "any"])), when),
        "abandoned_cart": _merged(when, _some(value=numbers)),
        "subscription": _merged(
            _one(state=words(["current", "regular", "former", "ever", "never"])), _some(names=names)
        ),
        "account": _one(kind=words(["registered", "guest", "subscriber"])),
        "account_status": _one(status=words(["active", "blocked"])),
        "company": _some(
            names=choices(PLACES), vat_numbers=names, cities=choices(PLACES), countries=choices(COUNTRIES)
        ),
        "consent": _merged(_one(permission=words(NAMES)), _some(channel=channels, missing=yes)),
        "reachable": _merged(_one(channel=channels), _some(permission=words(NAMES))),
        "tag": _one(tags=text_tests()),
        "group": _one(groups=text_tests()),
        "field": _merged(
            _one(name=words(NAMES[:2])), _one(number=numbers, text=names, choice=names, day=dates, yes=yes, no=yes)
        ),
    }  # fmt: skip


def parameters(today: date) -> Mapping[str, st.SearchStrategy[Parameters]]:
    """For each criterion, whatever it may be asked with."""
    values = _values(today)
    return {
        criterion.name: values[criterion.name].map(criterion.parameters_model.model_validate)
        for criterion in hub_criteria()
    }


# ------------------------------------------------------------------ worlds


def _instants(today: date) -> st.SearchStrategy[int]:
    """Hours either side of midnights in any zone, and the seconds around them."""
    midnight = int(datetime(today.year, today.month, today.day, tzinfo=UTC).timestamp())
    return st.builds(
        lambda days, hours, seconds: midnight + days * 86_400 + hours * 3600 + seconds,
        st.sampled_from([-61, -60, -3, -2, -1, 0, 1, 2]),
        st.integers(-14, 14),
        st.sampled_from([-1, 0, 1]),
    )


def _births(today: date) -> st.SearchStrategy[int]:
    near = st.builds(
        lambda years, days: (today - timedelta(round(years * 365.25) + days) - EPOCH).days,
        st.sampled_from([0, 18, 19, 20, 21, 123]),
        st.integers(-3, 3),
    )
    leap_days = [date(year, 2, 29) for year in (1796, 1896, 1904, 1996, 2000, 2004)]
    turns = [date(1800, 2, 28), date(1800, 3, 1), date(1900, 2, 28), date(1900, 3, 1), date(2000, 3, 1)]
    return near | st.sampled_from([(day - EPOCH).days for day in leap_days + turns])


def _gaps(values: Iterable[Any]) -> st.SearchStrategy[Any]:
    """One of some values, now and then nothing."""
    return st.sampled_from([*values, None])


def _columns(today: date) -> Mapping[str, Mapping[str, st.SearchStrategy[Any]]]:
    """For each relation, what may stand in its columns."""
    pick = st.sampled_from
    instants, names, places = _instants(today), _gaps(NAMES), _gaps(PLACES)
    moments = st.one_of(instants, instants, instants, st.none())
    customer, ids, truth = pick([1, 1, 1, 2, 3, 4, None]), _gaps([1, 2, 3]), pick([True, True, False, None])
    days = _gaps((today - EPOCH).days + ahead for ahead in range(-3, 4))
    money, texts = pick([0, 1, 1999, 2000, 2001, 5997]), pick(NAMES)
    owned = {"customer": customer}
    bought = {**owned, "ordered_at": instants, "sales_channel": _gaps(["online", "box_office"])}
    return {
        "traits": {
            "born_day": st.one_of(_births(today), _births(today), st.none()),
            **dict.fromkeys(("registered_at", "first_purchase_at", "last_purchase_at"), moments),
            "gender": pick(["female", "male", "other", None, None]),
            "title": pick([*TOLD_BY_TITLE, "Dr.", "fRAU", *[None] * 8]),
            "first_name": _gaps([*TOLD_BY_NAME, "Kim", "aNNA"]),
            "account_kind": _gaps(["registered", "guest", "subscriber"]),
            "account_status": _gaps(["active", "blocked"]),
            "country": _gaps(COUNTRIES),
            **dict.fromkeys(("region", "city", "postcode"), places),
            "language": _gaps(LANGUAGES),
            **dict.fromkeys(("latitude", "longitude"), st.none()),
            **dict.fromkeys(("has_email", "has_phone"), truth),
            "company": ids,
            "orders": pick([0, 1, 2, 3, 2_000_000_000]),
            **dict.fromkeys(("tickets", "events"), st.integers(0, 4)),
            "revenue": pick([0, 1, 1999, 2000, 2001, 5997, 4_000_000_000, 9 * 10**14]),
        },
        "orders": {**bought, "total": money, "status": _gaps([*map(str, OrderStatus)]), "counts": truth},
        "lines": {
            **bought,
            "order_id": pick([1, 2, 3]),
            "lead_days": _gaps(range(-1, 4)),
            "event": ids,
            "product": pick([None, None, None, 1, 2]),
            "category": names,
            "quantity": pick([0, 1, 2]),
            "total": money,
        },
        "events": {
            **dict.fromkeys(("external_id", "category", "production", "venue", "organiser"), names),
            "title": _gaps([*TITLES, *NAMES]),
            "starts_at": moments,
        },
        "products": dict.fromkeys(("external_id", "name", "category"), names),
        "venues": {"name": texts, "latitude": st.none(), "longitude": st.none()},
        "consents": {
            **owned,
            "permission": names,
            "channel": _gaps([*map(str, ConsentChannel)]),
            "given": truth,
            "changed_at": instants,
        },
        "tags": {**owned, "tag": names},
        "group_members": {**owned, "name": names},
        "custom_values": {
            **owned,
            "field": pick(NAMES[:2]),
            "text_value": names,
            "number_value": _gaps([0, 1, 5000, 10_000, 66_667, 199_900, 200_000]),
            "day_value": days,
            "yes_no_value": truth,
        },
        "carts": {**owned, "changed_at": instants, "total": money, "abandoned": truth},
        "identities": {**owned, "kind": _gaps(["messenger", "viber", "messenger", "viber", "email"])},
        "companies": {"name": places, "vat_number": names, "city": places, "country": _gaps(COUNTRIES)},
        "subscriptions": {**owned, "name": names, "starts_day": days, "ends_day": days},
    }


_ROWS = {
    "traits": (1, 4), "lines": (3, 8), "orders": (3, 7), "events": (2, 3), "products": (1, 3), "companies": (1, 3),
    "consents": (4, 9), "venues": (1, 2), "identities": (1, 3), "custom_values": (2, 5),
    "carts": (2, 5),
}  # fmt: skip
"""How many rows a relation has, from and to; 0 to 4 if it is not here."""
_KEYS = {"traits": "number", "events": "id", "products": "id", "companies": "id"}


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A few customers with gaps, and rows of theirs, of customers who are not there, and of nobody."""
    today, zone = draw(st.sampled_from(DAYS)), draw(st.sampled_from(ZONES))
    rows: dict[str, list[Row]] = {}
    for relation, columns in _columns(today).items():
        least, most = _ROWS.get(relation, (0, 4))
        unique = (lambda row: row["name"]) if relation == "venues" else None
        row = st.fixed_dictionaries(dict(columns))
        made = st.lists(row, min_size=least, max_size=most, unique_by=unique)
        rows[relation] = draw(made)
        if relation in _KEYS:
            rows[relation] = [{_KEYS[relation]: n, **row} for n, row in enumerate(rows[relation], start=1)]
        assert all(row.keys() == COLUMNS[relation].keys() for row in rows[relation]), relation
    for person in rows["traits"]:
        person["latitude"], person["longitude"] = draw(
            st.sampled_from([*POINTS, *POINTS, (None, None), (1.0, None)])
        )
    for venue in rows["venues"]:
        venue["latitude"], venue["longitude"] = draw(st.sampled_from(POINTS))
    return World(today, zone, draw(st.sampled_from([0, 2, 3])), rows)

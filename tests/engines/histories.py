"""Made-up histories: records as sources bring them, in batches, with corrections and erasures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from hub import (
    CartRecord,
    CompanyRecord,
    ConsentChannel,
    ConsentRecord,
    CustomerRecord,
    CustomFieldRecord,
    CustomValueRecord,
    EventRecord,
    GroupRecord,
    IdentityRecord,
    OrderLineRecord,
    OrderRecord,
    OrderStatus,
    Parameters,
    ProductRecord,
    Record,
    SubscriptionRecord,
    TagRecord,
    VenueRecord,
)
from hub.core.segments.definition import AllOf, AnyOf, CriterionNode, NoneOf, Tree
from tests.criteria.invented import COUNTRIES, LANGUAGES, NAMES, PLACES, POINTS, TITLES, parameters

TODAYS = [date(2024, 2, 29), date(2024, 3, 31), date(2024, 10, 27), date(2023, 3, 1)]
ZONES = ["Europe/Berlin", "America/New_York", "Pacific/Apia"]
WHO = ["a", "b", "c", "d"]
FIELDS = [
    CustomFieldRecord.model_validate({"name": name, "value_type": kind, "choices": choices})
    for name, kind, choices in (("opera", "number", None), ("Opera", "choice", "|".join(NAMES)))
]
"""One field for numbers, one for choices."""


@dataclass(frozen=True)
class History:
    """What happened to an organisation, and what is asked about it."""

    today: date
    zone: str
    batches: Sequence[Sequence[Record]]
    """Brought one after the other; a later record of a key replaces an earlier one."""
    erased: str | None
    """A customer who is erased in the end."""
    trees: Sequence[Tree]
    """Definitions asked after the last batch."""
    asked_between: Sequence[Tree]
    """Those asked after each batch before, so that engines have something to keep."""


def _gaps(values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([*values, None])


def _moments(today: date) -> st.SearchStrategy[datetime]:
    midnight = datetime(today.year, today.month, today.day, tzinfo=UTC)
    return st.builds(
        lambda days, hours, seconds: midnight + timedelta(days=days, hours=hours, seconds=seconds),
        st.sampled_from([-61, -60, -3, -2, -1, 0, 1, 2]),
        st.integers(-14, 14),
        st.sampled_from([-1, 0, 1]),
    )


def _records(today: date) -> st.SearchStrategy[Record]:
    moments, who, names, ids = _moments(today), st.sampled_from(WHO), _gaps(NAMES), st.sampled_from(NAMES)
    days = st.integers(-4, 4).map(lambda ahead: today + timedelta(ahead))
    births = st.builds(lambda years, ahead: today.replace(day=1, year=today.year - years) + timedelta(ahead),
                       st.sampled_from([18, 19, 20]), st.integers(0, 30))  # fmt: skip
    money = st.sampled_from([Decimal(n) for n in ("0", "0.01", "19.99", "20", "20.01", "59.97")])
    point = st.sampled_from([*POINTS, (None, None)])
    customers = point.flatmap(
        lambda place: st.builds(
            CustomerRecord, id=who, email=_gaps(["a@example.com", ""]), phone=_gaps(["+4512345678"]),
            title=_gaps(["Frau", "Herr", "Dr."]), first_name=_gaps(["Anna", "Søren", "Kim"]),
            gender=_gaps(["female", "male", "other"]), born_on=births | st.none(),
            registered_at=moments | st.none(), account_kind=_gaps(["registered", "guest"]),
            account_status=_gaps(["active", "blocked"]), country=_gaps(COUNTRIES), region=_gaps(PLACES),
            city=_gaps(PLACES), postcode=_gaps(PLACES), language=_gaps(LANGUAGES),
            latitude=st.just(place[0]), longitude=st.just(place[1]), company=_gaps(["x", "y"]),
        )
    )  # fmt: skip
    orders = st.builds(
        OrderRecord, id=ids, customer=who, ordered_at=moments, total=money,
        currency=st.sampled_from(["EUR", "EUR", "DKK"]),
        status=st.sampled_from(["paid", "paid", "completed", *OrderStatus]),
        sales_channel=_gaps(["online", "box_office"]),
    )  # fmt: skip
    lines = st.builds(
        OrderLineRecord, id=ids, order=ids, event=names, product=_gaps([None, None, NAMES[0]]), category=names,
        quantity=st.integers(0, 2), total=money,
    )  # fmt: skip
    given = st.booleans()
    return st.one_of(
        customers, customers, customers, orders, orders, orders, lines, lines, lines,
        st.builds(CompanyRecord, id=st.sampled_from(["x", "y"]), name=st.sampled_from(PLACES), vat_number=names,
                  city=_gaps(PLACES), country=_gaps(COUNTRIES)),
        st.builds(lambda name, place: VenueRecord(name=name, latitude=place[0], longitude=place[1]), ids,
                  st.sampled_from(POINTS)),
        st.builds(EventRecord, id=ids, title=_gaps([*TITLES, *NAMES]), starts_at=moments | st.none(),
                  category=names, production=names, venue=names, organiser=names),
        st.builds(ProductRecord, id=ids, name=names, category=names),
        st.builds(CartRecord, id=ids, customer=who, changed_at=moments, total=money,
                  currency=st.sampled_from(["EUR", "DKK"]), order=st.none() | ids),
        st.builds(SubscriptionRecord, id=ids, customer=who, name=ids, starts_on=days, ends_on=days | st.none())
        .filter(lambda record: record.ends_on is None or record.starts_on <= record.ends_on),
        st.builds(ConsentRecord, customer=who, permission=ids, channel=st.sampled_from(ConsentChannel),
                  given=given, at=moments),
        st.builds(IdentityRecord, customer=who, channel=st.sampled_from(["messenger", "viber"]),
                  value=who, present=st.just(value=True)).map(_own_address),
        st.builds(TagRecord, customer=who, tag=ids, present=given),
        st.builds(GroupRecord, customer=who, group=ids, present=given),
        st.builds(CustomValueRecord, customer=who, field=st.just("opera"),
                  value=_gaps(["0", "0.5", "1", "6.6667", "19.99", "20"])),
        st.builds(CustomValueRecord, customer=who, field=st.just("Opera"), value=names),
    )  # fmt: skip


def _own_address(record: IdentityRecord) -> IdentityRecord:
    """No two customers share an address."""
    return record.model_copy(update={"value": f"{record.channel}-{record.customer}"})


def _nodes(today: date) -> st.SearchStrategy[Tree]:
    def node(name: str) -> st.SearchStrategy[Tree]:
        def made(asked: Parameters) -> Tree:
            return CriterionNode(criterion=name, parameters=asked.model_dump(mode="json", exclude_defaults=True))

        return parameters(today)[name].map(made)

    return st.one_of([node(name) for name in parameters(today)])


def _trees(today: date) -> st.SearchStrategy[Tree]:
    def joined(below: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
        some = st.lists(below, max_size=3).map(tuple)
        return st.one_of(
            some.map(lambda parts: AllOf(all_of=parts)),
            some.map(lambda parts: AnyOf(any_of=parts)),
            some.map(lambda parts: NoneOf(none_of=parts)),
        )

    return st.recursive(_nodes(today), joined, max_leaves=5)


@st.composite
def histories(draw: st.DrawFn, *, batches: int = 3, trees: int = 8) -> History:
    """A history of a few customers, with questions about it."""
    today = draw(st.sampled_from(TODAYS))
    some = st.lists(_records(today), min_size=4, max_size=14)
    made = draw(st.lists(some, min_size=1, max_size=batches))
    return History(
        today=today,
        zone=draw(st.sampled_from(ZONES)),
        batches=_possible([[*FIELDS, *made[0]], *made[1:]]),
        erased=draw(st.sampled_from([None, None, "a"])),
        trees=draw(st.lists(_trees(today), min_size=2, max_size=trees)),
        asked_between=draw(st.lists(_trees(today), max_size=2)),
    )


def _possible(batches: Sequence[Sequence[Record]]) -> Sequence[Sequence[Record]]:
    """The batches without what the store refuses: a cart or a line of an order that is not there."""
    orders: set[str] = set()
    found = []
    for batch in batches:
        orders |= {record.id for record in batch if isinstance(record, OrderRecord)}
        known = [record for record in batch if not isinstance(record, OrderLineRecord) or record.order in orders]
        found.append(
            [
                record.model_copy(update={"order": None})
                if isinstance(record, CartRecord) and record.order not in orders
                else record
                for record in known
            ]
        )
    return found


def zone_of(history: History) -> ZoneInfo:
    """The organisation's time zone."""
    return ZoneInfo(history.zone)

"""A plain reading of records: the relations they make, worked out in Python and apart from any database."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from hub import (
    CartRecord,
    CompanyRecord,
    ConsentRecord,
    CustomerRecord,
    CustomValueRecord,
    EventRecord,
    GroupRecord,
    IdentityRecord,
    OrderLineRecord,
    OrderRecord,
    ProductRecord,
    Record,
    SubscriptionRecord,
    TagRecord,
    VenueRecord,
)
from hub.core.segments.definition import AllOf, AnyOf, CriterionNode, Tree, children
from hub.core.segments.language import Language
from tests.criteria.holding import EPOCH
from tests.criteria.plain import Row, World, matches
from tests.engines.histories import History, zone_of

RecordT = TypeVar("RecordT", bound=Record)
COUNTING = ("paid", "completed")


def read(history: History, numbers: Mapping[str, int]) -> World:
    """The world at the end of a history's day.

    Args:
        history: what happened.
        numbers: the number of each customer by external id; those erased are missing.
    """
    return _Reading(history, numbers).world()


def who_matches(tree: Tree, world: World, language: Language) -> set[int]:
    """The customers who match a definition, by the plain reading of its criteria."""
    everyone = {row["number"] for row in world.rows["traits"]}
    if isinstance(tree, CriterionNode):
        bound = language.catalogue.bind(tree)
        return matches(world, bound.criterion.name, bound.parameters)
    below = [who_matches(child, world, language) for child in children(tree)]
    match tree:
        case AllOf():
            return everyone.intersection(*below)
        case AnyOf():
            return set().union(*below)
    return everyone.difference(*below)


class _Reading:
    def __init__(self, history: History, numbers: Mapping[str, int]) -> None:
        self._history = history
        self._numbers = numbers
        self._zone = zone_of(history)
        self._records = [record for batch in history.batches for record in batch]
        self._lines = [line for line in self._newest(OrderLineRecord, "order", "id") if line.order in self._orders]

    def world(self) -> World:
        rows = {
            "orders": [self._order_row(order) for order in self._past_orders()],
            "lines": [self._line_row(line) for line in self._counting_lines()],
            "events": [
                {"id": self._ids(EventRecord)[name], "external_id": name, **self._event(name)}
                for name in self._ids(EventRecord)
            ],
            "products": [
                {"id": self._ids(ProductRecord)[name], "external_id": name, **self._product(name)}
                for name in self._ids(ProductRecord)
            ],
            "venues": [record.model_dump() for record in self._newest(VenueRecord, "name")],
            "consents": self._consents(),
            "tags": self._marks(TagRecord, "tag", "tag"),
            "group_members": self._marks(GroupRecord, "group", "name"),
            "custom_values": self._custom_values(),
            "carts": self._carts(),
            "identities": [
                {"customer": self._numbers[record.customer], "kind": str(record.channel)}
                for record in self._owned(IdentityRecord, "customer", "channel", "value")
            ],
            "companies": self._companies(),
            "subscriptions": [
                {
                    "customer": self._numbers[record.customer],
                    "name": record.name,
                    "starts_day": (record.starts_on - EPOCH).days,
                    "ends_day": None if record.ends_on is None else (record.ends_on - EPOCH).days,
                }
                for record in self._owned(SubscriptionRecord, "id")
            ],
        }
        rows["traits"] = [self._traits(name, number, rows) for name, number in self._numbers.items()]
        return World(self._history.today, self._zone, 2, rows)

    # -------------------------------------------------------------- records

    def _newest(self, kind: type[RecordT], *key: str) -> list[RecordT]:
        found = {
            tuple(getattr(record, name) for name in key): record
            for record in self._records
            if isinstance(record, kind)
        }
        return list(found.values())

    def _owned(self, kind: type[RecordT], *key: str) -> list[RecordT]:
        """Of customers who are there still."""
        return [
            record for record in self._newest(kind, *key) if getattr(record, "customer", None) in self._numbers
        ]

    @property
    def _orders(self) -> Mapping[str, OrderRecord]:
        return {order.id: order for order in self._newest(OrderRecord, "id")}

    def _ids(self, kind: type[EventRecord] | type[ProductRecord] | type[CompanyRecord]) -> Mapping[str, int]:
        """A number for each event, product or company that is known or named."""
        named: Iterable[str | None]
        if kind is CompanyRecord:
            named = (customer.company for customer in self._newest(CustomerRecord, "id"))
        else:
            named = (line.event if kind is EventRecord else line.product for line in self._lines)
        known: list[str] = [record.id for record in self._records if isinstance(record, kind)]
        return {name: number for number, name in enumerate(dict.fromkeys([*known, *filter(None, named)]), start=1)}

    def _one(self, kind: type[RecordT], name: str | None) -> RecordT | None:
        return next((record for record in self._newest(kind, "id") if getattr(record, "id", None) == name), None)

    # -------------------------------------------------------------- rows

    def _seconds(self, moment: datetime) -> int:
        return int(moment.timestamp())

    def _day(self, moment: datetime) -> int:
        return (moment.astimezone(self._zone).date() - EPOCH).days

    def _is_past(self, moment: datetime) -> bool:
        return moment.astimezone(self._zone).date() <= self._history.today

    def _money(self, total: Decimal, currency: str | None) -> int:
        return int(total * 100) if currency in (None, "EUR") else 0

    def _past_orders(self) -> list[OrderRecord]:
        return [order for order in self._owned(OrderRecord, "id") if self._is_past(order.ordered_at)]

    def _order_row(self, order: OrderRecord) -> Row:
        return {
            "customer": self._numbers[order.customer],
            "ordered_at": self._seconds(order.ordered_at),
            "total": self._money(order.total, order.currency),
            "status": str(order.status),
            "counts": order.status in COUNTING,
            "sales_channel": order.sales_channel and str(order.sales_channel),
        }

    def _counting_lines(self) -> list[OrderLineRecord]:
        counting = {order.id for order in self._past_orders() if order.status in COUNTING}
        return [line for line in self._lines if line.order in counting]

    def _line_row(self, line: OrderLineRecord) -> Row:
        order, event, product = (
            self._orders[line.order],
            self._one(EventRecord, line.event),
            self._one(ProductRecord, line.product),
        )
        starts = event.starts_at if event else None
        return {
            "order_id": line.order,
            "customer": self._numbers[order.customer],
            "ordered_at": self._seconds(order.ordered_at),
            "lead_days": None if starts is None else self._day(starts) - self._day(order.ordered_at),
            "sales_channel": order.sales_channel and str(order.sales_channel),
            "event": line.event and self._ids(EventRecord)[line.event],
            "product": line.product and self._ids(ProductRecord)[line.product],
            "category": line.category or (event and event.category) or (product and product.category),
            "quantity": line.quantity,
            "total": line.total,
        }

    def _event(self, name: str) -> Row:
        event = self._one(EventRecord, name) or EventRecord(id=name)
        starts = None if event.starts_at is None else self._seconds(event.starts_at)
        texts = ("title", "category", "production", "venue", "organiser")
        return {**{text: getattr(event, text) for text in texts}, "starts_at": starts}

    def _product(self, name: str) -> Row:
        product = self._one(ProductRecord, name) or ProductRecord(id=name)
        return {"name": product.name, "category": product.category}

    def _consents(self) -> list[Row]:
        newest: dict[tuple[int, str, str], tuple[datetime, int, bool]] = {}
        log = [record for record in self._records if isinstance(record, ConsentRecord)]
        for place, record in enumerate(log):
            assert record.at is not None
            if record.customer not in self._numbers or not self._is_past(record.at):
                continue
            key = (self._numbers[record.customer], record.permission, str(record.channel))
            entry = (record.at, place, record.given)
            newest[key] = max(newest.get(key, entry), entry)
        return [
            {
                "customer": who,
                "permission": what,
                "channel": where,
                "given": given,
                "changed_at": self._seconds(at),
            }
            for (who, what, where), (at, _, given) in newest.items()
        ]

    def _marks(self, kind: type[TagRecord] | type[GroupRecord], field: str, column: str) -> list[Row]:
        return [
            {"customer": self._numbers[record.customer], column: getattr(record, field)}
            for record in self._owned(kind, "customer", field)
            if record.present
        ]

    def _custom_values(self) -> list[Row]:
        empty = dict.fromkeys(("text_value", "number_value", "day_value", "yes_no_value"))
        return [
            {
                "customer": self._numbers[record.customer],
                "field": record.field,
                **empty,
                **(
                    {"number_value": int(Decimal(record.value) * 10_000)}
                    if record.field == "opera"
                    else {"text_value": record.value}
                ),
            }
            for record in self._owned(CustomValueRecord, "customer", "field")
            if record.value is not None
        ]

    def _carts(self) -> list[Row]:
        return [
            {
                "customer": self._numbers[cart.customer],
                "changed_at": self._seconds(cart.changed_at),
                "total": self._money(cart.total, cart.currency),
                "abandoned": cart.order is None or cart.order not in self._orders,
            }
            for cart in self._owned(CartRecord, "id")
            if self._is_past(cart.changed_at)
        ]

    def _companies(self) -> list[Row]:
        rows = []
        for name, number in self._ids(CompanyRecord).items():
            company = self._one(CompanyRecord, name) or CompanyRecord(id=name, name=name)
            rows.append({"id": number, **company.model_dump(exclude={"id"})})
            rows[-1]["country"] = company.country and company.country.upper()
        return rows

    def _traits(self, name: str, number: int, rows: Mapping[str, list[Row]]) -> Row:
        person = self._one(CustomerRecord, name) or CustomerRecord(id=name)
        bought = [row for row in rows["orders"] if row["customer"] == number and row["counts"]]
        lines = [row for row in rows["lines"] if row["customer"] == number]
        times = [row["ordered_at"] for row in bought]
        kept: dict[str, Any] = person.model_dump(
            include={
                "title", "first_name", "region", "city", "postcode", "latitude", "longitude", "gender",
                "account_kind", "account_status",
            }
        )  # fmt: skip
        return {
            "number": number,
            **{
                column: value and str(value) if isinstance(value, str) else value for column, value in kept.items()
            },
            "born_day": None if person.born_on is None else (person.born_on - EPOCH) // timedelta(1),
            "registered_at": None if person.registered_at is None else self._seconds(person.registered_at),
            "country": person.country and person.country.upper(),
            "language": person.language and person.language.lower(),
            "has_email": bool(person.email),
            "has_phone": bool(person.phone),
            "company": person.company and self._ids(CompanyRecord)[person.company],
            "orders": len(bought),
            "tickets": sum(row["quantity"] for row in lines if row["product"] is None),
            "events": len({row["event"] for row in lines} - {None}),
            "revenue": sum(row["total"] for row in bought),
            "first_purchase_at": min(times, default=None),
            "last_purchase_at": max(times, default=None),
        }

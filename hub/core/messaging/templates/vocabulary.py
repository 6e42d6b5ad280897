"""Everything that a template may speak of: one declaration for the checks, invented customers and the docs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType

from hub.core.contracts.vocabularies import ConsentChannel
from hub.core.messaging.templates.values import Money

FIELDS = "customer.fields"
"""Where custom fields are; their names are the organisation's own."""
CHAT_LINKS = "chat_links"
"""Where the customer's links into conversations are; their names are those of channels."""


@dataclass(frozen=True)
class Variable:
    """Something that a template may speak of."""

    path: str
    """Its name with what it belongs to, such as ``customer.first_name``."""
    help: str
    """What it is, in a few words."""
    example: object
    """An invented value, in the type that it has. Money is in euros."""
    may_be_missing: bool = True
    """Whether there may be none for some customer."""


_NOON = datetime(2026, 1, 15, 11, tzinfo=UTC)

VARIABLES = (
    Variable("customer.title", "how they are addressed, such as Dr.", "Dr."),
    Variable("customer.first_name", "first name", "Ada"),
    Variable("customer.last_name", "last name", "Example"),
    Variable("customer.gender", "`female`, `male` or `other`", "female"),
    Variable("customer.born_on", "day of birth", date(1990, 5, 17)),
    Variable("customer.email", "email address", "ada@example.com"),
    Variable("customer.phone", "phone number", "+4930123456"),
    Variable("customer.street", "street and house number", "Uferweg 1"),
    Variable("customer.postcode", "postcode", "10115"),
    Variable("customer.city", "town or city", "Berlin"),
    Variable("customer.region", "region or state", "Berlin"),
    Variable("customer.country", "country's code", "DE"),
    Variable("customer.language", "language's code", "de"),
    Variable("customer.external_id", "their id in the source they came from", "C-1", may_be_missing=False),
    Variable("customer.registered_at", "when their account was made", _NOON),
    Variable("customer.account_kind", "kind of their account", "registered"),
    Variable("customer.account_status", "status of their account", "active"),
    Variable("customer.tags", "list of their tags", ("friend of the house",), may_be_missing=False),
    Variable("customer.groups", "list of their groups", ("Members",), may_be_missing=False),
    Variable(FIELDS, 'custom fields by name, such as `customer.fields["Seat"]`', {}, may_be_missing=False),
    Variable("company.name", "business partner they belong to", "Invented Ltd"),
    Variable("company.city", "its town or city", "Hamburg"),
    Variable("company.country", "its country's code", "DE"),
    Variable("figures.orders", "number of orders", 3, may_be_missing=False),
    Variable("figures.tickets", "number of tickets", 6, may_be_missing=False),
    Variable("figures.events", "number of different events", 2, may_be_missing=False),
    Variable("figures.revenue", "what they spent", Money(Decimal("84.50"), "EUR"), may_be_missing=False),
    Variable("figures.first_purchase", "when they first bought", _NOON),
    Variable("figures.last_purchase", "when they last bought", _NOON),
    Variable("last_order.ordered_at", "when their newest order was placed", _NOON),
    Variable("last_order.total", "what it cost", Money(Decimal("42.00"), "EUR")),
    Variable("last_order.titles", "list of the events and products in it", ("Hamlet", "Programme")),
    Variable("organisation.name", "name of the organisation", "Theater am Ufer", may_be_missing=False),
    Variable(
        "unsubscribe_url", "where the customer unsubscribes", "https://hub.example.com/u/1", may_be_missing=False
    ),
    Variable("campaign_link", "the newsletter's campaign link", "https://hub.example.com/l/1"),
    *(
        Variable(
            f"{CHAT_LINKS}.{channel.value}",
            f"where the customer begins a conversation on {channel.value.title()}",
            f"https://{channel.value}.example.com/?token=1",
        )
        for channel in ConsentChannel
        if channel.is_chat
    ),
    Variable("own_text", "the newsletter's own text", "A word of our own.\nAnd another."),
    Variable("today", "the day of sending", date(2026, 1, 20), may_be_missing=False),
)
"""All of it. A customer's orders are those that count as bought; moments are shown in the organisation's time
zone."""


def _children() -> Iterator[tuple[str, str]]:
    for variable in VARIABLES:
        root, _, name = variable.path.partition(".")
        yield "", root
        if name:
            yield root, name


def _by_parent() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for parent, name in _children():
        found.setdefault(parent, set()).add(name)
    return MappingProxyType({parent: frozenset(names) for parent, names in found.items()})


NAMES_IN: Mapping[str, frozenset[str]] = _by_parent()
"""The names below each name; below the empty one, the names that stand alone."""

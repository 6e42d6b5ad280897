"""The built-in criteria. They come through the same hook as anyone's."""

from collections.abc import Sequence
from typing import Any

from hub import Criterion, hookimpl
from hub.core.criteria.age import Age
from hub.core.criteria.bought import Bought
from hub.core.criteria.consent import Consent
from hub.core.criteria.counts import Orders, Tickets
from hub.core.criteria.days import FirstPurchase, LastPurchase, Registered
from hub.core.criteria.money import AverageOrder, Revenue
from hub.core.criteria.places import City, Country, Postcode, Region
from hub.core.criteria.tag import Tag


@hookimpl
def hub_criteria() -> Sequence[type[Criterion[Any]]]:
    """Return the built-in criteria, in the order in which they are documented."""
    return [
        Age, Tickets, Orders, Revenue, AverageOrder, LastPurchase, FirstPurchase, Registered, Consent, Tag,
        Country, Region, City, Postcode, Bought,
    ]  # fmt: skip

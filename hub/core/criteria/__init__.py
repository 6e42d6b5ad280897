"""The built-in criteria. They come through the same hook as anyone's."""

from collections.abc import Sequence
from typing import Any

from hub import Criterion, hookimpl
from hub.core.criteria.abandoned_cart import AbandonedCart
from hub.core.criteria.account import Account, AccountStatusCriterion
from hub.core.criteria.age import Age
from hub.core.criteria.birthday import Birthday
from hub.core.criteria.bought import Bought
from hub.core.criteria.company import Company
from hub.core.criteria.consent import Consent
from hub.core.criteria.counts import Events, Orders, Tickets
from hub.core.criteria.custom_field import CustomField
from hub.core.criteria.days import FirstPurchase, LastPurchase, Registered
from hub.core.criteria.distance import Distance
from hub.core.criteria.gender import GenderCriterion
from hub.core.criteria.group import Group
from hub.core.criteria.language import LanguageCriterion
from hub.core.criteria.lead_time import LeadTime
from hub.core.criteria.money import AverageOrder, Revenue
from hub.core.criteria.places import City, Country, Postcode, Region
from hub.core.criteria.reachable import Reachable
from hub.core.criteria.sales_channel import SalesChannelCriterion
from hub.core.criteria.subscription import Subscription
from hub.core.criteria.tag import Tag
from hub.core.criteria.ticket_for import TicketFor


@hookimpl
def hub_criteria() -> Sequence[type[Criterion[Any]]]:
    """Return the built-in criteria, in the order in which they are documented."""
    return [
        Age, Birthday, GenderCriterion, LanguageCriterion, Country, Region, City, Postcode, Distance,
        Tickets, Events, Orders, Revenue, AverageOrder, LastPurchase, FirstPurchase, Bought, TicketFor, LeadTime,
        SalesChannelCriterion, AbandonedCart, Subscription, Registered, Account, AccountStatusCriterion, Company,
        Consent, Reachable, Tag, Group, CustomField,
    ]  # fmt: skip

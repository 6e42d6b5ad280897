"""Every built-in criterion passes the suite that plugins pass."""

from datetime import date
from decimal import Decimal
from typing import Any

from hub import (
    AccountKind,
    AccountStatus,
    ConsentChannel,
    Criterion,
    DateTest,
    NumberTest,
    OneOf,
    OrderStatus,
    TextTest,
)
from hub.core.criteria import hub_criteria
from hub.core.criteria.abandoned_cart import AbandonedCart, AbandonedCartParameters
from hub.core.criteria.account import (
    Account,
    AccountParameters,
    AccountStatusCriterion,
    AccountStatusParameters,
)
from hub.core.criteria.age import Age, AgeParameters
from hub.core.criteria.birthday import Birthday, BirthdayParameters
from hub.core.criteria.bought import Bought, BoughtParameters, Kind
from hub.core.criteria.company import Company, CompanyParameters
from hub.core.criteria.consent import Consent, ConsentParameters
from hub.core.criteria.counts import (
    Events,
    EventsParameters,
    Orders,
    OrdersParameters,
    Tickets,
    TicketsParameters,
)
from hub.core.criteria.custom_field import CustomField, CustomFieldParameters
from hub.core.criteria.days import (
    FirstPurchase,
    FirstPurchaseParameters,
    LastPurchase,
    LastPurchaseParameters,
    Registered,
    RegisteredParameters,
)
from hub.core.criteria.distance import Distance, DistanceParameters
from hub.core.criteria.gender import GenderCriterion, GenderParameters, Genders
from hub.core.criteria.group import Group, GroupParameters
from hub.core.criteria.language import LanguageCriterion, LanguageParameters
from hub.core.criteria.lead_time import LeadTime, LeadTimeParameters
from hub.core.criteria.money import AverageOrder, AverageOrderParameters, Revenue, RevenueParameters
from hub.core.criteria.places import City, Country, CountryParameters, PlaceParameters, Postcode, Region
from hub.core.criteria.reachable import Reachable, ReachableParameters
from hub.core.criteria.sales_channel import SalesChannelCriterion, SalesChannelParameters, Through
from hub.core.criteria.subscription import State, Subscription, SubscriptionParameters
from hub.core.criteria.tag import Tag, TagParameters
from hub.core.criteria.ticket_for import TicketFor, TicketForParameters
from hub.testing.criteria import CriterionConformance

NUMBERS = (
    NumberTest(at_least=Decimal(3)),
    NumberTest(at_most=Decimal("2.5")),
    NumberTest(more_than=Decimal(10) ** 12),
    NumberTest(less_than=Decimal(-1)),
    NumberTest(exactly=Decimal("0.0001")),
    NumberTest(between=(Decimal(2), Decimal("5.25"))),
)
DATES = (
    DateTest(within_days=0),
    DateTest(within_days=100_000),
    DateTest(exactly_days_ago=2),
    DateTest(not_within_days=60),
    DateTest(more_than_days_ago=1),
    DateTest(before=date.min),
    DateTest(after=date.max),
    DateTest(on=date(2024, 2, 29)),
    DateTest(between=(date.min, date.max)),
)
CHOICES = (OneOf(is_in=("DE", "dk")), OneOf(not_in=("AT",)))
TIMES = (None, DateTest(within_days=365), DateTest(not_within_days=60), DateTest(on=date(2024, 2, 29)))
NAMES = (OneOf(is_in=("Carmen",)), OneOf(not_in=("Carmen", "Aida")))
TEXTS = (TextTest(any_of=("vip",)), TextTest(all_of=("vip", 'a "b" \\ c\n')), TextTest(none_of=("vip", "press")))


class TestAge(CriterionConformance):
    criterion = Age
    examples = tuple(AgeParameters(age=test, known_only=known) for test in NUMBERS for known in (True, False))


class TestTickets(CriterionConformance):
    criterion = Tickets
    examples = tuple(TicketsParameters(number=test, when=when) for test in NUMBERS for when in TIMES)


class TestOrders(CriterionConformance):
    criterion = Orders
    examples = tuple(OrdersParameters(number=test, when=when) for test in NUMBERS for when in TIMES)


class TestOrdersOfAStatus(CriterionConformance):
    criterion = Orders
    examples = tuple(
        OrdersParameters(number=NUMBERS[0], statuses=statuses, when=when)
        for statuses in (OneOf(is_in=("refunded",)), OneOf(not_in=tuple(OrderStatus)))
        for when in TIMES
    )


class TestEvents(CriterionConformance):
    criterion = Events
    examples = tuple(EventsParameters(number=test, when=when) for test in NUMBERS for when in TIMES)


class TestRevenue(CriterionConformance):
    criterion = Revenue
    examples = tuple(RevenueParameters(amount=test, when=when) for test in NUMBERS for when in TIMES)


class TestAverageOrder(CriterionConformance):
    criterion = AverageOrder
    examples = tuple(AverageOrderParameters(amount=test, when=when) for test in NUMBERS for when in TIMES)


class TestLastPurchase(CriterionConformance):
    criterion = LastPurchase
    examples = tuple(LastPurchaseParameters(when=test) for test in DATES)


class TestFirstPurchase(CriterionConformance):
    criterion = FirstPurchase
    examples = tuple(FirstPurchaseParameters(when=test) for test in DATES)


class TestRegistered(CriterionConformance):
    criterion = Registered
    examples = tuple(RegisteredParameters(when=test) for test in DATES)


class TestConsent(CriterionConformance):
    criterion = Consent
    examples = (
        ConsentParameters(permission="newsletter"),
        ConsentParameters(permission="newsletter", channel=ConsentChannel.SMS),
        ConsentParameters(permission="newsletter", channel=ConsentChannel.EMAIL, missing=True),
    )


class TestTag(CriterionConformance):
    criterion = Tag
    examples = tuple(TagParameters(tags=test) for test in TEXTS)


class TestCountry(CriterionConformance):
    criterion = Country
    examples = tuple(CountryParameters(codes=test) for test in CHOICES)


class TestRegion(CriterionConformance):
    criterion = Region
    examples = tuple(PlaceParameters(names=test) for test in CHOICES)


class TestCity(CriterionConformance):
    criterion = City
    examples = tuple(PlaceParameters(names=test) for test in CHOICES)


class TestPostcode(CriterionConformance):
    criterion = Postcode
    examples = tuple(PlaceParameters(names=test) for test in CHOICES)


class TestBought(CriterionConformance):
    criterion = Bought
    examples = tuple(
        BoughtParameters(kind=kind, names=names, when=when)
        for kind in Kind
        for names in TEXTS
        for when in TIMES[:3]
    )


class TestBirthday(CriterionConformance):
    criterion = Birthday
    examples = (
        BirthdayParameters(today=True),
        BirthdayParameters(days=0),
        BirthdayParameters(days=1),
        BirthdayParameters(days=366),
        BirthdayParameters(this_month=True),
    )


class TestGender(CriterionConformance):
    criterion = GenderCriterion
    examples = tuple(GenderParameters(who=who, derived=derived) for who in Genders for derived in (True, False))


class TestLanguage(CriterionConformance):
    criterion = LanguageCriterion
    examples = tuple(LanguageParameters(codes=test) for test in (OneOf(is_in=("de-AT", "DA")), CHOICES[1]))


class TestDistance(CriterionConformance):
    criterion = Distance
    examples = tuple(
        DistanceParameters.model_validate({"kilometres": test, **place, "unknown": unknown})
        for test in NUMBERS[::5]
        for place in ({"venue": "Main stage"}, {"venue": "nowhere"}, {"point": "-52.520,13.405"})
        for unknown in (True, False)
    )


class TestTicketFor(CriterionConformance):
    criterion = TicketFor
    examples = (
        TicketForParameters(),
        TicketForParameters(back=1),
        TicketForParameters(back=100_000),
        TicketForParameters(at_any_time=True),
        TicketForParameters(first_day=date.min, last_day=date.max),
        TicketForParameters(
            category=NAMES[1],
            production=NAMES[0],
            venue=NAMES[1],
            title='a "b"',
            organiser=NAMES[0],
            event=NAMES[1],
            last_day=date(2024, 2, 29),
        ),
    )


class TestLeadTime(CriterionConformance):
    criterion = LeadTime
    examples = tuple(LeadTimeParameters(days=test, when=when) for test in NUMBERS for when in TIMES)


class TestSalesChannel(CriterionConformance):
    criterion = SalesChannelCriterion
    examples = tuple(SalesChannelParameters(through=through, when=when) for through in Through for when in TIMES)


class TestAbandonedCart(CriterionConformance):
    criterion = AbandonedCart
    examples = tuple(
        AbandonedCartParameters(when=when, value=value) for when in TIMES for value in (None, *NUMBERS)
    )


class TestSubscription(CriterionConformance):
    criterion = Subscription
    examples = tuple(
        SubscriptionParameters(state=state, names=names) for state in State for names in (None, *NAMES)
    )


class TestAccount(CriterionConformance):
    criterion = Account
    examples = tuple(AccountParameters(kind=kind) for kind in AccountKind)


class TestAccountStatus(CriterionConformance):
    criterion = AccountStatusCriterion
    examples = tuple(AccountStatusParameters(status=status) for status in AccountStatus)


class TestCompany(CriterionConformance):
    criterion = Company
    examples = (
        CompanyParameters(),
        CompanyParameters(names=NAMES[0]),
        CompanyParameters(names=NAMES[1], vat_numbers=NAMES[0], cities=NAMES[1], countries=CHOICES[0]),
    )


class TestReachable(CriterionConformance):
    criterion = Reachable
    examples = tuple(
        ReachableParameters(channel=channel, permission=permission)
        for channel in ConsentChannel
        for permission in (None, "newsletter")
    )


class TestGroup(CriterionConformance):
    criterion = Group
    examples = tuple(GroupParameters(groups=test) for test in TEXTS)


class TestCustomField(CriterionConformance):
    criterion = CustomField
    examples = (
        *(CustomFieldParameters(name="shoe size", number=test) for test in NUMBERS),
        *(CustomFieldParameters(name="member until", day=test) for test in DATES),
        CustomFieldParameters(name='the "seat"', text=NAMES[0]),
        CustomFieldParameters(name="seat", choice=NAMES[1]),
        CustomFieldParameters(name="wheelchair", yes=True),
        CustomFieldParameters(name="wheelchair", no=True),
    )


def test_no_criterion_is_left_out() -> None:
    tried = {suite.criterion for suite in CriterionConformance.__subclasses__() if suite.__module__ == __name__}
    assert tried == set[type[Criterion[Any]]](hub_criteria())

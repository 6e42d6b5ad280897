"""Every built-in criterion passes the suite that plugins pass."""

from datetime import date
from decimal import Decimal
from typing import Any

from hub import ConsentChannel, Criterion, DateTest, NumberTest, OneOf, TextTest
from hub.core.criteria import hub_criteria
from hub.core.criteria.age import Age, AgeParameters
from hub.core.criteria.bought import Bought, BoughtParameters, Kind
from hub.core.criteria.consent import Consent, ConsentParameters
from hub.core.criteria.counts import Orders, OrdersParameters, Tickets, TicketsParameters
from hub.core.criteria.days import (
    FirstPurchase,
    FirstPurchaseParameters,
    LastPurchase,
    LastPurchaseParameters,
    Registered,
    RegisteredParameters,
)
from hub.core.criteria.money import AverageOrder, AverageOrderParameters, Revenue, RevenueParameters
from hub.core.criteria.places import (
    City,
    Country,
    CountryParameters,
    PlaceParameters,
    Postcode,
    Region,
)
from hub.core.criteria.tag import Tag, TagParameters
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
TEXTS = (TextTest(any_of=("vip",)), TextTest(all_of=("vip", 'a "b" \\ c\n')), TextTest(none_of=("vip", "press")))


class TestAge(CriterionConformance):
    criterion = Age
    examples = tuple(AgeParameters(age=test, known_only=known) for test in NUMBERS for known in (True, False))


class TestTickets(CriterionConformance):
    criterion = Tickets
    examples = tuple(TicketsParameters(number=test) for test in NUMBERS)


class TestOrders(CriterionConformance):
    criterion = Orders
    examples = tuple(OrdersParameters(number=test) for test in NUMBERS)


class TestRevenue(CriterionConformance):
    criterion = Revenue
    examples = tuple(RevenueParameters(amount=test) for test in NUMBERS)


class TestAverageOrder(CriterionConformance):
    criterion = AverageOrder
    examples = tuple(AverageOrderParameters(amount=test) for test in NUMBERS)


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
        for when in (None, *DATES)
    )


def test_no_criterion_is_left_out() -> None:
    tried = {suite.criterion for suite in CriterionConformance.__subclasses__() if suite.__module__ == __name__}
    assert tried == set[type[Criterion[Any]]](hub_criteria())

"""A plugin's criterion is speakable from its parameter model alone: nothing is written for it in the language."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, StrictBool, create_model
from sqlalchemy import ColumnElement, true

from hub import (
    Criterion,
    DateTest,
    IntegratorError,
    Keyword,
    NumberTest,
    OneOf,
    Parameters,
    Question,
    Text,
    TextTest,
)
from hub.core.contracts.errors import DefinitionError, Place
from hub.core.criteria import hub_criteria
from hub.core.segments.definition import CriterionNode, dump, load
from hub.core.segments.language import Language


class House(StrEnum):
    """Where the seat is."""

    STALLS = "stalls"
    CIRCLE = "circle"


class SubscribedParameters(Parameters):
    """One of everything that can be said."""

    series: Text = Field(description="name of the series")
    house: House = Field(description="part of the house")
    seats: Annotated[NumberTest | None, Keyword("with seats")] = Field(None, description="how many seats")
    row: Annotated[int | None, Keyword("from row")] = Field(
        None, description="row, counted from the stage", ge=1, le=99
    )
    price: Annotated[Decimal | None, Keyword("priced")] = Field(None, description="price of a seat")
    since: Annotated[date | None, Keyword("since")] = Field(None, description="first day of the contract")
    renewed: Annotated[DateTest | None, Keyword("renewed")] = Field(None, description="when it was renewed")
    paid_by: Annotated[OneOf | None, Keyword("paid")] = Field(None, description="how it is paid")
    guests: Annotated[TextTest | None, Keyword("guests")] = Field(None, description="who comes along")
    not_cancelled: StrictBool = Field(False, description="leave out contracts that end")


class Subscribed(Criterion[SubscribedParameters]):
    """Holds a subscription."""

    name = "subscribed"
    label = "Subscription"
    help = "The customer holds a subscription of this series."
    parameters_model = SubscribedParameters
    aliases = ("abonnement", "season.ticket")

    def expression(self, parameters: SubscribedParameters, question: Question) -> ColumnElement[bool]:
        return true()

    def describe(self, parameters: SubscribedParameters) -> str:
        seats = f" with {parameters.seats.describe('seat', 'seats')}" if parameters.seats else ""
        return f"hold the subscription “{parameters.series}” in the {parameters.house}{seats}"


@pytest.fixture(scope="module")
def spoken() -> Language:
    return Language([*(criterion() for criterion in hub_criteria()), Subscribed()])


FULL = (
    'subscribed "Große \\"Oper\\"" circle with seats >= 2 from row 7 priced 19.5 since 2024-02-29 '
    'renewed not within 365 days paid not in ("card", "cash") guests all of ("Ada", "Bo") not cancelled'
)
FULL_TREE = {
    "series": 'Große "Oper"',
    "house": "circle",
    "seats": {"at_least": 2},
    "row": 7,
    "price": "19.5",
    "since": "2024-02-29",
    "renewed": {"not_within_days": 365},
    "paid_by": {"not_in": ["card", "cash"]},
    "guests": {"all_of": ["Ada", "Bo"]},
    "not_cancelled": True,
}


def test_it_is_read_and_written_with_all_its_words(spoken: Language) -> None:
    tree = spoken.parse(FULL)
    assert dump(tree) == {"criterion": "subscribed", "parameters": FULL_TREE}
    assert spoken.print(tree) == FULL
    assert spoken.print(load(dump(tree))) == FULL


def test_what_may_be_left_out_is_neither_said_nor_kept(spoken: Language) -> None:
    tree = spoken.parse("subscribed 'A' stalls")
    assert dump(tree) == {"criterion": "subscribed", "parameters": {"series": "A", "house": "stalls"}}
    assert spoken.print(tree) == 'subscribed "A" stalls'


def test_it_joins_and_describes_like_any_other(spoken: Language) -> None:
    text = "orders >= 3 and not (Season.Ticket 'A' Stalls with seats = 1 or abonnement 'B' circle not cancelled)"
    assert spoken.print(spoken.parse(text)) == (
        'orders >= 3 and not (subscribed "A" stalls with seats = 1 or subscribed "B" circle not cancelled)'
    )
    assert spoken.describe(spoken.parse(text)) == (
        "customers who placed at least 3 orders, but not those who hold the subscription “A” in the stalls with "
        "exactly 1 seat or those who hold the subscription “B” in the circle"
    )


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=10)
PRICE = st.decimals(-(10**9), 10**9, places=3, allow_nan=False)


@settings(max_examples=150, deadline=None)
@given(
    values=st.fixed_dictionaries(
        {"series": TEXT, "house": st.sampled_from(House)},
        optional={
            "seats": st.integers(-5, 5).map(lambda number: {"less_than": number}),
            "row": st.integers(1, 99),
            "price": PRICE,
            "since": st.dates(),
            "renewed": st.dates().map(lambda day: {"on": day})
            | st.integers(0, 9).map(lambda days: {"within_days": days}),
            "paid_by": st.lists(TEXT, min_size=1, max_size=3).map(lambda texts: {"is_in": texts}),
            "guests": st.lists(TEXT, min_size=1, max_size=3).map(lambda texts: {"none_of": texts}),
            "not_cancelled": st.booleans(),
        },
    )
)
def test_whatever_it_is_asked_with_reads_back(spoken: Language, values: dict[str, Any]) -> None:
    parameters = SubscribedParameters.model_validate(values)
    node = CriterionNode(
        criterion="subscribed", parameters=parameters.model_dump(mode="json", exclude_defaults=True)
    )
    text = spoken.print(node)
    tree = spoken.parse(text)
    assert isinstance(tree, CriterionNode)
    assert spoken.catalogue.bind(tree).parameters == parameters
    assert spoken.print(tree) == text


MISTAKES = {
    "subscribed 'A'": (15, 1, "expected `circle` or `stalls`"),
    "subscribed 'A' sofa": (16, 4, "expected `circle` or `stalls`"),
    "subscribed 'A' stalls from row 100": (23, 12, "the number is too large: 99 is the most"),
    "subscribed 'A' stalls from row 7.5": (23, 12, "expected a valid integer"),
    "subscribed 'A' stalls since 7": (29, 1, "expected a date such as 2024-01-31"),
    "subscribed 'A' stalls from row 7 with seats = 1": (34, 4, "`with` doesn't fit after `7`"),
    "subscribed 'A' stalls not": (26, 1, "expected `cancelled`"),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.items(), ids=MISTAKES)
def test_its_mistakes_have_places(text: str, expected: tuple[int, int, str], spoken: Language) -> None:
    column, length, message = expected
    with pytest.raises(DefinitionError) as caught:
        spoken.parse(text)
    assert message in str(caught.value)
    assert caught.value.place == Place(1, column, length)


def test_without_the_plugin_the_same_words_are_unknown(language: Language) -> None:
    with pytest.raises(DefinitionError, match="there is no criterion `subscribed`"):
        language.parse(FULL)


def _criterion(criterion_name: str = "seat", **fields: Any) -> Criterion[Any]:
    model = create_model("Model", __base__=Parameters, **fields)

    class Made(Criterion[Any]):
        name = criterion_name
        label = help = "made for a test"
        parameters_model = model

        def expression(self, parameters: Any, question: Question) -> ColumnElement[bool]:
            return true()

        def describe(self, parameters: Any) -> str:
            return "sit"

    return Made()


REFUSED: dict[str, tuple[Criterion[Any], str]] = {
    "a type that can't be said": (_criterion(place=(float, ...)), "parameter place can't be said: use NumberTest"),
    "a choice of types": (_criterion(place=(int | str, ...)), "parameter place can't be said"),
    "a flag that is needed": (
        _criterion(front=(bool, ...)),
        "parameter front is a bool: give it the default False",
    ),
    "a flag that is true unless said": (_criterion(front=(bool, True)), "give it the default False"),
    "two alike": (_criterion(row=(int | None, None), seat=(int | None, None)), "give them different keywords"),
    "a taken name": (_criterion("everyone", row=(int, ...)), "the word 'everyone' is taken by the language"),
    "a keyword in capitals": (_criterion(row=(Annotated[int, Keyword("Row")], ...)), "not a lower-case word"),
    "a keyword of signs": (_criterion(row=(Annotated[int, Keyword("row #")], ...)), "not a lower-case word"),
    "a unit of a flag": (
        _criterion(front=(Annotated[bool, Keyword("front", unit=("rows",))], False)),
        "parameter front is no quantity",
    ),
    "a unit in capitals": (_criterion(row=(Annotated[int, Keyword(unit=("KM",))], ...)), "not a lower-case word"),
    "a keyword that joins": (_criterion(row=(Annotated[int | None, Keyword("and row")], None)), "'and' is taken"),
    "none that can't be said": (
        _criterion(row=(Annotated[int | None, Keyword("row")], 7)),
        "may be None, which can't be said",
    ),
    "a flag that may be none": (_criterion(front=(bool | None, False)), "may be None, which can't be said"),
}


@pytest.mark.parametrize(("criterion", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_said_is_refused_with_the_plugin_named(criterion: Criterion[Any], said: str) -> None:
    with pytest.raises(IntegratorError, match=criterion.name) as caught:
        Language([*(one() for one in hub_criteria()), criterion])
    assert said in str(caught.value)


def test_a_unit_is_written_and_may_be_left_out() -> None:
    language = Language([_criterion(row=(Annotated[int, Keyword("row", unit=("steps", "step"))], ...))])
    for text, written in (
        ("seat row 7", "seat row 7 steps"),
        ("seat row 7 step", "seat row 7 steps"),
        ("seat row 1 steps", "seat row 1 step"),
    ):
        assert language.print(language.parse(text)) == written


def test_a_strict_number_can_be_said() -> None:
    language = Language([_criterion(row=(Annotated[int, Field(strict=True)], ...))])
    assert language.print(language.parse("seat 7")) == "seat 7"

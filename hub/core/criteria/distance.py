"""How far from a venue or a point a customer lives, as the crow flies."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from math import pi, sin
from operator import eq, ge, gt, le, lt
from types import MappingProxyType
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StrictBool, model_validator
from sqlalchemy import ColumnElement, Double, and_, func, literal, or_, select

from hub import Criterion, Keyword, NumberTest, Parameters, Question, Text

_RADIUS = 6371.0088
"""Mean radius of the Earth in kilometres."""
_POINT = re.compile(r"\s*(-?\d{1,2}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)\s*", re.ASCII)

_COMPARE: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = MappingProxyType(
    {"at_least": ge, "at_most": le, "more_than": gt, "less_than": lt, "exactly": eq}
)


def _point(text: str) -> str:
    """A point with one space behind its comma."""
    found = _POINT.fullmatch(text)
    if not found:
        raise ValueError('write a point as latitude and longitude in degrees, such as "52.52, 13.405"')
    latitude, longitude = found.groups()
    if abs(float(latitude)) > 90 or abs(float(longitude)) > 180:
        raise ValueError("a latitude lies between -90 and 90, a longitude between -180 and 180")
    return f"{latitude}, {longitude}"


class DistanceParameters(Parameters):
    """How far, from where, and what of those whose place is unknown."""

    kilometres: Annotated[NumberTest, Keyword(unit=("km",))] = Field(description="kilometres, as the crow flies")
    venue: Annotated[Text | None, Keyword("from")] = Field(
        None, description="a venue by its name, compared exactly; give either this or a point"
    )
    point: Annotated[Text | None, AfterValidator(lambda text: text and _point(text)), Keyword("from point")] = (
        Field(None, description='latitude and longitude in degrees, such as "52.52, 13.405"')
    )
    unknown: Annotated[StrictBool, Keyword("including unknown")] = Field(
        False, description="let customers in whose place is unknown"
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.venue is None) == (self.point is None):
            raise ValueError('say from where: `from "a venue"` or `from point "52.52, 13.405"`, not both')
        return self


class Distance(Criterion[DistanceParameters]):
    """Great-circle distance by the haversine formula on a sphere. From a venue of unknown place: nobody."""

    name = "distance"
    label = "Distance"
    help = (
        "How many kilometres from a venue or a point the customer lives, as the crow flies. Customers whose place "
        "is unknown are left out unless you say `including unknown`; a venue whose place is unknown finds nobody."
    )
    parameters_model = DistanceParameters

    def expression(self, parameters: DistanceParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``.

        Distance d on a sphere of radius R has the haversine sin²(d / 2R), which rises with it: comparing
        haversines leaves the inverse to nobody.
        """
        traits, here = question.relations.traits.c, _place(parameters, question)
        known = and_(traits.latitude.is_not(None), traits.longitude.is_not(None))
        near = and_(known, _compared(parameters.kilometres, _haversine((traits.latitude, traits.longitude), here)))
        somewhere = and_(here[0].is_not(None), here[1].is_not(None))
        if parameters.unknown:
            return and_(somewhere, or_(traits.latitude.is_(None), traits.longitude.is_(None), near))
        return and_(somewhere, near)

    def describe(self, parameters: DistanceParameters) -> str:
        """See ``Criterion.describe``."""
        place = f"“{parameters.venue}”" if parameters.venue is not None else parameters.point
        unknown = " (or at an unknown place)" if parameters.unknown else ""
        return f"live {parameters.kilometres.describe('km')} from {place}{unknown}"


_Place = tuple[ColumnElement[float], ColumnElement[float]]


def _place(parameters: DistanceParameters, question: Question) -> _Place:
    """Latitude and longitude in degrees."""
    if parameters.point is not None:
        latitude, longitude = (literal(float(part), Double) for part in parameters.point.split(","))
        return latitude, longitude
    venues = question.relations.venues.c
    chosen = venues.name == parameters.venue
    # Names are unique; the aggregate says so to engines that would otherwise check it.
    return (
        select(func.max(venues.latitude)).where(chosen).scalar_subquery(),
        select(func.max(venues.longitude)).where(chosen).scalar_subquery(),
    )


def _haversine(one: _Place, other: _Place) -> ColumnElement[float]:
    def half_sine(first: ColumnElement[float], second: ColumnElement[float]) -> ColumnElement[float]:
        return func.sin(func.radians(first - second) * literal(0.5, Double), type_=Double)

    latitudes, longitudes = half_sine(one[0], other[0]), half_sine(one[1], other[1])
    narrowing = func.cos(func.radians(one[0]), type_=Double) * func.cos(func.radians(other[0]), type_=Double)
    return latitudes * latitudes + narrowing * longitudes * longitudes


def _bound(kilometres: Decimal) -> ColumnElement[float]:
    """The haversine of a distance; below 0 for one below 0, above 1 for one that is nowhere on Earth."""
    angle = float(kilometres) / (2 * _RADIUS)
    if angle < 0:
        return literal(-1.0, Double)
    return literal(2.0 if angle > pi / 2 else sin(angle) ** 2, Double)


def _compared(test: NumberTest, haversine: ColumnElement[float]) -> ColumnElement[bool]:
    form, value = test.form
    if form == "between":
        return and_(haversine >= _bound(value[0]), haversine <= _bound(value[1]))
    return _COMPARE[form](haversine, _bound(value))

"""Where a customer lives. Texts are compared as they came; a list is tried in its usual spellings.

Databases disagree on how to change capitals beyond A to Z, so the spellings are made here, and every engine
compares exactly.
"""

import re
from collections.abc import Iterable
from itertools import product
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field
from sqlalchemy import ColumnElement

from hub import Criterion, OneOf, Parameters, Question

_CODE = re.compile(r"[A-Z]{2}")


def _codes(test: OneOf) -> OneOf:
    """Country codes in capitals."""
    form, texts = test.form
    codes = [text.upper() for text in texts]
    for code, text in zip(codes, texts, strict=True):
        if not _CODE.fullmatch(code):
            raise ValueError(f'"{text:.40}" is no country code: write two letters, such as "DE"')
    return OneOf.model_validate({form: codes})


def _all_cases(code: str) -> Iterable[str]:
    return ("".join(letters) for letters in product(*((letter, letter.lower()) for letter in code)))


def _spellings(text: str) -> Iterable[str]:
    return (text, text.lower(), text.upper(), text.title())


class CountryParameters(Parameters):
    """Which countries."""

    codes: Annotated[OneOf, AfterValidator(_codes)] = Field(
        description="ISO 3166 codes of two letters, such as DE; capitals do not matter"
    )


class Country(Criterion[CountryParameters]):
    """The country of the address."""

    name = "country"
    label = "Country"
    help = "The customer's country is, or is not, one of these. An unknown country is neither."
    parameters_model = CountryParameters

    def expression(self, parameters: CountryParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        return parameters.codes.matches(question.relations.traits.c.country, _all_cases)

    def describe(self, parameters: CountryParameters) -> str:
        """See ``Criterion.describe``."""
        return f"live in a country that is {parameters.codes.describe()}"


class PlaceParameters(Parameters):
    """Which places."""

    names: OneOf = Field(
        description="as written, in small letters, in capitals, or with each word's first letter a capital"
    )


class _Place(Criterion[PlaceParameters]):
    """What region, city and postcode share."""

    parameters_model = PlaceParameters
    column: ClassVar[str]

    def expression(self, parameters: PlaceParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        return parameters.names.matches(question.relations.traits.c[self.column], _spellings)

    def describe(self, parameters: PlaceParameters) -> str:
        """See ``Criterion.describe``."""
        return f"have a {self.label.lower()} that is {parameters.names.describe()}"


class Region(_Place):
    """The state, county or region of the address."""

    name = column = "region"
    label = "Region"
    help = "The customer's state, county or region is, or is not, one of these. An unknown one is neither."


class City(_Place):
    """The town or city of the address."""

    name = column = "city"
    label = "City"
    help = "The customer's town or city is, or is not, one of these. An unknown one is neither."


class Postcode(_Place):
    """The postal code of the address."""

    name = column = "postcode"
    label = "Postcode"
    help = "The customer's postcode is, or is not, one of these, compared whole. An unknown one is neither."

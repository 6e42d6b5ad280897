"""Where a customer lives. Texts are compared as they came; a list is tried in its usual spellings."""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field
from sqlalchemy import ColumnElement

from hub import Criterion, Distribution, DistributionKind, OneOf, Parameters, Question
from hub.core.criteria.spellings import all_cases, country_codes, usual_spellings


class CountryParameters(Parameters):
    """Which countries."""

    codes: Annotated[OneOf, AfterValidator(country_codes)] = Field(
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
        return parameters.codes.matches(question.relations.traits.c.country, all_cases)

    def describe(self, parameters: CountryParameters) -> str:
        """See ``Criterion.describe``."""
        return f"live in a country that is {parameters.codes.describe()}"

    def distribution(self, parameters: CountryParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        traits = question.relations.traits.c
        return Distribution(DistributionKind.CHOICE, traits.number, traits.country)


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
        return parameters.names.matches(question.relations.traits.c[self.column], usual_spellings)

    def describe(self, parameters: PlaceParameters) -> str:
        """See ``Criterion.describe``."""
        return f"have a {self.label.lower()} that is {parameters.names.describe()}"

    def distribution(self, parameters: PlaceParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        traits = question.relations.traits.c
        return Distribution(DistributionKind.CHOICE, traits.number, traits[self.column])


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

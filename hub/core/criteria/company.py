"""Which business partner a customer belongs to."""

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated

from pydantic import AfterValidator, Field
from sqlalchemy import ColumnElement, and_, select

from hub import Criterion, Distribution, DistributionKind, Keyword, OneOf, Parameters, Question
from hub.core.criteria.spellings import all_cases, country_codes, usual_spellings


class CompanyParameters(Parameters):
    """Which partners: all that is said must be true of the customer's."""

    names: Annotated[OneOf | None, Keyword("name")] = Field(None, description="names, in the usual spellings")
    vat_numbers: Annotated[OneOf | None, Keyword("vat number")] = Field(
        None, description="VAT numbers, compared exactly"
    )
    cities: Annotated[OneOf | None, Keyword("city")] = Field(
        None, description="towns or cities of the partner, in the usual spellings"
    )
    countries: Annotated[
        OneOf | None, AfterValidator(lambda test: test and country_codes(test)), Keyword("country")
    ] = Field(None, description="ISO 3166 codes of the partner's country; capitals do not matter")


class Company(Criterion[CompanyParameters]):
    """Belongs to a business partner: any, or one of a certain name, VAT number, city or country."""

    name = "company"
    label = "Company"
    help = (
        "The customer belongs to a business partner: to any, or to one with this name, VAT number, city or "
        "country. What is unknown of a partner passes no test."
    )
    parameters_model = CompanyParameters

    def expression(self, parameters: CompanyParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        companies, company = question.relations.companies.c, question.relations.traits.c.company
        tests = [test.matches(companies[column], spellings) for _, column, test, spellings in _tests(parameters)]
        if not tests:
            return company.is_not(None)
        return and_(
            company.is_not(None), company.in_(select(companies.id).where(companies.id.is_not(None), *tests))
        )

    def describe(self, parameters: CompanyParameters) -> str:
        """See ``Criterion.describe``."""
        said = [f"{label} {test.describe()}" for label, _, test, _ in _tests(parameters)]
        return f"belong to a company{' with ' + ' and '.join(said) if said else ''}"

    def distribution(self, parameters: CompanyParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        traits, companies = question.relations.traits.c, question.relations.companies.c
        belongs = traits.company == companies.id
        return Distribution(DistributionKind.CHOICE, traits.number, companies.name, (belongs,))


def _tests(parameters: CompanyParameters) -> Iterator[tuple[str, str, OneOf, Callable[[str], Iterable[str]]]]:
    """What is asked: the label, the column, the test, and how its texts may be spelt."""
    for label, column, test, spellings in (
        ("name", "name", parameters.names, usual_spellings),
        ("VAT number", "vat_number", parameters.vat_numbers, _as_it_is),
        ("city", "city", parameters.cities, usual_spellings),
        ("country", "country", parameters.countries, all_cases),
    ):
        if test is not None:
            yield label, column, test, spellings


def _as_it_is(text: str) -> Iterable[str]:
    return (text,)

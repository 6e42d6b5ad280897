"""The language a customer is written to in."""

from typing import Annotated

from pydantic import AfterValidator, Field
from sqlalchemy import ColumnElement

from hub import Criterion, Distribution, DistributionKind, OneOf, Parameters, Question
from hub.core.criteria.spellings import all_cases, language_codes


class LanguageParameters(Parameters):
    """Which languages."""

    codes: Annotated[OneOf, AfterValidator(language_codes)] = Field(
        description="ISO 639 codes as your data has them, such as de or de-AT; capitals do not matter"
    )


class LanguageCriterion(Criterion[LanguageParameters]):
    """The customer's language."""

    name = "language"
    label = "Language"
    help = "The customer's language is, or is not, one of these. An unknown language is neither."
    parameters_model = LanguageParameters

    def expression(self, parameters: LanguageParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        return parameters.codes.matches(question.relations.traits.c.language, all_cases)

    def describe(self, parameters: LanguageParameters) -> str:
        """See ``Criterion.describe``."""
        return f"have a language that is {parameters.codes.describe()}"

    def distribution(self, parameters: LanguageParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        traits = question.relations.traits.c
        return Distribution(DistributionKind.CHOICE, traits.number, traits.language)

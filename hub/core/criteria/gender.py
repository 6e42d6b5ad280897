"""Gender, as it is known or as a title or a first name tells it."""

from enum import StrEnum

from pydantic import Field, StrictBool
from sqlalchemy import ColumnElement, and_, or_, true

from hub import Criterion, Distribution, DistributionKind, Gender, Parameters, Question
from hub.core.criteria.first_names import MEN, WOMEN
from hub.core.criteria.spellings import usual_spellings
from hub.core.criteria.titles import FOR_MEN, FOR_WOMEN


class Genders(StrEnum):
    """Whom a ``gender`` means."""

    WOMEN = "women"
    """Women."""
    MEN = "men"
    """Men."""
    BOTH = "both"
    """Women and men: whose gender is known as one of these."""
    ALL = "all"
    """Everyone, whatever their gender, known or not."""


class GenderParameters(Parameters):
    """Whom, and how it is known."""

    who: Genders = Field(description="women, men, both of them, or all, which is everyone")
    derived: StrictBool = Field(
        False, description="also tell it by the title or the first name where it is unknown"
    )


class GenderCriterion(Criterion[GenderParameters]):
    """Women, men, both or all. A customer with no gender, or another, counts only under all."""

    name = "gender"
    label = "Gender"
    help = (
        "Women, men, both of them, or all. Whose gender is unknown counts only under all, unless you say "
        "`derived`: then an unknown gender is told by the title, or else by the first name if it is a common one."
    )
    parameters_model = GenderParameters

    def expression(self, parameters: GenderParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        traits = question.relations.traits.c
        if parameters.who is Genders.ALL:
            return true()
        genders = [gender for word, gender in _GENDERS if parameters.who in (word, Genders.BOTH)]
        known = and_(traits.gender.is_not(None), traits.gender.in_([gender.value for gender in genders]))
        if not parameters.derived:
            return known
        title, name = traits.title, traits.first_name
        told = [
            or_(
                and_(title.is_not(None), title.in_(_spelt(_TITLES[gender]))),
                and_(
                    or_(title.is_(None), title.not_in(_spelt(FOR_WOMEN | FOR_MEN))),
                    name.is_not(None),
                    name.in_(_spelt(_NAMES[gender])),
                ),
            )
            for gender in genders
        ]
        return or_(known, and_(traits.gender.is_(None), or_(*told)))

    def describe(self, parameters: GenderParameters) -> str:
        """See ``Criterion.describe``."""
        said = {
            Genders.WOMEN: "are women",
            Genders.MEN: "are men",
            Genders.BOTH: "are women or men",
            Genders.ALL: "are of any gender or none",
        }[parameters.who]
        derived = parameters.derived and parameters.who is not Genders.ALL
        return f"{said} (also by title or first name)" if derived else said

    def distribution(self, parameters: GenderParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        traits = question.relations.traits.c
        return Distribution(DistributionKind.CHOICE, traits.number, traits.gender)


_GENDERS = ((Genders.WOMEN, Gender.FEMALE), (Genders.MEN, Gender.MALE))
_TITLES = {Gender.FEMALE: FOR_WOMEN, Gender.MALE: FOR_MEN}
_NAMES = {Gender.FEMALE: WOMEN, Gender.MALE: MEN}


def _spelt(texts: frozenset[str]) -> list[str]:
    """All their spellings, in one order, so that the same question is always the same statement."""
    return sorted({spelling for text in texts for spelling in usual_spellings(text)})

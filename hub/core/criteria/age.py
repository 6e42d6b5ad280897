"""Age in completed years, by the day of birth."""

from datetime import date

from pydantic import Field, StrictBool
from sqlalchemy import BigInteger, ColumnElement, and_, false, literal, not_, or_, true

from hub import Calendar, Criterion, Distribution, DistributionKind, NumberTest, Parameters, Question


class AgeParameters(Parameters):
    """How old, and what of those who never said."""

    age: NumberTest = Field(description="age in completed years")
    known_only: StrictBool = Field(False, description="leave out customers without a date of birth")


class Age(Criterion[AgeParameters]):
    """Completed years on the day of evaluation. A date of birth after it counts as none."""

    name = "age"
    label = "Age"
    help = (
        "Completed years today. Customers without a date of birth are included unless you say `known only`. "
        "Who was born on 29 February completes a year on 1 March where there is no 29 February."
    )
    parameters_model = AgeParameters

    def expression(self, parameters: AgeParameters, question: Question) -> ColumnElement[bool]:
        """See ``Criterion.expression``."""
        born, calendar = question.relations.traits.c.born_day, question.calendar
        today = literal(calendar.number_of(calendar.today), BigInteger)
        lowest, highest = parameters.age.whole()
        tests: list[ColumnElement[bool]] = [born.is_not(None), born <= today]
        if lowest is not None:
            tests.append(_completed(born, lowest, calendar))
        if highest is not None:
            tests.append(not_(_completed(born, highest + 1, calendar)))
        if parameters.known_only:
            return and_(*tests)
        return or_(born.is_(None), born > today, and_(*tests))

    def describe(self, parameters: AgeParameters) -> str:
        """See ``Criterion.describe``."""
        unknown = "" if parameters.known_only else " (or gave no date of birth)"
        return f"are {parameters.age.describe('year', 'years')} old{unknown}"

    def distribution(self, parameters: AgeParameters, question: Question) -> Distribution:
        """See ``Criterion.distribution``."""
        traits = question.relations.traits.c
        return Distribution(DistributionKind.DAY, traits.number, traits.born_day, years=True)

    def changes_with_time(self, parameters: AgeParameters) -> bool:
        """See ``Criterion.changes_with_time``: every day is somebody's birthday."""
        return True


def _completed(born: ColumnElement[int], years: int, calendar: Calendar) -> ColumnElement[bool]:
    """Whether so many years are completed today; all are that were born on or before the same day back then."""
    if years <= 0:
        return true()
    if years >= calendar.today.year:
        return false()
    year = calendar.today.year - years
    try:
        latest = calendar.today.replace(year=year)
    except ValueError:  # today is 29 February, and that year has none
        latest = date(year, 2, 28)
    return born <= literal(calendar.number_of(latest), BigInteger)

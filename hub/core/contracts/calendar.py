"""The organisation's days around the day of evaluation, as numbers that engines compare."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Calendar:
    """The organisation's days around the day of evaluation.

    Facts carry instants (seconds since 1970 in UTC), births carry days (days since 1970). A test of
    a day becomes a comparison with bound instants, so that all engines agree and days keep their
    23 or 25 hours when the clocks change.
    """

    today: date
    """The day of evaluation. Nothing after it counts."""
    time_zone: ZoneInfo

    def starts_at(self, day: date) -> int:
        """The first second of a day there, as seconds since 1970 in UTC."""
        return int(datetime(day.year, day.month, day.day, tzinfo=self.time_zone).timestamp())

    def ends_at(self, day: date) -> int:
        """The first second after a day there, as seconds since 1970 in UTC."""
        if day == date.max:
            return self.starts_at(day) + 86_400
        return self.starts_at(day + timedelta(days=1))

    @staticmethod
    def number_of(day: date) -> int:
        """Days since 1970 of a day, as births are stored."""
        return (day - _EPOCH).days

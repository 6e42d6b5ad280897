"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1)


class Instant(TypeDecorator[datetime]):
    """A moment, stored as whole seconds since 1970 in UTC, so that engines compare integers."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | int | None, dialect: Dialect) -> int | None:
        """Turn an aware datetime into seconds; a plain number is taken as seconds already."""
        if value is None or isinstance(value, int):
            return value
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return (value - _EPOCH) // timedelta(seconds=1)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Turn seconds into an aware datetime in UTC."""
        return None if value is None else _EPOCH + timedelta(seconds=int(value))


class Day(TypeDecorator[date]):
    """A calendar day, stored as days since 1970."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | int | None, dialect: Dialect) -> int | None:
        """Turn a date into its number; a plain number is taken as one already."""
        if value is None or isinstance(value, int):
            return value
        return (value - _EPOCH_DAY).days

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        """Turn a number into its date."""
        return None if value is None else _EPOCH_DAY + timedelta(days=int(value))

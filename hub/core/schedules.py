"""When a sync or an import runs by itself: on change, at an interval, or by five cron fields."""

import re
from dataclasses import dataclass
from datetime import timedelta

from hub.core.contracts.errors import UserError

_INTERVAL = re.compile(r"every\s+(?:(\d{1,5})\s+)?(minute|hour|day)s?", re.IGNORECASE)
_CRON = re.compile(r"[\d*/,\-a-z]+(?:\s+[\d*/,\-a-z]+){4}", re.IGNORECASE)
_LOOK = timedelta(minutes=1)
"""How often it is looked whether anything changed."""
ON_CHANGE = "on change"
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True)
class Schedule:
    """An interval, or a crontab line in the organisation's time zone."""

    interval: timedelta | None = None
    cron: str | None = None
    on_change: bool = False
    """Whether it runs only if anything changed; the interval then says how often that is looked at."""

    @classmethod
    def parse(cls, text: str) -> "Schedule":
        """Read ``on change``, ``every 15 minutes``, ``every day`` or five cron fields such as ``0 6 * * *``.

        Raises:
            UserError: it is neither.
        """
        if " ".join(text.lower().split()) == ON_CHANGE:
            return cls(interval=_LOOK, on_change=True)
        interval = _INTERVAL.fullmatch(text.strip())
        if interval:
            count = int(interval[1] or 1)
            if not count:
                raise UserError("a schedule can't run every 0 minutes; every minute is the shortest")
            return cls(interval=count * _UNITS[interval[2].lower()])
        if _CRON.fullmatch(text.strip()):
            return cls(cron=" ".join(text.split()))
        raise UserError(
            f"the schedule {text!r} can't be understood; write 'on change', 'every 15 minutes', 'every hour' or "
            "five cron fields such as '0 6 * * *'"
        )

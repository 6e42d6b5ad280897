"""When and how often an organisation writes to its customers: quiet hours, and a cap of newsletters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from hub.core.contracts.errors import UserError
from hub.core.contracts.records import ConsentChannel
from hub.core.store.database import Database
from hub.core.store.tables import MessageRules, Organisation

_HOUR = 60
_KEPT_SECONDS = 2.0
_MOST_DAYS = 366
DISTURBING = tuple(
    channel for channel in ConsentChannel if channel not in (ConsentChannel.EMAIL, ConsentChannel.PHONE)
)
"""The channels that make a sound in somebody's pocket: quiet hours are meant for these."""


@dataclass(frozen=True)
class Rules:
    """The rules of an organisation. Without quiet hours and cap, anything goes."""

    quiet_from: time | None = None
    """From when nothing promoting is sent, by the organisation's clock; None: no quiet hours."""
    quiet_until: time | None = None
    """Until when; earlier than ``quiet_from`` when a night lies between."""
    quiet_channels: Sequence[ConsentChannel] = DISTURBING
    """On which channels."""
    most_messages: int | None = None
    """A customer gets at most so many newsletters; None: any number."""
    most_days: int = 7
    """Within so many days, counted back from the moment of sending."""

    def quiet_until_when(self, channel: ConsentChannel, now: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet hours end that it is now; None if it is none on this channel.

        Args:
            channel: on which channel.
            now: the time, in UTC.
            zone: where the organisation's clock is.
        """
        if self.quiet_from is None or self.quiet_until is None or channel not in self.quiet_channels:
            return None
        local = now.astimezone(zone)
        clock = local.time().replace(tzinfo=None)
        if self.quiet_from <= self.quiet_until:
            is_quiet = self.quiet_from <= clock < self.quiet_until
        else:
            is_quiet = clock >= self.quiet_from or clock < self.quiet_until
        if not is_quiet:
            return None
        day = local.date() if clock < self.quiet_until else local.date() + timedelta(days=1)
        return datetime.combine(day, self.quiet_until, zone).astimezone(now.tzinfo)

    def since(self, now: datetime) -> datetime:
        """From when on newsletters count towards the cap."""
        return now - timedelta(days=self.most_days)


class MessageRuling:
    """Keeps the rules of one organisation.

    Args:
        database: the store's.
        organisation: whose.
        clock: the time now, in UTC.
    """

    def __init__(self, database: Database, organisation: Organisation, clock: Callable[[], datetime]) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._zone = ZoneInfo(organisation.time_zone)
        self._clock = clock
        self._looked: tuple[float, Rules | None] = (0.0, None)

    def now(self) -> Rules:
        """The rules in force."""
        with self._database.session() as session:
            kept = session.get(MessageRules, self._organisation_id)
        return Rules() if kept is None else _rules_of(kept)

    def current(self) -> Rules:
        """The rules as they were a few seconds ago at most: for whoever asks before every message."""
        looked, rules = self._looked
        if rules is None or monotonic() - looked > _KEPT_SECONDS:
            rules = self.now()
            self._looked = (monotonic(), rules)
        return rules

    def quiet_until(self, channel: ConsentChannel) -> datetime | None:
        """When the quiet hours end that it is now on a channel, in UTC; None if it is none. See ``current``."""
        return self.current().quiet_until_when(channel, self._clock(), self._zone)

    def change(self, **values: object) -> Rules:
        """Change rules; they hold for what is being sent already, too.

        Args:
            values: any of the fields of ``Rules``.

        Raises:
            UserError: a value makes no sense.
        """
        rules = replace(self.now(), **values)  # type: ignore[arg-type]  # checked next
        _check(rules)
        with self._database.session(write=True) as session:
            session.merge(
                MessageRules(
                    organisation_id=self._organisation_id,
                    quiet_from=_minutes(rules.quiet_from),
                    quiet_until=_minutes(rules.quiet_until),
                    quiet_channels=",".join(channel.value for channel in rules.quiet_channels),
                    most_messages=rules.most_messages,
                    most_days=rules.most_days,
                )
            )
        self._looked = (0.0, None)
        return rules


def _check(rules: Rules) -> None:
    if (rules.quiet_from is None) is not (rules.quiet_until is None):
        raise UserError("quiet hours have a beginning and an end; say both, or none")
    if rules.quiet_from is not None and rules.quiet_from == rules.quiet_until:
        raise UserError("quiet hours that end when they begin would be all day or none; say another end")
    if rules.most_messages is not None and rules.most_messages < 1:
        raise UserError("a cap of messages is at least 1; leave it out if nobody is to be protected")
    if not 1 <= rules.most_days <= _MOST_DAYS:
        raise UserError(f"messages are counted over 1 to {_MOST_DAYS} days")


def _rules_of(kept: MessageRules) -> Rules:
    return Rules(
        quiet_from=_time(kept.quiet_from),
        quiet_until=_time(kept.quiet_until),
        quiet_channels=tuple(ConsentChannel(name) for name in kept.quiet_channels.split(",") if name),
        most_messages=kept.most_messages,
        most_days=kept.most_days,
    )


def _minutes(clock: time | None) -> int | None:
    return None if clock is None else clock.hour * _HOUR + clock.minute


def _time(minutes: int | None) -> time | None:
    return None if minutes is None else time(minutes // _HOUR, minutes % _HOUR)

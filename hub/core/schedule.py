"""Runs jobs by their schedules in one elected process; the only file that knows APScheduler.

Each firing also claims a row (job, slot): should two processes ever believe they are elected, one of them runs it.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from hub.core.contracts.errors import UserError
from hub.core.schedules import Schedule
from hub.core.store.database import Database
from hub.core.store.election import Election
from hub.core.store.firings import claim

_LOOK_AGAIN = 5.0
"""Seconds between two looks at the election and at the list of jobs."""
_AT_ONCE = 10
"""How many jobs run side by side: a slow or broken sink, or a long newsletter, holds up no other."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """Something to be done by a schedule."""

    name: str
    """Unique among jobs."""
    schedule: Schedule
    last_started: datetime
    """When it ran last or, if it never did, when it was made: what came due since is made up for once."""
    work: Callable[[], None]


class Scheduler:
    """Fires jobs while this process is the elected one.

    Args:
        database: where firings are claimed.
        election: decides which process fires.
        jobs: lists the jobs; asked again every few seconds, so that a change takes effect by itself.
        zone: the time zone of cron fields.
        owner: this process's name.
        clock: the time now, in UTC.
    """

    def __init__(
        self,
        database: Database,
        election: Election,
        jobs: Callable[[], Iterable[Job]],
        zone: ZoneInfo,
        owner: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._election = election
        self._jobs = jobs
        self._zone = zone
        self._owner = owner
        self._clock = clock
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="scheduler", daemon=True)
        self._scheduler: BackgroundScheduler | None = None
        self._known: dict[str, Job] = {}

    def start(self) -> None:
        """Begin to stand for election and to fire jobs when elected."""
        self._thread.start()

    def stop(self) -> None:
        """Fire nothing more, wait for what is running, and step down."""
        self._stopping.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._election.hold():
                    self._bring_up_to_date()
                else:
                    self._step_down()
            except Exception:  # noqa: BLE001 - whatever it is, the next look may succeed
                _log.exception("the scheduler could not look at its jobs; it looks again soon")
            self._stopping.wait(_LOOK_AGAIN)
        self._step_down()
        self._election.resign()

    def _bring_up_to_date(self) -> None:
        scheduler = self._scheduler or self._begin()
        jobs = {job.name: job for job in self._jobs()}
        for name in self._known.keys() - jobs.keys():
            scheduler.remove_job(name)
        for name, job in jobs.items():
            if name not in self._known or self._known[name].schedule != job.schedule:
                trigger = trigger_of(job.schedule, self._zone)
                due = trigger.get_next_fire_time(None, job.last_started)
                missed = due is not None and due <= self._clock()
                # Not a job of its own that runs once: APScheduler stumbles over removing one while it is stopped.
                first = {"next_run_time": datetime.now(UTC)} if missed else {}
                scheduler.add_job(self._fire, trigger, args=[name], id=name, replace_existing=True, **first)
        self._known = jobs

    def _begin(self) -> BackgroundScheduler:
        _log.info("this process now runs the schedule")
        self._scheduler = BackgroundScheduler(
            timezone=self._zone,
            executors={"default": ThreadPoolExecutor(_AT_ONCE)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )
        self._scheduler.start()
        return self._scheduler

    def _step_down(self) -> None:
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=True)
            self._scheduler = None
            self._known = {}

    def _fire(self, name: str) -> None:
        job = self._known.get(name)
        now = self._clock()
        if job is None or not claim(self._database, name, slot_of(job.schedule, now), self._owner, now):
            return
        try:
            job.work()
        except UserError as error:
            _log.warning("%s did not run: %s", name, error)
        except Exception:  # noqa: BLE001 - a bug in one job must not end the others
            _log.exception("%s ended with an unexpected error", name)


def trigger_of(schedule: Schedule, zone: ZoneInfo) -> BaseTrigger:
    """APScheduler's form of a schedule. Intervals are counted from 1970, so that all processes agree on them.

    Raises:
        UserError: the cron fields make no sense.
    """
    if schedule.interval is not None:
        start = datetime(1970, 1, 1, tzinfo=UTC)
        return IntervalTrigger(seconds=int(schedule.interval.total_seconds()), start_date=start, timezone=UTC)
    try:
        return CronTrigger.from_crontab(schedule.cron, timezone=zone)
    except ValueError as error:
        raise UserError(f"the schedule {schedule.cron!r} can't be understood: {error}") from error


def slot_of(schedule: Schedule, now: datetime) -> datetime:
    """The moment a firing belongs to: the start of its interval, or its minute."""
    length = schedule.interval or timedelta(minutes=1)
    start = datetime(1970, 1, 1, tzinfo=UTC)
    return start + (now - start) // length * length

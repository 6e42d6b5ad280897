"""Jobs fire by their schedules, in one process only, and what came due meanwhile is made up for."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.core.contracts.errors import UserError
from hub.core.schedule import Job, Scheduler, slot_of, trigger_of
from hub.core.schedules import Schedule
from hub.core.store.database import Database
from hub.core.store.election import election
from hub.core.store.firings import claim

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2024, 6, 15, 10, 7, 30, tzinfo=UTC)
LONG = 20.0
"""Seconds a test waits at most for what happens at once."""


@pytest.mark.parametrize(
    ("text", "interval", "cron"),
    [
        ("every 15 minutes", timedelta(minutes=15), None),
        ("Every hour", timedelta(hours=1), None),
        (" every 2 days ", timedelta(days=2), None),
        ("0  6 * * mon-fri", None, "0 6 * * mon-fri"),
    ],
)
def test_a_schedule_is_an_interval_or_cron_fields(text: str, interval: timedelta | None, cron: str | None) -> None:
    assert Schedule.parse(text) == Schedule(interval, cron)


@pytest.mark.parametrize("text", ["", "soon", "every 0 minutes", "every fortnight", "1 2 3", "99 99 99 99 99"])
def test_a_schedule_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        trigger_of(Schedule.parse(text), BERLIN)


def test_cron_fields_are_in_the_organisations_time_zone() -> None:
    due = trigger_of(Schedule.parse("0 6 * * *"), BERLIN).get_next_fire_time(None, NOW)
    assert due == datetime(2024, 6, 16, 4, tzinfo=UTC)


def test_a_slot_is_the_same_for_all_processes() -> None:
    assert slot_of(Schedule.parse("every 15 minutes"), NOW) == datetime(2024, 6, 15, 10, 0, tzinfo=UTC)
    assert slot_of(Schedule.parse("0 6 * * *"), NOW) == datetime(2024, 6, 15, 10, 7, tzinfo=UTC)


def test_a_slot_is_claimed_once(database: Database) -> None:
    assert claim(database, "job", NOW, "one", NOW)
    assert not claim(database, "job", NOW, "two", NOW)
    assert claim(database, "job", NOW + timedelta(minutes=1), "two", NOW)
    assert claim(database, "other job", NOW, "two", NOW)


def test_many_claim_at_once_and_one_gets_it(database: Database) -> None:
    start = threading.Barrier(8)
    won: list[str] = []

    def stand(owner: str) -> None:
        start.wait()
        if claim(database, "job", NOW, owner, NOW):
            won.append(owner)

    threads = [threading.Thread(target=stand, args=[str(number)]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_one_process_is_elected_and_the_next_when_it_resigns(store_url: str) -> None:
    first, second = Database(store_url), Database(store_url)
    one, two = election(first), election(second)
    assert one.hold()
    assert one.hold()
    assert not two.hold()
    one.resign()
    assert two.hold()
    two.resign()
    first.close()
    second.close()


def wait_for(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def scheduler_of(database: Database, jobs: Callable[[], list[Job]], owner: str) -> Scheduler:
    return Scheduler(database, election(database), jobs, BERLIN, owner, lambda: datetime.now(UTC))


def test_two_processes_fire_what_came_due_once(store_url: str) -> None:
    ran: list[str] = []
    long_ago = datetime.now(UTC) - timedelta(hours=3)

    def jobs_of(owner: str) -> Callable[[], list[Job]]:
        return lambda: [
            Job("sync 1", Schedule.parse("every day"), long_ago - timedelta(days=1), lambda: ran.append(owner))
        ]

    databases = [Database(store_url), Database(store_url)]
    schedulers = [
        scheduler_of(database, jobs_of(str(place)), str(place)) for place, database in enumerate(databases)
    ]
    for scheduler in schedulers:
        scheduler.start()
    assert wait_for(lambda: bool(ran))
    for scheduler in schedulers:
        scheduler.stop()
    assert len(ran) == 1
    for database in databases:
        database.close()


def test_a_job_that_fails_holds_up_no_other(database: Database) -> None:
    done = threading.Event()
    long_ago = datetime.now(UTC) - timedelta(days=2)

    def broken() -> None:
        raise ZeroDivisionError

    def jobs() -> list[Job]:
        daily = Schedule.parse("every day")
        return [Job("broken", daily, long_ago, broken), Job("sound", daily, long_ago, done.set)]

    scheduler = scheduler_of(database, jobs, "one")
    scheduler.start()
    assert done.wait(LONG)
    scheduler.stop()

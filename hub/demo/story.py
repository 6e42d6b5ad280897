"""Tells the hub's story with an invented theatre: from exports to an audience kept true, every figure checked."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from hub.core.app import Hub, make_home, open_hub
from hub.core.contracts.errors import SettingsError
from hub.core.settings import load_settings
from hub.core.store.tables import Organisation
from hub.demo.chapters import audience_chapter, box_office_chapter, file_chapter, import_chapter, segments_chapter
from hub.demo.ending import tell_what_next
from hub.demo.home import fresh_home
from hub.demo.platform import Platform, loopback_platform
from hub.demo.serving import leave_running
from hub.demo.telling import Teller
from hub.demo.theatre.exports import write_exports
from hub.demo.theatre.theatre import COUNTRY, CURRENCY, NAME, TIME_ZONE, invent_theatre

CUSTOMERS = 20_000


def now_in_utc() -> datetime:
    """The time now."""
    return datetime.now(UTC)


def run(
    home: Path | None,
    *,
    serve: bool,
    say: Callable[[str], None],
    customers: int = CUSTOMERS,
    clock: Callable[[], datetime] = now_in_utc,
) -> int:
    """Tell the story and, if asked, leave everything running until the process is stopped.

    Args:
        home: where to make the hub; an empty folder or none yet. None: ``./demo-home``, made afresh.
        serve: keep the platform on loopback, the scheduler and the REST API going.
        say: takes each line of the story.
        customers: how many the theatre has; a few hundred are the least with which there is something to tell.
        clock: the time now, in UTC.

    Returns:
        The exit code: 0, or 1 if anything that was checked did not hold.

    Raises:
        InUse: the folder holds something else.
        SettingsError: the environment names a store, which is hardly meant for a demo.
    """
    tell = Teller(say)
    with fresh_home(home) as folder, loopback_platform() as platform:
        make_home(folder, Organisation(name=NAME, time_zone=TIME_ZONE, currency=CURRENCY, country=COUNTRY))
        _keep_to_the_home(folder)
        hub = open_hub(folder.resolve(), clock)
        try:
            _tell(tell, hub, platform, customers)
            tell_what_next(tell, folder)
            if serve:
                leave_running(tell, hub, platform)
        finally:
            hub.close()
    return 1 if tell.failed else 0


def _keep_to_the_home(home: Path) -> None:
    # The environment overrules a home's settings, so an invented theatre could end in a real store.
    if load_settings(home).store_url:
        raise SettingsError("HUB_STORE_URL names a store that the demo would fill; unset it first")


def _tell(tell: Teller, hub: Hub, platform: Platform, customers: int) -> None:
    exports = hub.home / "exports"
    tell.step(f"The {NAME}: an invented house, with five years of sales")
    with tell.timed(lambda: f"written as a ticket system exports them: {exports}"):
        theatre = invent_theatre(hub.clock(), customers)
        files = write_exports(theatre, exports)
    import_chapter(tell, hub, files)
    segments_chapter(tell, hub)
    held = audience_chapter(tell, hub, platform)
    box_office_chapter(tell, hub, platform, theatre, held)
    file_chapter(tell, hub)

"""Makes the home of a hub."""

from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.numbers import list_currencies

from hub.core.app.foundation import STORE
from hub.core.contracts.errors import NameTaken, NotFound, SettingsError
from hub.core.settings import FILE, write_settings
from hub.core.store.database import Database
from hub.core.store.organisations import add_organisation, first_organisation
from hub.core.store.schema import prepare
from hub.core.store.tables import Organisation


def make_home(home: Path, organisation: Organisation, store_url: str = "") -> None:
    """Make a home: its folder, its settings, its store and its organisation.

    Raises:
        NameTaken: there is a hub in this folder already.
        SettingsError: the time zone, the currency or the country does not exist.
        StoreError: the store can't be made.
    """
    if (home / FILE).exists():
        raise NameTaken(f"there is a hub in {home} already; remove the folder to start afresh")
    _check(organisation)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not store_url:
        (home / STORE).touch(mode=0o600)
    database = Database(store_url or f"sqlite:///{home / STORE}")
    try:
        prepare(database)
        with suppress(NotFound):
            held = first_organisation(database)
            raise NameTaken(f"this store is that of {held.name!r} already; name another one with --store-url")
        add_organisation(database, organisation)
    finally:
        database.close()
    write_settings(home, store_url)


def _check(organisation: Organisation) -> None:
    try:
        ZoneInfo(organisation.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(
            f"there is no time zone {organisation.time_zone!r}; write one such as Europe/Berlin"
        ) from error
    if organisation.currency not in list_currencies():
        raise SettingsError(f"there is no currency {organisation.currency!r}; write an ISO code such as EUR")
    if len(organisation.country) != 2 or not organisation.country.isalpha():
        raise SettingsError(f"{organisation.country!r} is no country; write an ISO code such as DE")

"""Whatever customers tick, confirm and withdraw: the log only grows, and it agrees with a plain model."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import ConsentChannel, UserError
from hub.core.consents.places import ConsentPlace
from hub.core.contracts.records import Batch, ConsentRecord
from hub.core.ingest.ingest import Ingest
from hub.core.store.database import Database
from hub.core.store.facts.consents import Withdrawal, withdraw
from hub.core.store.tables import Organisation
from tests.consents.shop import EMAIL, SMS, Shop

CHANNELS = st.sampled_from([EMAIL, SMS])
WAITS = st.sampled_from([timedelta(), timedelta(seconds=1), timedelta(hours=2)])
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["tick", "tick", "confirm", "withdraw", "send"]),
        st.dictionaries(CHANNELS, st.booleans(), min_size=1),
        st.sampled_from(list(ConsentPlace)),
        st.booleans(),
        WAITS,
        st.integers(1, 2),
    ),
    max_size=12,
)


@pytest.fixture
def make_shop(sqlite_template: Path, make_theatre: Callable[[Database], Organisation]) -> Callable[[Path], Shop]:
    """Makes a shop over an empty store in a folder."""
    import shutil

    def make(folder: Path) -> Shop:
        shutil.copy(sqlite_template, folder / "hub.sqlite")
        database = Database(f"sqlite:///{folder / 'hub.sqlite'}")
        shop = Shop(database, make_theatre(database), folder)
        shop.connect()
        shop.texts.publish("newsletter", "Plain", [EMAIL, SMS])
        shop.texts.publish("newsletter", "Confirmed", double_opt_in=True)
        return shop

    return make


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_log_agrees_with_a_plain_model(make_shop: Callable[[Path], Shop], steps: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        shop = make_shop(Path(folder))
        model: dict[ConsentChannel, int | None] = {}
        """By channel the version that stands; None: withdrawn."""
        used: set[str] = set()
        before = shop.log()
        for what, boxes, place, guest, wait, version in steps:
            shop.now += wait
            match what:
                case "tick":
                    _tick(shop, model, boxes, place, guest, version)
                case "withdraw":
                    shop.consents.withdraw(1, channels=list(boxes)) if shop.rows(
                        "SELECT 1 FROM customers"
                    ) else None
                    model.update({channel: None for channel in boxes if model.get(channel)})
                case "send":
                    shop.confirming.send_due()
                case "confirm":
                    for token in shop.tokens():
                        if token not in used:
                            used.add(token)
                            model[shop.consents.confirm(token).channel] = 2
            log = shop.log()
            assert [entry for entry in log if entry in before] == before  # nothing was changed or taken away
            before = log
            newest = {channel: (text if given else None) for _, channel, given, _, _, text in log}
            standing = {channel: text for channel, text in newest.items() if text}
            assert standing == {channel.value: text for channel, text in model.items() if text}
            assert shop.stands() == set(standing)
        shop.database.close()


def _tick(
    shop: Shop,
    model: dict[ConsentChannel, int | None],
    boxes: dict[ConsentChannel, bool],
    place: ConsentPlace,
    guest: bool,
    version: int,
) -> None:
    if guest and (place is not ConsentPlace.ORDER or boxes.get(SMS)):
        before = shop.rows("SELECT * FROM consents") + shop.rows("SELECT * FROM consent_requests")
        with pytest.raises(UserError):
            shop.capture(boxes, place, guest=guest, version=version)
        assert shop.rows("SELECT * FROM consents") + shop.rows("SELECT * FROM consent_requests") == before
        return
    shop.capture(boxes, place, guest=guest, version=version)
    for channel, ticked in boxes.items():
        if ticked and version == 1:
            model[channel] = 1
        elif not ticked and place is ConsentPlace.PROFILE and model.get(channel):
            model[channel] = None


def test_only_what_stands_is_withdrawn(shop: Shop) -> None:
    shop.texts.publish("newsletter", "Words", [EMAIL, SMS])
    shop.texts.publish("partners", "Words", [EMAIL])
    shop.capture({EMAIL: True, SMS: True})
    shop.capture({EMAIL: True}, permission="partners")
    shop.now += timedelta(days=1)
    assert shop.consents.withdraw(1, "newsletter", [EMAIL], "by hand") == 1
    assert shop.log()[-1] == ("newsletter", "email", False, shop.now, "by hand", None)
    assert shop.consents.withdraw(1, "newsletter", [EMAIL]) == 0
    assert shop.consents.withdraw(1) == 2
    assert shop.stands() == shop.stands(permission="partners") == set()
    with pytest.raises(UserError, match="there is no customer 2"):
        shop.consents.withdraw(2)


def test_withdrawals_of_one_second_are_all_kept(shop: Shop) -> None:
    """Whoever withdraws in bulk, too: no entry of the same time is in the way."""
    records = [
        ConsentRecord(customer="x", permission="newsletter", at=shop.now, given=False),
        ConsentRecord(customer="x", permission="newsletter", at=shop.now),
    ]
    for record in records:
        list(Ingest(shop.database, shop.organisation, "shop", shop.clock).store([Batch.of(record)]))
    assert shop.stands() == {"email"}
    with shop.database.writing() as connection:
        assert withdraw(connection, [Withdrawal(1, shop.now, "link")], None, EMAIL) == 1
    assert shop.stands() == set()
    assert [at for *_, at, _, _ in shop.log()] == [shop.now, shop.now, shop.now + timedelta(seconds=1)]

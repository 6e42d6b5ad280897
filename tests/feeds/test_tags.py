"""Whatever happens to a store, a feed has the same tag exactly when it has the same content."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub import ConsentRecord, CustomerRecord, OrderRecord
from hub.core.feeds.writing import FeedForm, as_json
from hub.core.store.facts.erasing import erase_customers
from tests.feeds.stand import SOMEBODY, Stand

Change = Callable[[Stand], None]
START = datetime(2024, 1, 1, tzinfo=UTC)


def people(name: str | None, customer: int, country: str) -> Change:
    record = CustomerRecord(id=str(customer), first_name=name, country=country, postcode=name)
    return lambda stand: stand.bring(record)


def consent(customer: int, given: bool, day: int) -> Change:
    at = START + timedelta(days=day)
    record = ConsentRecord(customer=str(customer), permission="newsletter", given=given, at=at)
    return lambda stand: stand.bring(CustomerRecord(id=str(customer)), record)


def order(customer: int, number: int) -> Change:
    someone = CustomerRecord(id=str(customer))
    record = OrderRecord(id=str(number), customer=str(customer), ordered_at=START, total=Decimal(5))
    return lambda stand: stand.bring(someone, record)


def erasure(place: int) -> Change:
    def change(stand: Stand) -> None:
        numbers = stand.who("everyone")
        with stand.database.writing() as connection:
            erase_customers(connection, numbers[place : place + 1])

    return change


def next_day(stand: Stand) -> None:
    stand.now += timedelta(days=1)


def another_process(stand: Stand) -> None:
    stand.replica.close()
    stand.open()


CUSTOMERS = st.integers(0, 2)
NAMES = st.sampled_from([None, "", "=1", "'=1", "Ada", 'Ben\n"x"', "Zoë,", "\x01\u2028😀"])
CHANGES = st.one_of(
    st.builds(people, NAMES, CUSTOMERS, st.sampled_from(["DE", "DK"])),
    st.builds(consent, CUSTOMERS, st.booleans(), st.integers(0, 300)),
    st.builds(order, CUSTOMERS, st.integers(0, 3)),
    st.builds(erasure, CUSTOMERS),
    st.just(next_day),
    st.just(another_process),
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CHANGES, min_size=1, max_size=6), st.booleans())
def test_the_same_tag_is_the_same_content(stand: Stand, changes: list[Change], figures: bool) -> None:
    columns = ["external_id", "first_name", *(["orders"] if figures else [])]
    name = f"feed {len(stand.feeds.all())}"
    if not any(state.segment.name == "Danes" for state in stand.segments.states()):
        stand.segments.create("Danes", 'country = "DK"')
    secret = stand.feed(name, "Danes", columns=columns, permission="newsletter")
    seen: list[tuple[str, Any]] = [read(stand, secret)]
    for change in changes:
        change(stand)
        before = seen[-1][0]
        unchanged = stand.read(secret, before).unchanged
        tag, content = read(stand, secret)
        assert tag
        assert unchanged == (tag == before)
        for other, others in seen:
            assert (tag == other) == (content == others), (content, others)
        seen.append((tag, content))


def read(stand: Stand, secret: str) -> tuple[str, Any]:
    """A feed's tag and content."""
    handout = stand.reading.read(secret, FeedForm.JSON, SOMEBODY, lambda _: False)
    assert handout.rows is not None
    return handout.tag, b"".join(as_json(handout.rows, {"of": "it"}))

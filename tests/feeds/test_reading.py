"""Reading feeds: who is handed out, what of them, when nothing changed, and what is kept of it."""

import json
import logging
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from hub import CompanyRecord, ConsentRecord, CustomerRecord, OrderRecord
from hub.core.contracts.errors import HubError
from hub.core.contracts.records import ConsentChannel
from hub.core.feeds.columns import FEED_COLUMNS, USUAL_COLUMNS, rows_of
from hub.core.feeds.notes import Reader, UnknownFeed
from hub.core.feeds.reading import FeedUnavailable
from hub.core.feeds.secrets import digest_of, new_secret
from hub.core.feeds.writing import FeedForm, as_json
from hub.core.segments.definition import EVERYONE
from hub.core.segments.people.manual import CustomerIds
from hub.core.store import feeds as stored
from hub.core.store.tables import FeedRead
from tests.feeds.stand import SOMEBODY, Stand, size


def test_members_are_handed_out_with_the_chosen_columns_in_their_order(stand: Stand) -> None:
    stand.bring(CustomerRecord(id="0", first_name="=1+1", email="ada@example.com", country="DE"))
    secret = stand.feed(columns=["country", "external_id", "first_name", "email"])
    rows = stand.listed(secret)
    assert list(rows[0]) == ["country", "external_id", "first_name", "email"]
    assert rows[0] == {"country": "DE", "external_id": "0", "first_name": "'=1+1", "email": "ada@example.com"}
    assert stand.told(secret)["members"][0]["first_name"] == "=1+1"  # no spreadsheet opens JSON
    assert list(stand.listed(stand.feed("usual"))[0]) == list(USUAL_COLUMNS)


def test_every_column_can_be_told(stand: Stand) -> None:
    stand.bring(
        CompanyRecord(id="c", name="Invented Ltd"),
        CustomerRecord(
            id="0", company="c", email="ada@example.com", phone="+4930123456", last_name="Müller",
            born_on=date(1960, 5, 17), registered_at=datetime(1969, 12, 31, 10, tzinfo=UTC), language="de",
        ),
        OrderRecord(
            id="o", customer="0", ordered_at=datetime(2024, 6, 1, 12, tzinfo=UTC), total=Decimal("12.50")
        ),
    )  # fmt: skip
    told = stand.told(stand.feed(columns=FEED_COLUMNS))
    first, second, _ = told["members"]
    assert list(first) == list(FEED_COLUMNS)
    assert {name: first[name] for name in ("number", "company", "source", "born_on", "registered_at")} == {
        "number": 1, "company": "Invented Ltd", "source": "test", "born_on": "1960-05-17",
        "registered_at": "1969-12-31T10:00:00Z",
    }  # fmt: skip
    assert (first["orders"], first["revenue_minor"]) == (1, 1250)
    assert first["last_purchase_at"] == "2024-06-01T12:00:00Z"
    assert (second["orders"], second["last_purchase_at"], second["born_on"]) == (0, None, None)
    assert {name: told[name] for name in ("feed", "generated_at", "currency", "count")} == {
        "feed": "shop", "generated_at": "2024-06-15T10:00:00Z", "currency": "EUR", "count": 3,
    }  # fmt: skip


def test_consent_counts_as_it_is_when_it_is_read(stand: Stand) -> None:
    def consent(customer: str, channel: ConsentChannel, *, given: bool, hour: int) -> ConsentRecord:
        at = datetime(2024, 6, 1, hour, tzinfo=UTC)
        return ConsentRecord(customer=customer, permission="newsletter", channel=channel, given=given, at=at)

    anywhere = stand.feed("anywhere", permission="newsletter")
    by_email = stand.feed("by email", permission="newsletter", channel=ConsentChannel.EMAIL)
    everyone = stand.feed("everyone")
    assert stand.listed(anywhere) == []
    stand.bring(
        consent("0", ConsentChannel.EMAIL, given=True, hour=1),
        consent("1", ConsentChannel.SMS, given=True, hour=1),
    )
    found = [[row["external_id"] for row in stand.listed(feed)] for feed in (anywhere, by_email, everyone)]
    assert found == [["0", "1"], ["0"], ["0", "1", "2"]]
    stand.bring(consent("0", ConsentChannel.EMAIL, given=False, hour=2))
    assert [row["external_id"] for row in stand.listed(anywhere)] == ["1"]
    assert stand.listed(by_email) == []


def test_nobody_is_a_feed_too(stand: Stand) -> None:
    stand.segments.create("Nobody", "nobody")
    secret = stand.feed(segment="Nobody")
    assert stand.listed(secret) == []
    assert stand.told(secret)["members"] == []
    assert stand.told(secret)["count"] == 0
    handout = stand.read(secret)
    assert stand.read(secret, handout.tag).unchanged


def test_a_view_and_a_manual_segment_are_handed_out(stand: Stand) -> None:
    stand.views.create(stand.segments.named("All"), "Danes", 'country = "DK"')
    manual = stand.segments.create_manual("Guests")
    stand.manual.add(manual, CustomerIds.numbers([1, 3]))
    assert [row["external_id"] for row in stand.listed(stand.feed(view="Danes"))] == ["1"]
    secret = stand.feed("guests", "Guests")
    assert [row["external_id"] for row in stand.listed(secret)] == ["0", "2"]
    tag = stand.tag(secret)
    stand.manual.add(manual, CustomerIds.numbers([2]))  # changes no fact, and so no revision
    assert stand.tag(secret) != tag
    assert len(stand.listed(secret)) == 3


def test_who_has_the_content_gets_none_until_it_changes(stand: Stand) -> None:
    secret = stand.feed(columns=["external_id", "email"])
    first = stand.read(secret)
    again = stand.read(secret, first.tag)
    assert (again.unchanged, again.rows, again.tag) == (True, None, first.tag)
    stand.bring(CustomerRecord(id="1", email="new@example.com", country="DK"))
    changed = stand.read(secret, first.tag)
    assert (changed.unchanged, size(changed)) == (False, 3)
    assert changed.tag != first.tag


def test_a_change_that_is_not_told_changes_no_tag(stand: Stand) -> None:
    secret = stand.feed(columns=["external_id"])
    tag = stand.tag(secret)
    stand.bring(
        CustomerRecord(id="0", email="ada@example.com", country="DE"),
        OrderRecord(id="o", customer="1", ordered_at=datetime(2024, 6, 1, tzinfo=UTC), total=Decimal(5)),
    )
    stand.now += timedelta(days=3)
    assert stand.read(secret, tag).unchanged


def test_the_day_alone_can_change_the_content(stand: Stand) -> None:
    stand.bring(CustomerRecord(id="0", born_on=date(2006, 6, 20), country="DE"))
    stand.segments.create("Grown", "age >= 18")
    secret = stand.feed(segment="Grown")
    tag = stand.tag(secret)
    stand.now += timedelta(days=4)
    assert stand.read(secret, tag).unchanged
    stand.now += timedelta(days=1)
    changed = stand.read(secret, tag)
    assert (changed.unchanged, size(changed)) == (False, 3)  # whoever's age is unknown is in it, too


def test_another_process_knows_the_tag_without_reading_a_customer(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = stand.feed()
    tag = stand.tag(secret)
    other = Stand(stand.database, stand.organisation)
    monkeypatch.setattr("hub.core.feeds.reading.rows_of", None)
    assert other.read(secret, tag).unchanged
    assert other.read(secret, content=False).tag == tag
    other.replica.close()


def test_while_the_store_is_written_to_there_is_content_but_no_tag(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = stand.feed()
    times: list[int] = []

    def read_while_written(*arguments: Any) -> Any:
        rows = rows_of(*arguments)
        times.append(len(times))
        stand.bring(CustomerRecord(id=f"late {len(times)}", country="DE"))
        return rows

    monkeypatch.setattr("hub.core.feeds.reading.rows_of", read_while_written)
    handout = stand.read(secret)
    assert (handout.tag, len(times), size(handout)) == ("", 3, 5)
    monkeypatch.setattr("hub.core.feeds.reading.rows_of", rows_of)
    assert size(stand.read(secret)) == 6
    assert stand.tag(secret)


def test_an_engine_that_is_behind_the_store_gives_content_and_no_tag(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = stand.feed()
    tag = stand.tag(secret)
    newest = stand.evaluator.evaluate(EVERYONE, stand.segments.calendar()).revision
    monkeypatch.setattr("hub.core.feeds.reading.current_revision", lambda database: newest + 1)
    handout = stand.read(secret, tag)
    assert (handout.unchanged, handout.tag, size(handout)) == (False, "", 3)


def test_one_write_meanwhile_is_made_up_for(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = stand.feed(columns=["external_id", "email"])
    late = [CustomerRecord(id="0", email="late@example.com", country="DE")]

    def read_while_written(*arguments: Any) -> Any:
        if late:
            stand.bring(late.pop())
        return rows_of(*arguments)

    monkeypatch.setattr("hub.core.feeds.reading.rows_of", read_while_written)
    handout = stand.read(secret)
    assert stand.read(secret, handout.tag).unchanged
    assert handout.rows is not None
    assert handout.rows["email"].to_pylist()[0] == "late@example.com"


@pytest.mark.parametrize("end", ["rotate", "revoke", "remove"])
def test_whoever_is_too_late_is_handed_nobody(stand: Stand, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    secret = stand.feed()

    def read_while_ended(*arguments: Any) -> Any:
        getattr(stand.feeds, end)(stand.feeds.named("shop"))
        return rows_of(*arguments)

    monkeypatch.setattr("hub.core.feeds.reading.rows_of", read_while_ended)
    with pytest.raises(UnknownFeed):
        stand.read(secret)


@pytest.mark.parametrize("secret", ["", "x", "\udcff", "a" * 10_000, "A" * 43])
def test_a_wrong_address_is_told_as_one_that_was_revoked(
    stand: Stand, caplog: pytest.LogCaptureFixture, secret: str
) -> None:
    revoked = stand.feed()
    stand.feeds.revoke(stand.feeds.named("shop"))
    said = []
    with caplog.at_level(logging.DEBUG):
        for wrong in (secret, revoked, revoked[:-1]):
            with pytest.raises(UnknownFeed) as error:
                stand.read(wrong)
            said.append(str(error.value))
    assert len(set(said)) == 1
    logged = [record.getMessage() for record in caplog.records if record.name.startswith("hub")]
    assert logged == ["203.0.113.9 asked for a feed that there is not"] * 3


def test_who_read_is_kept_newest_first_and_bounded(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "KEPT_READS", 5)
    secret, other = stand.feed(), stand.feed("other")
    stand.read(other)
    tag = stand.read(secret).tag
    stand.now += timedelta(minutes=1)
    stand.read(secret, tag)
    strange = Reader("fe80::1", "curl\r\n\x00\x9b" + "é" * 300)
    stand.reading.read(secret, FeedForm.JSON, strange, lambda _: False, content=False)
    feed = stand.feeds.named("shop")
    head, unchanged, whole = stand.feeds.reads(feed)
    assert (head.address, head.agent, head.form) == ("fe80::1", "curl" + "é" * 196, "json")
    assert (head.status, head.members) == (200, None)
    assert (unchanged.at, unchanged.status, unchanged.members) == (stand.now, 304, None)
    assert (whole.address, whole.agent, whole.form) == ("203.0.113.9", "a print shop", "csv")
    assert (whole.status, whole.members) == (200, 3)
    assert stand.feeds.of_id(feed.id or 0).last_read_at == stand.now
    assert [read.id for read in stand.feeds.reads(feed, 1, before=head.id)] == [unchanged.id]
    for _ in range(4):
        stand.read(secret)
    kept = stand.feeds.reads(feed)
    assert ([read.status for read in kept], kept[-1].id) == ([200] * 5, head.id)
    assert len(stand.feeds.reads(stand.feeds.named("other"))) == 1


def test_what_can_not_be_answered_is_told_and_kept(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    stand.segments.create("Danes", 'country = "DK"')
    secret = stand.feed(segment="Danes")
    poorer = Stand(stand.database, stand.organisation)
    poorer.evaluator = stand.without("country").evaluator
    with pytest.raises(FeedUnavailable) as error, caplog.at_level(logging.DEBUG):
        poorer.read(secret)
    assert "Danes" not in str(error.value)
    assert "the feed 'shop' can't be answered" in caplog.text
    assert secret not in caplog.text
    (kept,) = stand.feeds.reads(stand.feeds.named("shop"))
    assert (kept.status, kept.members) == (503, None)
    poorer.replica.close()


def test_a_removed_segment_can_not_be_answered(stand: Stand) -> None:
    """It can't be removed under a feed; a store that was mended by hand may be so."""
    secret = stand.feed()
    with stand.database.writing() as connection:
        connection.execute(sa.text("UPDATE segments SET removed_at = 1"))
    with pytest.raises(FeedUnavailable):
        stand.read(secret)
    assert "was removed; restore it" in stand.feeds.all()[0].problem


def test_without_a_line_in_the_log_nobody_is_handed_out(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = stand.feed()

    def fail(*_: Any) -> bool:
        raise HubError("the store is locked")

    monkeypatch.setattr(stored, "note_read", fail)
    with pytest.raises(FeedUnavailable):
        stand.read(secret)
    with stand.database.session() as session:
        assert session.query(FeedRead).count() == 0


def test_many_are_written_in_pieces(stand: Stand) -> None:
    stand.bring(*(CustomerRecord(id=f"m{number}", country="DE") for number in range(50_000)))
    handout = stand.reading.read(stand.feed(columns=["external_id"]), FeedForm.JSON, SOMEBODY, lambda _: False)
    pieces = list(as_json(handout.rows, handout.about))
    assert len(pieces) == 5
    told = json.loads(b"".join(pieces))
    assert len(told["members"]) == told["count"] == 50_003
    assert told["members"][-1] == {"external_id": "m49999"}


def test_a_digest_is_all_that_is_compared() -> None:
    secret = new_secret()
    assert digest_of(secret) == digest_of(secret) != digest_of(new_secret())
    assert secret not in digest_of(secret)

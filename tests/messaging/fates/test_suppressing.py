"""Addresses that nothing more is sent to, kept as digests."""

import hashlib
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub.core.contracts.errors import InputError, NotFound
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.suppressions import suppression_digest
from hub.core.store.tables import SuppressionReason
from tests.messaging.fates.office import ADA_PHONE, NOON, Office

SMS, EMAIL = ConsentChannel.SMS, ConsentChannel.EMAIL
BY_HAND = SuppressionReason.BY_HAND


def test_the_digest_is_that_of_the_address_as_it_is_sent_to() -> None:
    assert suppression_digest(SMS, ADA_PHONE) == hashlib.sha256(ADA_PHONE.encode()).hexdigest()
    assert suppression_digest(EMAIL, "Ada@Example.com") == suppression_digest(EMAIL, "ada@example.com")


def test_an_address_is_one_however_it_is_written(office: Office) -> None:
    office.suppressions.add(SMS, "0151 12345678", BY_HAND, "asked by phone")
    office.suppressions.add(SMS, ADA_PHONE, SuppressionReason.BOUNCED)
    assert office.suppressed(SMS, ADA_PHONE) == [True]
    assert office.suppressed(ConsentChannel.PHONE, ADA_PHONE) == [False]
    (one,) = office.suppressions.all()
    assert (one.reason, one.detail, one.at) == ("by_hand", "asked by phone", NOON)
    office.suppressions.lift(SMS, "+49 151 12345678")
    assert office.suppressed(SMS, ADA_PHONE) == [False]
    with pytest.raises(NotFound, match="not suppressed"):
        office.suppressions.lift(SMS, ADA_PHONE)


def test_what_can_be_no_address_is_told_without_it(office: Office) -> None:
    with pytest.raises(InputError) as added:
        office.suppressions.add(SMS, "@hunter", BY_HAND)
    with pytest.raises(InputError) as lifted:
        office.suppressions.lift(EMAIL, "@hunter")
    assert "hunter" not in f"{added.value} {lifted.value}"


def test_they_come_in_pages_newest_first(office: Office) -> None:
    for number in range(5):
        office.suppressions.add(EMAIL, f"{number}@example.com", BY_HAND, at=NOON - timedelta(days=number))
    first = office.suppressions.all(limit=3)
    assert [one.at for one in first] == [NOON - timedelta(days=number) for number in (4, 3, 2)]
    assert len(office.suppressions.all(first[-1].id, 3)) == 2


def test_many_are_added_and_asked_for_at_once(office: Office) -> None:
    digests = [suppression_digest(EMAIL, f"{number}@example.com") for number in range(3_000)]
    with office.database.writing() as connection:
        office.suppressions.add_digests(connection, EMAIL, [*digests[:2_000], digests[0]], BY_HAND)
        assert office.suppressions.held(connection, EMAIL, digests) == set(digests[:2_000])
        assert office.suppressions.held(connection, EMAIL, []) == set()


def test_no_address_is_stored(office: Office) -> None:
    office.suppressions.add(EMAIL, "nobody-else@example.com", BY_HAND)
    with office.database.reading() as connection:
        row = connection.execute(sa.text("SELECT * FROM suppressions")).one()
    assert not any("nobody" in str(value) for value in row)

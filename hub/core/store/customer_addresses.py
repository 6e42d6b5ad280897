"""Finds customers by their addresses."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from hub.core.contracts.records import ConsentChannel
from hub.core.store.lists import texts_in
from hub.core.store.tables import Customer, Identity, table_of

_NUMBERS = frozenset({ConsentChannel.SMS, ConsentChannel.PHONE})
_BETWEEN_DIGITS = (" ", "-", "/", "(", ")", ".", "\u00a0", "\u2009", "\u202f", "\u2010", "\u2011", "\u2013", "\t")
"""What people write between the digits of a phone number."""
_ENDING = 6
"""By so many last digits phone numbers are looked up; the rest depends on how the country's code is written."""
_FEW = 8
"""So many numbers are looked up by patterns; for more, all that is stored is stripped to its digits."""

Found = tuple[int, str]
"""A customer's number and an address as it is stored."""


def customers_with(
    connection: sa.Connection, organisation_id: int, channel: ConsentChannel, addresses: Collection[str]
) -> Sequence[Found]:
    """Customers who may have one of these addresses, with what is stored; the caller looks closer.

    Phone numbers are found however they are written, by their last digits.

    Args:
        connection: the store's.
        organisation_id: whose customers.
        channel: where the addresses are.
        addresses: in the form in which messages are sent.
    """
    own, owner, address = _columns(organisation_id, channel)
    if channel in _NUMBERS:
        some = _ends_like(connection, address, {one[-_ENDING:] for one in addresses})
    else:
        compared = sa.func.lower(sa.func.trim(address)) if channel is ConsentChannel.EMAIL else address
        some = compared.in_(texts_in(connection, addresses))
    rows = connection.execute(sa.select(owner, address).where(*own, some))
    return [(number, text) for number, text in rows]


def _ends_like(
    connection: sa.Connection, phone: sa.Column[str], endings: Collection[str]
) -> sa.ColumnElement[bool]:
    if len(endings) <= _FEW:
        # The digits in their order, whatever is between them: twenty times as fast as to strip every number.
        return sa.or_(*(phone.like(f"%{'%'.join(one)}%") for one in endings))
    bare: sa.ColumnElement[str] = phone
    for between in _BETWEEN_DIGITS:
        bare = sa.func.replace(bare, between, "")
    return sa.func.substr(bare, sa.func.length(bare) - _ENDING + 1, _ENDING).in_(texts_in(connection, endings))


def _columns(
    organisation_id: int, channel: ConsentChannel
) -> tuple[Sequence[sa.ColumnElement[bool]], sa.Column[int], sa.Column[str]]:
    customers, identities = table_of(Customer), table_of(Identity)
    if channel is ConsentChannel.EMAIL:
        column = customers.c.email
    elif channel in _NUMBERS:
        column = customers.c.phone
    else:
        own = (identities.c.organisation_id == organisation_id, identities.c.kind == channel.value)
        return own, identities.c.customer_number, identities.c.value
    return (customers.c.organisation_id == organisation_id, column.is_not(None)), customers.c.number, column

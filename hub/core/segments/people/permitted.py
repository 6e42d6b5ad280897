"""Who gave a permission."""

import sqlalchemy as sa

from hub.core.contracts.criterion import Question
from hub.core.engines.bitmap import Bitmap
from hub.core.engines.engine import Snapshot


def permitted(snapshot: Snapshot, permission: str | None, channel: str | None) -> Bitmap:
    """The customers who may be sent or handed out.

    Asked of the consents themselves and not by the criterion, which may be switched off.

    Args:
        snapshot: the facts.
        permission: which one they must have given; None: all customers.
        channel: on which channel; None: on any.
    """
    if permission is None:
        return snapshot.everyone()

    def given(question: Question) -> sa.ColumnElement[bool]:
        consents = question.relations.consents
        theirs = sa.select(consents.c.customer).where(
            consents.c.permission == permission, consents.c.given.is_(True)
        )
        if channel:
            theirs = theirs.where(consents.c.channel == channel)
        return question.relations.traits.c.number.in_(theirs)

    return snapshot.ask([given])[0]

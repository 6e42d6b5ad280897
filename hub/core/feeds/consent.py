"""Who may be handed out by a feed."""

import sqlalchemy as sa

from hub.core.contracts.criterion import Question
from hub.core.engines.bitmap import Bitmap
from hub.core.engines.engine import Snapshot
from hub.core.store.tables import Feed


def allowed(feed: Feed, snapshot: Snapshot) -> Bitmap:
    """The customers there are, and with the feed's permission if it names one."""
    if feed.permission is None:
        return snapshot.everyone()

    def given(question: Question) -> sa.ColumnElement[bool]:
        consents = question.relations.consents
        theirs = sa.select(consents.c.customer).where(
            consents.c.permission == feed.permission, consents.c.given.is_(True)
        )
        if feed.permission_channel:
            theirs = theirs.where(consents.c.channel == feed.permission_channel)
        return question.relations.traits.c.number.in_(theirs)

    return snapshot.ask([given])[0]

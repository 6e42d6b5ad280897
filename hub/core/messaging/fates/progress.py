"""In which order the statuses of a message follow each other: whatever comes in whatever order ends alike."""

from collections.abc import Sequence

import sqlalchemy as sa

from hub.core.store import fates as stored
from hub.core.store.tables import MessageStatus

PROGRESS = (
    MessageStatus.QUEUED,
    MessageStatus.SENDING,
    MessageStatus.UNKNOWN,
    MessageStatus.SENT,
    MessageStatus.FAILED,
    MessageStatus.BOUNCED,
    MessageStatus.DELIVERED,
    MessageStatus.OPENED,
    MessageStatus.CLICKED,
    MessageStatus.COMPLAINED,
)
"""Each replaces those before it. What did not arrive replaces what says less, and nothing that says it arrived.

Withheld and cancelled are not among them: such a message was never sent, and stays what it is.
"""


def raise_status(connection: sa.Connection, message_ids: Sequence[int], status: MessageStatus) -> None:
    """Give messages a status, where it says more than the one they have.

    The reason that stands with a status that is replaced goes with it.

    Args:
        connection: a transaction.
        message_ids: of which messages.
        status: one of ``PROGRESS``.
    """
    stored.replace_statuses(connection, message_ids, PROGRESS[: PROGRESS.index(status)], status)

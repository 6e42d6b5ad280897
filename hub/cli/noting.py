"""Looks at a segment without waiting for whoever writes just now."""

from contextlib import suppress

from hub.core.app import Hub
from hub.core.contracts.errors import TryAgain
from hub.core.segments.evaluator import Evaluation
from hub.core.segments.history import History
from hub.core.store.database import Database
from hub.core.store.tables import Segment

_PATIENCE = 0.2
"""Seconds to wait for another writer."""


def looked_at(hub: Hub, segment: Segment) -> Evaluation:
    """Who is in a segment now, as the history is told if nobody else is writing; otherwise the next one tells it.

    Raises:
        DefinitionError: it can't be answered.
    """
    # For a day that is named, nothing is kept: that would wait as long as an import takes.
    evaluation = hub.segments.evaluate(segment, hub.segments.calendar().today)
    assert hub.organisation.id is not None
    impatient = Database(hub.database.url.render_as_string(hide_password=False), _PATIENCE)
    try:
        with suppress(TryAgain):
            History(impatient, hub.organisation.id, hub.segments.language, hub.clock).keep(segment, evaluation)
    finally:
        impatient.close()
    return evaluation

"""Whom a newsletter is meant for, before anybody looks at consents and addresses."""

from collections.abc import Callable

import sqlalchemy as sa

from hub.core.contracts.criterion import Question
from hub.core.contracts.errors import NotFound
from hub.core.contracts.records import ConsentChannel
from hub.core.engines.bitmap import Bitmap
from hub.core.engines.engine import Engine, Snapshot
from hub.core.segments.definition import EVERYONE
from hub.core.segments.people.permitted import permitted
from hub.core.segments.service import Segments
from hub.core.segments.showings import evaluate_for
from hub.core.store import newsletters as stored
from hub.core.store.database import Database
from hub.core.store.tables import Newsletter


class NewsletterAudience:
    """Finds whom newsletters are meant for.

    Args:
        database: the store's.
        engine: answers who exists, who consented, and who belongs to a company.
        segments: answers who is in a segment.
    """

    def __init__(self, database: Database, engine: Callable[[], Engine], segments: Segments) -> None:
        self._database = database
        self._engine = engine
        self._segments = segments

    def of(self, newsletter: Newsletter, channels: list[ConsentChannel]) -> tuple[Bitmap, dict[str, Bitmap]]:
        """Whom a newsletter is meant for: members of its segments and contacts of its companies or, if it names
        neither, whoever gave its permission on one of its channels.

        Args:
            newsletter: which one.
            channels: where it goes.

        Returns:
            Who is meant, and by channel which of all customers gave the permission there.

        Raises:
            NotFound: one of its segments was removed.
            DefinitionError: one of them can't be answered.
        """
        with self._database.session() as session:
            segments = stored.segments_of(session, newsletter.id or 0)
            companies = stored.company_ids_of(session, newsletter.id or 0)
        for segment in segments:
            if segment.removed_at is not None:
                raise NotFound(
                    f"the segment {segment.name!r} was removed; restore it, or choose other segments for the "
                    f"newsletter {newsletter.name!r}"
                )
        meant = [self._segments.evaluate(segment).members for segment in segments]
        with self._engine().snapshot(self._segments.calendar()) as snapshot:
            existing = snapshot.everyone()
            willing = {
                channel.value: permitted(snapshot, newsletter.permission, channel.value) for channel in channels
            }
            if companies:
                meant.append(_contacts(snapshot, companies))
        if not segments and not companies:
            meant = list(willing.values())
        chosen = Bitmap.of([])
        for one in meant:
            chosen |= one
        return chosen & existing & self._without_tickets(newsletter, existing), willing

    def _without_tickets(self, newsletter: Newsletter, existing: Bitmap) -> Bitmap:
        """Who holds no ticket that the newsletter is not for."""
        productions, events = newsletter.without.get("productions", []), newsletter.without.get("events", [])
        if not productions and not events:
            return existing
        asked = evaluate_for(self._segments.definitions, EVERYONE, productions=productions, events=events)
        return asked.members


def _contacts(snapshot: Snapshot, companies: list[int]) -> Bitmap:
    def belong(question: Question) -> sa.ColumnElement[bool]:
        return question.relations.traits.c.company.in_(companies)

    return snapshot.ask([belong])[0]

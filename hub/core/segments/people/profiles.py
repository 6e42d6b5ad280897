"""A customer's profile: all that is known of one person, and the segments they are in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from hub.core.segments.definition import load
from hub.core.segments.evaluator import Evaluator
from hub.core.segments.service import Segments
from hub.core.store import profiles as stored
from hub.core.store.database import Database
from hub.core.store.profiles import FilledField, OrderWithLines, SyncedAs
from hub.core.store.segment_sizes import all_segments
from hub.core.store.tables import Cart, Company, Consent, Customer, Identity, Organisation, Segment, Subscription

FIGURES = ("orders", "tickets", "events", "revenue", "first_purchase_at", "last_purchase_at")
"""What is told of a customer's purchases. Revenue is in minor units of the organisation's currency, instants are
seconds since 1970 in UTC."""


@dataclass(frozen=True)
class SegmentOfCustomer:
    """A segment that a customer is in."""

    segment: Segment
    problem: str
    """Why the segment can't be answered now; they were in it at its last evaluation then. Empty when it can."""


@dataclass(frozen=True)
class Profile:
    """All that is known of one customer, but for their orders, which come in pages."""

    customer: Customer
    source: str
    """The name of the source they came from."""
    figures: Mapping[str, int | None]
    """By the names in ``FIGURES``."""
    company: Company | None
    consents: Sequence[Consent]
    """Where each permission stands on each channel: the newest entry of the log."""
    consent_log: Sequence[Consent]
    """Every entry, newest first."""
    tags: Sequence[str]
    groups: Sequence[str]
    fields: Sequence[FilledField]
    identities: Sequence[Identity]
    subscriptions: Sequence[Subscription]
    carts: Sequence[Cart]
    segments: Sequence[SegmentOfCustomer]
    """Those that they are in now, by name."""
    synced: Sequence[SyncedAs]


class Profiles:
    """The profiles of one organisation's customers.

    Args:
        database: the store's.
        organisation: whose customers.
        segments: its segments.
        evaluator: knows customers' figures.
    """

    def __init__(
        self,
        database: Database,
        organisation: Organisation,
        segments: Segments,
        evaluator: Callable[[], Evaluator],
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._segments = segments
        self._evaluator = evaluator

    def of_number(self, number: int) -> Profile:
        """The profile of the customer with this number.

        Raises:
            NotFound: there is none, or they were erased.
        """
        with self._database.session() as session:
            return self._profile(session, stored.customer_of(session, self._organisation_id, number))

    def known_as(self, source: str, external_id: str) -> Profile:
        """The profile of the customer a source knows by this id.

        Raises:
            NotFound: there is none, or they were erased.
        """
        with self._database.session() as session:
            customer = stored.customer_known_as(session, self._organisation_id, source, external_id)
            return self._profile(session, customer)

    def orders(
        self, number: int, limit: int = 20, *, before: tuple[datetime, int] | None = None
    ) -> Sequence[OrderWithLines]:
        """A customer's orders of any status with their lines, newest first.

        Args:
            number: whose.
            limit: at most so many.
            before: time and id of the last order of the page before.

        Raises:
            NotFound: there is no such customer, or they were erased.
        """
        with self._database.session() as session:
            stored.customer_of(session, self._organisation_id, number)
            return stored.orders_of(session, number, limit, before=before)

    def _profile(self, session: Session, customer: Customer) -> Profile:
        number = customer.number
        assert number is not None
        log = stored.consents_of(session, number)
        newest = {(entry.permission, entry.channel): entry for entry in reversed(log)}
        return Profile(
            customer=customer,
            source=stored.source_of(session, customer),
            company=stored.company_of(session, customer),
            consents=[newest[key] for key in sorted(newest)],
            consent_log=log,
            tags=stored.tags_of(session, number),
            groups=stored.groups_of(session, number),
            fields=stored.fields_of(session, number),
            identities=stored.identities_of(session, number),
            subscriptions=stored.subscriptions_of(session, number),
            carts=stored.carts_of(session, number),
            synced=stored.synced_of(session, self._organisation_id, number),
            segments=self._segments_with(session, number),
            figures=self._figures(number),  # after the segments, which bring the figures up to date
        )

    def _segments_with(self, session: Session, number: int) -> Sequence[SegmentOfCustomer]:
        segments = all_segments(session, self._organisation_id)
        by_hand = stored.manual_segments_with(session, self._organisation_id, number)
        graph, definitions = self._segments.usage.graph(session), self._segments.definitions
        own_problem = definitions.own_problems()
        problems = {
            segment.id: graph.problem_of(graph.of_id(segment.id or 0), own_problem) for segment in segments
        }
        sound = [segment for segment in segments if segment.definition and not problems[segment.id]]
        evaluations = definitions.evaluate_many([load(segment.definition) for segment in sound])
        inside = by_hand | {
            segment.id for segment, found in zip(sound, evaluations, strict=True) if number in found.members
        }
        inside |= {segment.id for segment in segments if problems[segment.id] and self._was_in(segment, number)}
        return [SegmentOfCustomer(segment, problems[segment.id]) for segment in segments if segment.id in inside]

    def _was_in(self, segment: Segment, number: int) -> bool:
        members = self._segments.last_members(segment)
        return members is not None and number in members

    def _figures(self, number: int) -> Mapping[str, int | None]:
        rows = self._evaluator().figures(np.array([number], np.uint32), FIGURES).to_pylist()
        return {name: rows[0][name] if rows else None for name in FIGURES}

"""The parts of a hub that know who customers are and which of them match."""

from functools import cached_property

from babel.numbers import get_currency_precision

from hub.core.app.foundation import Foundation
from hub.core.exports.service import Exports
from hub.core.feeds.reading import FeedReading
from hub.core.feeds.service import Feeds
from hub.core.feeds.uses import feeds_of_segments, feeds_of_view
from hub.core.messaging.newsletters.uses import newsletters_of_segments
from hub.core.segments.dashboard.dashboard import Dashboard
from hub.core.segments.editing import SegmentEditing
from hub.core.segments.history.upkeep import Upkeep
from hub.core.segments.people.explaining import Explaining
from hub.core.segments.people.manual import ManualMembers
from hub.core.segments.people.members import Members
from hub.core.segments.people.profiles import Profiles
from hub.core.segments.people.tagging import Tagging
from hub.core.segments.service import Segments
from hub.core.segments.views import Views
from hub.core.sync.uses import syncs_of_view


class SegmentParts(Foundation):
    """Segments, and what is told and handed out of them."""

    @cached_property
    def segments(self) -> Segments:
        """What can be done with segments."""
        return Segments(
            self.database,
            self.organisation,
            lambda: self.evaluator,
            self.registry.criteria(),
            self.clock,
            uses=[feeds_of_segments, newsletters_of_segments],
        )

    @cached_property
    def dashboard(self) -> Dashboard:
        """Answers definitions with every number and distribution that a dashboard shows."""
        return Dashboard(lambda: self.evaluator, self.segments.calendar)

    @cached_property
    def explaining(self) -> Explaining:
        """Tells why a customer is in a segment, or is not."""
        return Explaining(
            self.database,
            self.organisation,
            lambda: self.evaluator,
            lambda: self.engine,
            self.segments.language,
            get_currency_precision(self.organisation.currency),
        )

    @cached_property
    def upkeep(self) -> Upkeep:
        """Keeps the history of all segments true."""
        return Upkeep(
            self.database,
            self.organisation,
            self.segments.definitions.evaluate_many,
            self.segments.kept,
            self.segments.calendar,
        )

    @cached_property
    def segment_editing(self) -> SegmentEditing:
        """Changes segments."""
        return SegmentEditing(self.database, self.organisation, self.segments, self.clock)

    @cached_property
    def manual_members(self) -> ManualMembers:
        """Adds members to manual segments, and removes them."""
        return ManualMembers(self.database, self.organisation, self.segments, self.clock)

    @cached_property
    def views(self) -> Views:
        """What can be done with views of segments."""
        return Views(self.database, self.organisation, self.segments, uses=[syncs_of_view, feeds_of_view])

    @cached_property
    def members(self) -> Members:
        """Lists members of segments, views and questions."""
        return Members(self.database, self.organisation, lambda: self.evaluator)

    @cached_property
    def exports(self) -> Exports:
        """Files of members, and of all customer data."""
        return Exports(self.database, self.organisation, lambda: self.evaluator)

    @cached_property
    def profiles(self) -> Profiles:
        """Customers' profiles."""
        return Profiles(self.database, self.organisation, self.segments, lambda: self.evaluator)

    @cached_property
    def tagging(self) -> Tagging:
        """Tags and untags many customers at once."""
        return Tagging(self.database, self.organisation)

    @cached_property
    def feeds(self) -> Feeds:
        """What can be done with feeds."""
        return Feeds(self.database, self.organisation, self.segments, self.clock)

    @cached_property
    def feed_reading(self) -> FeedReading:
        """Answers who asks at a feed's address."""
        return FeedReading(
            self.database, self.organisation, lambda: self.evaluator, self.segments, self.views, self.clock
        )

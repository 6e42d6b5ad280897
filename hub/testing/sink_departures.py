"""What an audience sink must do whose platform tells who withdrew there."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from hub import AudienceSink, Departure, DepartureReason, Departures, Member, ReportingSink, TryAgain
from hub.testing.sink_members import references, removals

Withdraw = Callable[[str, Member], None]
"""Makes a member of an audience withdraw on the platform itself."""


class ReportingConformance:
    """Tests of ``ReportingSink``; part of ``AudienceSinkConformance``."""

    @pytest.fixture
    def reporting(self, sink: AudienceSink[Any]) -> ReportingSink:
        """The sink, if its platform tells who withdrew."""
        if not isinstance(sink, ReportingSink):
            pytest.skip("this sink's platform does not tell who withdrew there")
        return sink

    @pytest.fixture
    def withdraw(self) -> Withdraw:
        """Makes a member withdraw on the platform, not by way of the sink. Override if the sink reports."""
        raise NotImplementedError("override the fixture 'withdraw'")

    def test_nobody_has_withdrawn(
        self, sink: AudienceSink[Any], reporting: ReportingSink, audience: str, members: Sequence[Member]
    ) -> None:
        """Members who stay, and one the hub itself took out, have not withdrawn."""
        sink.add(audience, members)
        sink.remove(audience, removals(sink, members[:1]))
        assert _found(reporting.departures(audience, None)) == []

    def test_who_withdraws_is_told(
        self,
        sink: AudienceSink[Any],
        reporting: ReportingSink,
        audience: str,
        members: Sequence[Member],
        withdraw: Withdraw,
    ) -> None:
        """By the very reference the hub knows them by, with the reason and a moment in UTC."""
        sink.add(audience, members)
        withdraw(audience, members[0])
        found = _found(reporting.departures(audience, None))
        assert {one.reference for one in found} == references(sink, members[:1])
        assert all(isinstance(one.reason, DepartureReason) for one in found)
        assert all(one.at.utcoffset() == timedelta(0) for one in found)

    def test_reading_goes_on_after_the_cursor(
        self,
        sink: AudienceSink[Any],
        reporting: ReportingSink,
        audience: str,
        members: Sequence[Member],
        withdraw: Withdraw,
    ) -> None:
        """Nobody is lost between two readings, also within one second; telling one twice is allowed."""
        sink.add(audience, members)
        withdraw(audience, members[0])
        cursor = _last(list(reporting.departures(audience, None)), None)
        withdraw(audience, members[1])
        later = list(reporting.departures(audience, cursor))
        told = {one.reference for one in _found(later)}
        assert references(sink, members[1:2]) <= told <= references(sink, members[:2])
        again = _found(reporting.departures(audience, _last(later, cursor)))
        assert {one.reference for one in again} <= told

    def test_reading_again_from_the_beginning_tells_all(
        self,
        sink: AudienceSink[Any],
        reporting: ReportingSink,
        audience: str,
        members: Sequence[Member],
        withdraw: Withdraw,
    ) -> None:
        """The hub may have lost its cursor."""
        sink.add(audience, members)
        for member in members[:2]:
            withdraw(audience, member)
            list(reporting.departures(audience, None))
        found = _found(reporting.departures(audience, None))
        assert {one.reference for one in found} == references(sink, members[:2])

    def test_reading_goes_on_after_each_piece(
        self,
        sink: AudienceSink[Any],
        reporting: ReportingSink,
        audience: str,
        members: Sequence[Member],
        withdraw: Withdraw,
    ) -> None:
        """The hub may be killed after any of them; what it has and what comes after are all."""
        sink.add(audience, members)
        for member in members:
            withdraw(audience, member)
        pieces = list(reporting.departures(audience, None))
        for count in range(1, len(pieces) + 1):
            kept = {one.reference for one in _found(pieces[:count])}
            after = {one.reference for one in _found(reporting.departures(audience, pieces[count - 1].cursor))}
            assert kept | after == references(sink, members)

    def test_a_lost_platform_tells_nothing(self, lost: AudienceSink[Any], reporting: ReportingSink) -> None:
        """Nobody needs to act."""
        assert isinstance(lost, ReportingSink)
        with pytest.raises(TryAgain):
            list(lost.departures("1", None))


def _found(pieces: Iterable[Departures]) -> list[Departure]:
    return [one for piece in pieces for one in piece.found]


def _last(pieces: Sequence[Departures], otherwise: str | None) -> str | None:
    return pieces[-1].cursor if pieces else otherwise

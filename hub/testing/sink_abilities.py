"""What an audience sink must do that replaces all members at once, or erases people for good."""

import gc
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from hub import AudienceSink, ErasingSink, Member, Removal, ReplacingSink, TryAgain, UserError
from hub.testing.sink_members import Held, invented_member, references, removals

_PIECES = 4


class _Batch(list[Member]):
    """A list that can be watched for being let go."""


class _CutShortError(Exception):
    """The hub stops in the middle of its members."""


class ReplacingConformance:
    """Tests of ``ReplacingSink``; part of ``AudienceSinkConformance``."""

    @pytest.fixture
    def replacing(self, sink: AudienceSink[Any]) -> ReplacingSink:
        """The sink, if it can replace."""
        if not isinstance(sink, ReplacingSink):
            pytest.skip("this sink does not replace all members at once")
        return sink

    @pytest.fixture
    def newcomers(self, sink: AudienceSink[Any]) -> Sequence[Member]:
        """Two more members the platform accepts, none of ``members``. Override if it refuses invented ones."""
        return [invented_member(sink, number) for number in (111, 112)]

    def test_replacing_leaves_exactly_those_sent(
        self,
        sink: AudienceSink[Any],
        replacing: ReplacingSink,
        audience: str,
        members: Sequence[Member],
        newcomers: Sequence[Member],
        held: Held,
    ) -> None:
        """Who is there stays if sent, and leaves if not; the batches may be of any size up to the largest."""
        sink.add(audience, members)
        sent = [*members[:1], *newcomers]
        assert list(replacing.replace(audience, iter([sent[:1], sent[1:]]), len(sent))) == []
        assert held(audience) == references(sink, sent)

    def test_replacing_twice_is_replacing_once(
        self,
        sink: AudienceSink[Any],
        replacing: ReplacingSink,
        audience: str,
        members: Sequence[Member],
        held: Held,
    ) -> None:
        """After a crash the hub begins anew; a count that was but estimated does no harm."""
        for total in (len(members), 1):
            assert list(replacing.replace(audience, iter([members]), total)) == []
            assert held(audience) == references(sink, members)

    def test_members_can_be_added_and_removed_after_replacing(
        self,
        sink: AudienceSink[Any],
        replacing: ReplacingSink,
        audience: str,
        members: Sequence[Member],
        held: Held,
    ) -> None:
        """Replacing is for the first run; the next ones send what changed."""
        list(replacing.replace(audience, iter([members[:2]]), 2))
        assert list(sink.add(audience, members[2:])) == []
        assert list(sink.remove(audience, removals(sink, members[:1]))) == []
        assert held(audience) == references(sink, members[1:])

    def test_replacing_tells_who_is_refused(
        self,
        sink: AudienceSink[Any],
        replacing: ReplacingSink,
        audience: str,
        members: Sequence[Member],
        refused: Member | None,
        held: Held,
    ) -> None:
        """By number, with a reason; all others are held."""
        if refused is None:
            pytest.skip("this platform refuses no member by name")
        batches = iter([[members[0], refused], members[1:]])
        rejected = list(replacing.replace(audience, batches, len(members) + 1))
        assert [one.number for one in rejected] == [refused.number]
        assert rejected[0].reason.strip()
        assert held(audience) == references(sink, members)

    def test_a_replacement_cut_short_replaces_nobody(
        self,
        sink: AudienceSink[Any],
        replacing: ReplacingSink,
        audience: str,
        members: Sequence[Member],
        newcomers: Sequence[Member],
        held: Held,
    ) -> None:
        """The error passes through as it is, and the audience holds whom it held."""
        sink.add(audience, members)

        def broken() -> Iterator[Sequence[Member]]:
            yield newcomers
            raise _CutShortError

        with pytest.raises(_CutShortError):
            list(replacing.replace(audience, broken(), 2))
        assert held(audience) == references(sink, members)

    def test_replacing_by_nobody_empties_or_refuses(
        self,
        sink: AudienceSink[Any],
        replacing: ReplacingSink,
        audience: str,
        members: Sequence[Member],
        held: Held,
    ) -> None:
        """A platform that can't hold nobody says so and keeps everyone; the hub then removes them instead."""
        sink.add(audience, members)
        refusal = ""
        try:
            assert list(replacing.replace(audience, iter([]), 0)) == []
        except UserError as error:
            refusal = str(error)
        assert held(audience) == (references(sink, members) if refusal else set())

    def test_batches_are_taken_one_after_the_other(
        self, sink: AudienceSink[Any], replacing: ReplacingSink, audience: str, held: Held
    ) -> None:
        """A million members do not fit into memory: a batch is let go before the next but one is asked for."""
        watched: list[weakref.ref[_Batch]] = []
        everyone: set[str] = set()

        def batches() -> Iterator[Sequence[Member]]:
            for piece in range(_PIECES):
                gc.collect()
                assert sum(one() is not None for one in watched) <= 1
                batch = _Batch(invented_member(sink, 200 + 3 * piece + number) for number in range(3))
                everyone.update(references(sink, batch))
                watched.append(weakref.ref(batch))
                yield batch
                del batch

        assert list(replacing.replace(audience, batches(), 3 * _PIECES)) == []
        assert held(audience) == everyone

    def test_replacing_on_a_lost_platform_is_tried_again(
        self, lost: AudienceSink[Any], replacing: ReplacingSink, members: Sequence[Member]
    ) -> None:
        """Nobody needs to act."""
        assert isinstance(lost, ReplacingSink)
        with pytest.raises(TryAgain):
            list(lost.replace("1", iter([members]), len(members)))


class ErasingConformance:
    """Tests of ``ErasingSink``; part of ``AudienceSinkConformance``."""

    @pytest.fixture
    def erasing(self, sink: AudienceSink[Any]) -> ErasingSink:
        """The sink, if it can erase."""
        if not isinstance(sink, ErasingSink):
            pytest.skip("this sink erases nobody beyond taking them out")
        return sink

    @pytest.fixture
    def kept(self) -> Callable[[str], bool] | None:
        """Tells by reference whether the platform keeps anything of a person anywhere; None: no one can look."""
        return None

    def test_erased_members_are_gone(
        self,
        sink: AudienceSink[Any],
        erasing: ErasingSink,
        audience: str,
        members: Sequence[Member],
        held: Held,
        kept: Callable[[str], bool] | None,
    ) -> None:
        """From the audience, and from all else; the others stay."""
        sink.add(audience, members)
        assert list(erasing.erase(audience, removals(sink, members[:1]))) == []
        assert held(audience) == references(sink, members[1:])
        if kept is not None:
            found = [kept(sink.reference(member)) for member in members]
            assert found == [False, *(True for _ in members[1:])]

    def test_erasing_twice_is_erasing_once(
        self,
        sink: AudienceSink[Any],
        erasing: ErasingSink,
        audience: str,
        members: Sequence[Member],
        held: Held,
    ) -> None:
        """Nor does it matter whether they were taken out before, or ever sent."""
        sink.add(audience, members[:2])
        sink.remove(audience, removals(sink, members[:1]))
        for _ in range(2):
            assert list(erasing.erase(audience, removals(sink, members))) == []
            assert held(audience) == set()

    def test_erasing_needs_the_reference_alone(
        self,
        sink: AudienceSink[Any],
        erasing: ErasingSink,
        audience: str,
        members: Sequence[Member],
        held: Held,
    ) -> None:
        """The customer has no row any more."""
        sink.add(audience, members)
        assert list(erasing.erase(audience, [])) == []
        assert list(erasing.erase(audience, [Removal(9_999_999, sink.reference(members[0]))])) == []
        assert held(audience) == references(sink, members[1:])

    def test_erasing_on_a_lost_platform_is_tried_again(
        self, lost: AudienceSink[Any], erasing: ErasingSink, members: Sequence[Member]
    ) -> None:
        """Nobody needs to act."""
        assert isinstance(lost, ErasingSink)
        with pytest.raises(TryAgain):
            lost.erase("1", removals(lost, members))

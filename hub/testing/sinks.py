"""The conformance suite of audience sinks: inherit it in a plugin's tests and override its fixtures."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from hub import AudienceSink, IdentifierKind, Member, NotFound, Removal, Settings, TryAgain
from hub.testing.sink_abilities import ErasingConformance, ReplacingConformance
from hub.testing.sink_departures import ReportingConformance
from hub.testing.sink_forms import FormConformance
from hub.testing.sink_members import Held, invented_member, references, removals, secrets_of

__all__ = ["AudienceSinkConformance", "Held", "invented_member", "references", "removals", "secrets_of"]

_NAME = re.compile(r"[a-z][a-z0-9_]*")


class AudienceSinkConformance(FormConformance, ReplacingConformance, ErasingConformance, ReportingConformance):
    """What every audience sink must do. Override ``sink``, ``held`` and ``lost``; the rest as it asks for.

    Each test begins with an audience of its own, so a shared platform will do. Tests of an ability that the sink
    does not offer are skipped, with that as the reason.
    """

    @pytest.fixture
    def sink(self) -> AudienceSink[Any]:
        """The sink under test, ready for a platform that works."""
        raise NotImplementedError("override the fixture 'sink'")

    @pytest.fixture
    def held(self) -> Held:
        """Looks at what the platform holds, not by way of the sink."""
        raise NotImplementedError("override the fixture 'held'")

    @pytest.fixture
    def lost(self) -> AudienceSink[Any]:
        """The same sink set up for a platform that can't be reached, such as a port nobody listens on."""
        raise NotImplementedError("override the fixture 'lost'")

    @pytest.fixture
    def members(self, sink: AudienceSink[Any]) -> Sequence[Member]:
        """Three members the platform accepts. Override if it refuses invented ones."""
        return [invented_member(sink, number) for number in (101, 102, 103)]

    @pytest.fixture
    def many(self, sink: AudienceSink[Any]) -> Sequence[Member]:
        """As many members as one call may carry."""
        return [invented_member(sink, number) for number in range(1000, 1000 + sink.largest_batch)]

    @pytest.fixture
    def refused(self) -> Member | None:
        """A member the platform refuses; None if it never refuses any by name."""
        return None

    @pytest.fixture
    def foreseen(self) -> Member | None:
        """A member who is refused without the platform being asked; None if there is none."""
        return None

    @pytest.fixture
    def twin(self, sink: AudienceSink[Any]) -> AudienceSink[Any]:
        """Another instance with equal settings. Override if your sink is made otherwise."""
        values = {name: getattr(sink.settings, name) for name in type(sink.settings).model_fields}
        return type(sink)(type(sink.settings).model_validate(values), sink.context)

    @pytest.fixture
    def vanished(self) -> str | None:
        """The id of an audience the platform does not know; None if it can't tell."""
        return None

    @pytest.fixture
    def audience(self, sink: AudienceSink[Any]) -> str:
        """An audience made for this test."""
        return sink.ensure_audience("Conformance", None)

    def test_the_class_says_all_it_must(self, sink: AudienceSink[Any]) -> None:
        """Name, label, help, settings, identifiers and batch size are there and make sense."""
        kind = type(sink)
        assert _NAME.fullmatch(kind.name)
        assert kind.label.strip()
        assert kind.help.strip()
        assert issubclass(kind.settings_model, Settings)
        assert kind.accepts
        assert all(isinstance(one, IdentifierKind) for one in kind.accepts)
        assert kind.largest_batch >= 1
        assert len(set(sink.traits)) == len(sink.traits)

    def test_every_setting_is_described(self, sink: AudienceSink[Any]) -> None:
        """The form and the documentation are made of the descriptions."""
        fields = type(sink).settings_model.model_fields
        assert [name for name, field in fields.items() if not field.description] == []

    def test_settings_refuse_unknown_fields(self, sink: AudienceSink[Any]) -> None:
        """A misspelt setting is an error."""
        known = {name: getattr(sink.settings, name) for name in type(sink.settings).model_fields}
        type(sink.settings).model_validate(known)
        with pytest.raises(ValidationError):
            type(sink.settings).model_validate({**known, "no_such_setting": 1})

    def test_settings_mask_secrets(self, sink: AudienceSink[Any]) -> None:
        """No secret is in what is printed of the settings or the sink."""
        shown = f"{sink.settings!r} {sink.settings} {sink.settings.model_dump_json()} {sink!r} {sink}"
        for secret in secrets_of(sink.settings):
            assert secret not in shown

    def test_check_passes(self, sink: AudienceSink[Any]) -> None:
        """Settings that work pass, as often as one likes."""
        sink.check()
        sink.check()

    def test_ensuring_an_audience_twice_makes_one(self, sink: AudienceSink[Any]) -> None:
        """The id is the same, whether or not it is known."""
        first = sink.ensure_audience("Friends of opera", None)
        assert first
        assert sink.ensure_audience("Friends of opera", first) == first

    def test_an_audience_that_vanished_is_reported(self, sink: AudienceSink[Any], vanished: str | None) -> None:
        """The user must know that its members are lost."""
        if vanished is None:
            pytest.skip("this platform can't tell")
        with pytest.raises(NotFound):
            sink.ensure_audience("Conformance", vanished)

    def test_members_are_added(
        self, sink: AudienceSink[Any], audience: str, members: Sequence[Member], held: Held
    ) -> None:
        """All are held under the reference the sink gives."""
        assert list(sink.add(audience, members)) == []
        assert held(audience) == references(sink, members)

    def test_adding_twice_is_adding_once(
        self, sink: AudienceSink[Any], audience: str, members: Sequence[Member], held: Held
    ) -> None:
        """After a crash the hub sends a batch again."""
        sink.add(audience, members)
        assert list(sink.add(audience, members)) == []
        assert held(audience) == references(sink, members)

    def test_members_are_removed(
        self, sink: AudienceSink[Any], audience: str, members: Sequence[Member], held: Held
    ) -> None:
        """Those named leave, the others stay."""
        sink.add(audience, members)
        assert list(sink.remove(audience, removals(sink, members[:1]))) == []
        assert held(audience) == references(sink, members[1:])

    def test_removing_twice_is_removing_once(
        self, sink: AudienceSink[Any], audience: str, members: Sequence[Member], held: Held
    ) -> None:
        """One who is not there any more counts as removed."""
        sink.add(audience, members)
        sink.remove(audience, removals(sink, members[:1]))
        assert list(sink.remove(audience, removals(sink, members[:1]))) == []
        assert held(audience) == references(sink, members[1:])

    def test_one_never_sent_can_be_removed(
        self, sink: AudienceSink[Any], audience: str, members: Sequence[Member], held: Held
    ) -> None:
        """A crash between sending and noting must not end in an error."""
        sink.add(audience, members[1:])
        assert list(sink.remove(audience, removals(sink, members[:1]))) == []
        assert held(audience) == references(sink, members[1:])

    def test_one_who_left_can_return(
        self, sink: AudienceSink[Any], audience: str, members: Sequence[Member], held: Held
    ) -> None:
        """Segments breathe: who leaves today may enter tomorrow."""
        sink.add(audience, members)
        sink.remove(audience, removals(sink, members))
        assert held(audience) == set()
        assert list(sink.add(audience, members)) == []
        assert held(audience) == references(sink, members)

    def test_an_empty_batch_does_nothing(self, sink: AudienceSink[Any], audience: str, held: Held) -> None:
        """Nobody to send is no error."""
        assert list(sink.add(audience, [])) == []
        assert list(sink.remove(audience, [])) == []
        assert held(audience) == set()

    def test_the_largest_batch_works(
        self, sink: AudienceSink[Any], audience: str, many: Sequence[Member], held: Held
    ) -> None:
        """The sink takes, and lets go, as many at once as it says."""
        assert list(sink.add(audience, many)) == []
        assert held(audience) == references(sink, many)
        assert list(sink.remove(audience, removals(sink, many))) == []
        assert held(audience) == set()

    def test_one_refused_member_does_not_stop_the_rest(
        self,
        sink: AudienceSink[Any],
        audience: str,
        members: Sequence[Member],
        refused: Member | None,
        held: Held,
    ) -> None:
        """It is reported by its number, with a reason, and all others are held."""
        if refused is None:
            pytest.skip("this platform refuses no member by name")
        rejected = list(sink.add(audience, [members[0], refused, *members[1:]]))
        assert [one.number for one in rejected] == [refused.number]
        assert rejected[0].reason.strip()
        assert held(audience) == references(sink, members)

    def test_the_reference_is_stable(self, sink: AudienceSink[Any], members: Sequence[Member]) -> None:
        """It follows from the identifiers alone, and tells members apart."""
        member = members[0]
        renamed = replace(member, traits=dict.fromkeys(member.traits, None), number=member.number + 1)
        assert sink.reference(member) == sink.reference(member) == sink.reference(renamed)
        assert len(references(sink, members)) == len(members)

    def test_the_reference_is_enough_to_remove(
        self, sink: AudienceSink[Any], audience: str, members: Sequence[Member], held: Held
    ) -> None:
        """An erased customer has no address and no row any more, and another number means nothing."""
        sink.add(audience, members)
        kept = [Removal(number=9_999_999, reference=sink.reference(members[0]))]
        assert list(sink.remove(audience, kept)) == []
        assert held(audience) == references(sink, members[1:])

    def test_unknown_traits_are_no_reason_to_refuse(
        self, sink: AudienceSink[Any], audience: str, members: Sequence[Member], held: Held
    ) -> None:
        """Of many customers only the address is known."""
        bare = [replace(member, traits=dict.fromkeys(member.traits, None)) for member in members]
        assert list(sink.add(audience, bare)) == []
        assert held(audience) == references(sink, members)

    def test_a_lost_platform_is_tried_again(self, lost: AudienceSink[Any], members: Sequence[Member]) -> None:
        """Whatever is asked, nobody needs to act."""
        leaving = [Removal(member.number, lost.reference(member)) for member in members]
        for call in (
            lost.check,
            lambda: lost.ensure_audience("Conformance", None),
            lambda: lost.add("1", members),
            lambda: lost.remove("1", leaving),
        ):
            with pytest.raises(TryAgain) as caught:
                call()
            for secret in secrets_of(lost.settings):
                assert secret not in f"{caught.value!r} {caught.value}"

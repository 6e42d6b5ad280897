"""The conformance suite of audience sinks: inherit it in a plugin's tests and override its fixtures."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from hub import AudienceSink, IdentifierKind, Member, NotFound, Removal, Settings, TryAgain

Held = Callable[[str], set[str]]
"""Given an audience's id, the references of all members the other side holds in it just now."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_VALUES: dict[str, Callable[[int], str | int]] = {
    "external_id": lambda number: f"crm-{number}",
    "email": lambda number: f"person{number}@example.com",
    "phone": lambda number: f"+4915100{number:06d}",
    "first_name": lambda number: f"Given{number}",
    "last_name": lambda number: f"Family{number}",
    "gender": lambda _: "other",
    "country": lambda _: "DE",
    "language": lambda _: "de",
    "orders": lambda number: number % 7,
    "tickets": lambda number: number % 11,
    "revenue": lambda number: number * 100,
}
_IDENTIFIERS: dict[IdentifierKind, Callable[[int], str]] = {
    IdentifierKind.EMAIL: lambda number: f"person{number}@example.com",
    IdentifierKind.PHONE: lambda number: f"+4915100{number:06d}",
    IdentifierKind.CUSTOMER: str,
}


def invented_member(sink: AudienceSink[Any], number: int) -> Member:
    """A member who does not exist, with all that the sink asks for."""
    return Member(
        number=number,
        identifiers={kind: _IDENTIFIERS[kind](number) for kind in sorted(sink.accepts)},
        traits={name: _VALUES[name](number) if name in _VALUES else f"Text {number}" for name in sink.traits},
    )


class AudienceSinkConformance:
    """What every audience sink must do. Override ``sink``, ``held`` and ``lost``; the rest as it asks for.

    Each test begins with an audience of its own, so a shared platform will do.
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


def references(sink: AudienceSink[Any], members: Iterable[Member]) -> set[str]:
    """What ``held`` must return when exactly these members are held."""
    return {sink.reference(member) for member in members}


def removals(sink: AudienceSink[Any], members: Iterable[Member]) -> list[Removal]:
    """The removals of these members."""
    return [Removal(member.number, sink.reference(member)) for member in members]


def secrets_of(settings: Settings) -> list[str]:
    """The secrets in a component's settings, in clear."""
    values = (getattr(settings, name) for name in type(settings).model_fields)
    return [value.get_secret_value() for value in values if isinstance(value, SecretStr)]

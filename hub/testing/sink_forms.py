"""What every audience sink must say of how it writes members down, and of whom it would refuse."""

from collections.abc import Sequence
from typing import Any

import pytest

from hub import AudienceSink, IdentifierKind, Member
from hub.testing.sink_members import Held, secrets_of


class FormConformance:
    """Tests of ``AudienceSink.form`` and ``AudienceSink.foresee``; part of ``AudienceSinkConformance``."""

    def test_the_form_is_stable(
        self, sink: AudienceSink[Any], twin: AudienceSink[Any], audience: str, members: Sequence[Member]
    ) -> None:
        """Equal settings send alike: another text has all members sent again."""
        before = sink.form
        sink.add(audience, members)
        assert sink.form == before == twin.form

    def test_the_form_shows_no_secret_and_nobody(
        self, sink: AudienceSink[Any], audience: str, members: Sequence[Member]
    ) -> None:
        """It is stored with the sync."""
        sink.add(audience, members)
        telling = (IdentifierKind.EMAIL, IdentifierKind.PHONE)
        private = [one.identifiers[kind] for one in members for kind in telling if kind in one.identifiers]
        assert [text for text in [*private, *secrets_of(sink.settings)] if text in sink.form] == []

    def test_who_is_accepted_is_not_foreseen_as_refused(
        self, sink: AudienceSink[Any], audience: str, members: Sequence[Member], held: Held
    ) -> None:
        """A preview counts them as sent. Looking ahead sends nobody."""
        assert list(sink.foresee(members)) == []
        assert list(sink.foresee([])) == []
        assert held(audience) == set()
        assert list(sink.add(audience, members)) == []

    def test_who_is_foreseen_as_refused_is_refused(
        self, sink: AudienceSink[Any], audience: str, members: Sequence[Member], foreseen: Member | None
    ) -> None:
        """The preview and the run say the same, by the member's number."""
        if foreseen is None:
            pytest.skip("this sink refuses no member without asking the platform")
        (told,) = sink.foresee([members[0], foreseen, *members[1:]])
        (refused,) = sink.add(audience, [members[0], foreseen, *members[1:]])
        assert told.number == refused.number == foreseen.number
        assert told.permanent == refused.permanent
        assert told.reason.strip()

    def test_what_add_alone_refuses_may_be_foreseen_but_not_otherwise(
        self, sink: AudienceSink[Any], audience: str, refused: Member | None
    ) -> None:
        """Nobody else is named, and not with another permanence."""
        if refused is None:
            pytest.skip("this platform refuses no member by name")
        told = [(one.number, one.permanent) for one in sink.foresee([refused])]
        assert told in ([], [(one.number, one.permanent) for one in sink.add(audience, [refused])])

    def test_looking_ahead_needs_no_platform(self, lost: AudienceSink[Any], members: Sequence[Member]) -> None:
        """A preview of a million members asks nobody."""
        assert list(lost.foresee(members)) == []
        assert isinstance(lost.form, str)

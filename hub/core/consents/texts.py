"""The words customers agree to: each change of them is another version, and none is ever changed."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from hub.core.contracts.errors import UserError
from hub.core.contracts.records import ConsentChannel
from hub.core.segments.references.naming import clean_name
from hub.core.store import consent_texts as stored
from hub.core.store.database import Database
from hub.core.store.tables import ConsentText, Organisation
from hub.core.store.texts import storable

LONGEST_TEXT = 20_000
"""Most characters of a text."""


class ConsentTexts:
    """The consent texts of one organisation, by permission.

    Args:
        database: the store's.
        organisation: whose texts.
        clock: the time now, in UTC.
    """

    def __init__(self, database: Database, organisation: Organisation, clock: Callable[[], datetime]) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._clock = clock

    def publish(
        self,
        permission: str,
        text: str,
        channels: Collection[ConsentChannel] | None = None,
        double_opt_in: bool | None = None,
    ) -> ConsentText:
        """Make the next version of a permission's text; where nothing changes, the current one stays.

        Args:
            permission: what is agreed to, such as newsletter.
            text: the words.
            channels: on which channels it asks to be allowed to write; None: those of the current version, and
                of a first version email alone.
            double_opt_in: whether a permission counts only once its address has confirmed it; None: as in the
                current version, and in a first version not.

        Raises:
            UserError: the permission or the text will not do, or there is no channel.
        """
        permission, text = clean_name(permission, "permission"), _clean_text(text)
        with self._database.session(write=True) as session:
            stored.lock(session, self._organisation_id)
            current = stored.newest_text(session, self._organisation_id, permission)
            if channels is None:
                channels = [ConsentChannel.EMAIL] if current is None else channels_of(current)
            if double_opt_in is None:
                double_opt_in = current is not None and current.double_opt_in
            if not channels:
                raise UserError(f"the text of {permission!r} must ask for a channel; name at least one")
            following = ConsentText(
                organisation_id=self._organisation_id,
                permission=permission,
                version=1 if current is None else current.version + 1,
                text=text,
                channels=",".join(channel for channel in ConsentChannel if channel in channels),
                double_opt_in=double_opt_in,
                created_at=self._clock().replace(microsecond=0),  # as it is stored
            )
            if current is not None and _says(current) == _says(following):
                return current
            session.add(following)
        return following

    def current(self, permission: str) -> ConsentText:
        """The newest version of a permission's text.

        Raises:
            NotFound: the permission has no text.
        """
        return self.versions(permission)[0]

    def versions(self, permission: str) -> Sequence[ConsentText]:
        """All versions of a permission's text, newest first.

        Raises:
            NotFound: the permission has no text.
        """
        with self._database.session() as session:
            return stored.versions_of(session, self._organisation_id, permission)

    def version(self, permission: str, version: int) -> ConsentText:
        """One version of a permission's text.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            return stored.version_of(session, self._organisation_id, permission, version)

    def all(self) -> Sequence[ConsentText]:
        """The newest version of each permission's text, by permission."""
        with self._database.session() as session:
            return stored.current_texts(session, self._organisation_id)


def channels_of(text: ConsentText) -> Sequence[ConsentChannel]:
    """The channels a version asks for."""
    return [ConsentChannel(channel) for channel in text.channels.split(",")]


def _says(text: ConsentText) -> tuple[str, str, bool]:
    return text.text, text.channels, text.double_opt_in


def _clean_text(text: str) -> str:
    cleaned = text.replace("\r\n", "\n").strip()
    if not cleaned:
        raise UserError("a consent text is not empty: write what the customer agrees to")
    if len(cleaned) > LONGEST_TEXT:
        raise UserError(f"a consent text has at most {LONGEST_TEXT:,} characters")
    if not storable(cleaned):
        raise UserError("a consent text is text: leave out half characters and the character with code 0")
    return cleaned

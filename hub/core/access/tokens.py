"""Tokens of the REST API: shown once, kept as digests, limited to scopes, revocable."""

import hashlib
import secrets
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlmodel import col, select

from hub.core.contracts.errors import NotFound
from hub.core.store.database import Database
from hub.core.store.tables import AccessToken, Organisation

_PREFIX = "hub_"


class Scope(StrEnum):
    """What a token may do."""

    SEGMENTS_READ = "segments:read"
    """See segments, dashboards, history, members and customers' profiles."""
    SEGMENTS_WRITE = "segments:write"
    """Make, change, remove and restore segments, views and tags."""
    SYNCS_READ = "syncs:read"
    """See syncs, previews and runs."""
    SYNCS_WRITE = "syncs:write"
    """Make, run, pause and cancel syncs."""
    FEEDS_READ = "feeds:read"
    """See feeds and who read them."""
    FEEDS_WRITE = "feeds:write"
    """Make, rotate, revoke and remove feeds: hand personal data to whoever knows an address."""
    MESSAGES_READ = "messages:read"
    """See templates, newsletters, campaign links, rules, suppressions, messages and what became of them."""
    MESSAGES_WRITE = "messages:write"
    """Make and change templates, newsletters, campaign links, rules and suppressions, and send to customers."""
    CONSENTS_READ = "consents:read"
    """See consent texts, and what customers agreed to, with the proof."""
    CONSENTS_WRITE = "consents:write"
    """Publish consent texts, record and withdraw what customers agree to: for shops' pages."""
    IMPORTS_READ = "imports:read"
    """See connected data sources, their imports and rejected rows."""
    IMPORTS_WRITE = "imports:write"
    """Import files and connected data sources, schedule and cancel that."""
    PLUGINS_READ = "plugins:read"
    """See plugins."""


class Tokens:
    """The tokens of one organisation.

    Args:
        database: the store's.
        organisation: whose tokens.
        clock: the time now, in UTC.
    """

    def __init__(self, database: Database, organisation: Organisation, clock: Callable[[], datetime]) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation_id = organisation.id
        self._clock = clock

    def create(self, name: str, scopes: Collection[Scope]) -> str:
        """Make a token. This is the only time it is seen."""
        token = _PREFIX + secrets.token_urlsafe(32)
        with self._database.session(write=True) as session:
            session.add(
                AccessToken(
                    organisation_id=self._organisation_id,
                    name=name,
                    digest=_digest(token),
                    scopes=" ".join(sorted(scopes)),
                    created_at=self._clock(),
                )
            )
        return token

    def scopes_of(self, token: str) -> frozenset[Scope]:
        """What a token may do; nothing when it is unknown or revoked."""
        with self._database.session() as session:
            found = session.scalars(
                select(AccessToken).where(
                    AccessToken.organisation_id == self._organisation_id,
                    AccessToken.digest == _digest(token),
                    col(AccessToken.revoked_at).is_(None),
                )
            ).one_or_none()
        known = {scope.value for scope in Scope}  # another version may know more
        return frozenset(Scope(scope) for scope in (found.scopes.split() if found else ()) if scope in known)

    def all(self) -> Sequence[AccessToken]:
        """All tokens that were not revoked, by name."""
        with self._database.session() as session:
            return session.scalars(
                select(AccessToken)
                .where(AccessToken.organisation_id == self._organisation_id, col(AccessToken.revoked_at).is_(None))
                .order_by(col(AccessToken.name))
            ).all()

    def revoke(self, name: str) -> None:
        """Make the tokens of that name worthless.

        Raises:
            NotFound: there is none.
        """
        with self._database.session(write=True) as session:
            found = session.scalars(
                select(AccessToken).where(
                    AccessToken.organisation_id == self._organisation_id,
                    AccessToken.name == name,
                    col(AccessToken.revoked_at).is_(None),
                )
            ).all()
            if not found:
                raise NotFound(f"there is no token {name!r}")
            for token in found:
                token.revoked_at = self._clock()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

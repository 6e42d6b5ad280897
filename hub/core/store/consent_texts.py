"""Every query over the versions of consent texts."""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col, select

from hub.core.contracts.errors import NotFound
from hub.core.store.tables import ConsentText, Organisation
from hub.core.store.texts import storable


def lock(session: Session, organisation_id: int) -> None:
    """Let no other writer publish a text of this organisation until the transaction ends.

    On SQLite the transaction itself does it; imports, which only point at the organisation, are not held up.
    """
    own = select(Organisation.id).where(Organisation.id == organisation_id)
    session.execute(own.with_for_update(key_share=True))


def newest_text(session: Session, organisation_id: int, permission: str) -> ConsentText | None:
    """The current version of a permission's text; None where there is none."""
    return session.scalars(_versions(organisation_id, permission).limit(1)).first()


def versions_of(session: Session, organisation_id: int, permission: str) -> Sequence[ConsentText]:
    """All versions of a permission's text, newest first.

    Raises:
        NotFound: there is none.
    """
    found = session.scalars(_versions(organisation_id, permission)).all()
    if not found:
        raise NotFound(_no_text(permission))
    return found


def version_of(session: Session, organisation_id: int, permission: str, version: int) -> ConsentText:
    """One version of a permission's text.

    Raises:
        NotFound: there is none.
    """
    found = session.scalars(
        _versions(organisation_id, permission).where(col(ConsentText.version) == version)
    ).one_or_none()
    if found is None:
        newest = newest_text(session, organisation_id, permission)
        if newest is None:
            raise NotFound(_no_text(permission))
        raise NotFound(f"the text of {permission!r} has no version {version}; the newest one is {newest.version}")
    return found


def current_texts(session: Session, organisation_id: int) -> Sequence[ConsentText]:
    """The current version of each permission's text, by permission."""
    own = select(ConsentText).where(ConsentText.organisation_id == organisation_id)
    newest = (
        sa.select(col(ConsentText.permission), sa.func.max(col(ConsentText.version)).label("version"))
        .where(col(ConsentText.organisation_id) == organisation_id)
        .group_by(col(ConsentText.permission))
        .subquery()
    )
    joined = own.join(
        newest,
        sa.and_(col(ConsentText.permission) == newest.c.permission, col(ConsentText.version) == newest.c.version),
    )
    return session.scalars(joined.order_by(col(ConsentText.permission))).all()


def texts_of_ids(session: Session, ids: Collection[int]) -> Mapping[int, ConsentText]:
    """Those versions by their ids."""
    some = select(ConsentText).where(col(ConsentText.id).in_(ids))
    return {text.id or 0: text for text in session.scalars(some)}


def _versions(organisation_id: int, permission: str) -> sa.Select[ConsentText]:
    own = sa.select(ConsentText).where(
        col(ConsentText.organisation_id) == organisation_id,
        col(ConsentText.permission) == permission if storable(permission) else sa.false(),
    )
    return own.order_by(col(ConsentText.version).desc())


def _no_text(permission: str) -> str:
    return f"there is no consent text for {permission!r}; `hub consent text list` shows those there are"

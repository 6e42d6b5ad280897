"""Every query over templates of messages and their wordings."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col, select

from hub.core.contracts.errors import NameTaken, NotFound
from hub.core.store.segments import folded
from hub.core.store.tables import (
    CustomField,
    MessageTemplate,
    MessageWording,
    Newsletter,
    NewsletterStatus,
)
from hub.core.store.texts import storable

_ENDED = (NewsletterStatus.SENT.value, NewsletterStatus.CANCELLED.value)


def add_template(session: Session, template: MessageTemplate) -> None:
    """Store a new template.

    Raises:
        NameTaken: a template has that name.
    """
    check_name(session, template.organisation_id, template.name)
    session.add(template)
    session.flush()


def check_name(session: Session, organisation_id: int, name: str, template_id: int | None = None) -> None:
    """See that a name is free, or belongs to the template of this id.

    Raises:
        NameTaken: a template has that name.
    """
    taken = _find(session, organisation_id, name)
    if taken is not None and taken.id != template_id:
        raise NameTaken(f"a template is called {taken.name!r} already; choose another name")


def template_named(session: Session, organisation_id: int, name: str) -> MessageTemplate:
    """The template of that name, in any case.

    Raises:
        NotFound: there is none.
    """
    found = _find(session, organisation_id, name)
    if found is None:
        raise NotFound(f"there is no template {name!r}; `hub template list` shows those there are")
    return found


def template_of(
    session: Session, organisation_id: int, template_id: int, *, hold: bool = False
) -> MessageTemplate:
    """The template of that id.

    Args:
        session: the store's.
        organisation_id: whose templates.
        template_id: which one.
        hold: whether it is held still until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    own = select(MessageTemplate).where(MessageTemplate.id == template_id)
    found = session.scalars(own.with_for_update(key_share=True) if hold else own).one_or_none()
    if found is None or found.organisation_id != organisation_id:
        raise NotFound(f"there is no template {template_id}; it may have been removed")
    return found


def templates(
    session: Session, organisation_id: int, *, after: str | None = None, limit: int | None = None
) -> Sequence[MessageTemplate]:
    """Templates by name, as it is compared; for paging from after a name."""
    own = select(MessageTemplate).where(MessageTemplate.organisation_id == organisation_id)
    if after is not None:
        own = own.where(col(MessageTemplate.folded_name) > folded(after))
    return session.scalars(own.order_by(col(MessageTemplate.folded_name)).limit(limit)).all()


def wordings_of(session: Session, template_ids: Sequence[int]) -> Mapping[int, Sequence[MessageWording]]:
    """The wordings of templates by the template's id: by channel, then by language."""
    query = select(MessageWording).where(col(MessageWording.template_id).in_(template_ids))
    ordered = query.order_by(col(MessageWording.channel), col(MessageWording.language))
    found: dict[int, list[MessageWording]] = {template_id: [] for template_id in template_ids}
    for wording in session.scalars(ordered):
        found[wording.template_id].append(wording)
    return found


def keys_of_wordings(session: Session, template_ids: Sequence[int]) -> Mapping[int, Sequence[tuple[str, str]]]:
    """Channel and language of each wording by the template's id, without the words."""
    query = sa.select(MessageWording.template_id, MessageWording.channel, MessageWording.language).where(  # type: ignore[call-overload]  # SQLModel types a column as its value
        col(MessageWording.template_id).in_(template_ids)
    )
    found: dict[int, list[tuple[str, str]]] = {template_id: [] for template_id in template_ids}
    for template_id, channel, language in session.execute(query.order_by("channel", "language")):
        found[template_id].append((channel, language))
    return found


def put_wording(session: Session, wording: MessageWording) -> None:
    """Store a wording in the place of the one on its channel in its language, if there is one."""
    session.merge(wording)


def delete_wording(session: Session, template: MessageTemplate, channel: str, language: str) -> None:
    """Delete a wording.

    Raises:
        NotFound: there is none.
    """
    found = session.get(MessageWording, (template.id, channel, language))
    if found is None:
        where = f" in {language!r}" if language else " without a language"
        raise NotFound(f"the template {template.name!r} has no wording for {channel}{where}")
    session.delete(found)


def newsletters_of(session: Session, template: MessageTemplate) -> Sequence[tuple[str, bool]]:
    """The names of the newsletters that say what a template says, and whether each has ended: those that have not
    come first.
    """
    query = select(Newsletter.name, Newsletter.status).where(Newsletter.template_id == template.id)
    rows = session.execute(query.order_by(col(Newsletter.id)))
    return sorted(((name, status in _ENDED) for name, status in rows), key=lambda one: one[1])


def delete_template(session: Session, template: MessageTemplate) -> None:
    """Delete a template with its wordings; no newsletter may use it."""
    session.execute(sa.delete(MessageTemplate).where(col(MessageTemplate.id) == template.id))


def custom_fields(session: Session, organisation_id: int) -> Mapping[str, str]:
    """The types of the organisation's custom fields by name."""
    query = select(CustomField.name, CustomField.value_type).where(CustomField.organisation_id == organisation_id)
    return {name: kind for name, kind in session.execute(query.order_by(col(CustomField.name)))}  # noqa: C416 - rows are no pairs


def _find(session: Session, organisation_id: int, name: str) -> MessageTemplate | None:
    if not storable(name):
        return None
    own = select(MessageTemplate).where(
        MessageTemplate.organisation_id == organisation_id, MessageTemplate.folded_name == folded(name)
    )
    return session.scalars(own).one_or_none()

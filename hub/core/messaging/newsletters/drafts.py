"""What a newsletter is to be, and how that is written into its row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from hub.core.contracts.errors import UserError
from hub.core.contracts.records import ConsentChannel
from hub.core.segments.references.naming import clean_name
from hub.core.store import links as stored_links
from hub.core.store import newsletters as stored
from hub.core.store import segments as stored_segments
from hub.core.store import templates as stored_templates
from hub.core.store.tables import Newsletter
from hub.core.store.texts import storable

LONGEST_SUBJECT = 2_000
"""Most characters of a newsletter's own subject, with its places for data."""
LONGEST_OWN_TEXT = 20_000
"""Most characters of a newsletter's own text."""
MOST_NAMED = 100
"""Most segments, companies, productions or events that a newsletter names."""


@dataclass(frozen=True)
class Draft:
    """What a newsletter is to be."""

    name: str
    template: str
    """The template's name."""
    channels: Mapping[ConsentChannel, str | None] = field(default_factory=lambda: {ConsentChannel.EMAIL: None})
    """Where it goes, in the order of preference, each with its connection's name; None: the oldest one."""
    permission: str = "newsletter"
    """What its recipients must have agreed to."""
    segments: Sequence[str] = ()
    """The segments it is for. Without segments and companies it goes to all subscribers."""
    companies: Sequence[str] = ()
    """The business partners whose contacts it is for."""
    without_productions: Sequence[str] = ()
    """Who holds a ticket for any of these productions does not get it."""
    without_events: Sequence[str] = ()
    """Who holds a ticket for any of these events, by their ids in the ticket system, does not get it."""
    campaign_link: str | None = None
    """The campaign link's name."""
    subject: str = ""
    """Replaces the template's, if it is not empty."""
    own_text: str = ""
    """What the template shows as ``own_text``."""
    tracks_opens: bool = True
    tracks_clicks: bool = True


def apply(session: Session, newsletter: Newsletter, draft: Draft, connections: dict[str, int]) -> None:
    """Write a draft into a newsletter's row, and store it.

    Args:
        session: the store's; it writes.
        newsletter: which one, perhaps a new one.
        draft: what it is to be.
        connections: ids of the channels' connections.

    Raises:
        NotFound: its template, a segment, a company or the campaign link does not exist.
        NameTaken: another newsletter has its name.
        UserError: a value makes no sense.
    """
    _check(draft)
    with session.no_autoflush:  # nothing of it is stored before all of it is known to be right
        organisation_id = newsletter.organisation_id
        newsletter.name = clean_name(draft.name, "newsletter")
        newsletter.folded_name = stored_segments.folded(newsletter.name)
        stored.check_newsletter_name(session, newsletter)
        template = stored_templates.template_named(session, organisation_id, draft.template)
        assert template.id is not None
        newsletter.template_id = template.id
        newsletter.permission = draft.permission.strip()
        newsletter.channels = ",".join(channel.value for channel in draft.channels)
        newsletter.connections = connections
        newsletter.without = {"productions": list(draft.without_productions), "events": list(draft.without_events)}
        newsletter.campaign_link_id = None
        if draft.campaign_link is not None:
            newsletter.campaign_link_id = stored_links.campaign_link_named(
                session, organisation_id, draft.campaign_link
            ).link.id
        newsletter.subject, newsletter.own_text = draft.subject.strip(), draft.own_text
        newsletter.tracks_opens, newsletter.tracks_clicks = draft.tracks_opens, draft.tracks_clicks
        segments = [
            stored_segments.segment_named(session, organisation_id, name) for name in dict.fromkeys(draft.segments)
        ]
        companies = stored.companies_named(session, organisation_id, list(dict.fromkeys(draft.companies)))
    session.add(newsletter)
    session.flush()
    stored.set_audience(
        session,
        newsletter.id or 0,
        list(dict.fromkeys(segment.id or 0 for segment in segments)),
        [company.id or 0 for company in companies],
    )


def _check(draft: Draft) -> None:
    if not draft.channels:
        raise UserError("a newsletter goes out on at least one channel; say which")
    if not draft.permission.strip() or not storable(draft.permission):
        raise UserError("say which permission its recipients must have given, such as newsletter")
    for what, text, longest in (
        ("subject", draft.subject, LONGEST_SUBJECT),
        ("own text", draft.own_text, LONGEST_OWN_TEXT),
    ):
        if len(text) > longest:
            raise UserError(f"the {what} has {len(text):,} characters, and {longest:,} are allowed; shorten it")
        if not storable(text):
            raise UserError(f"the {what} is text: leave out half characters and the character with code 0")
    if len(draft.subject.splitlines()) > 1:
        raise UserError("the subject has more than one line; write it on one")
    for what, named in (
        ("segments", draft.segments),
        ("companies", draft.companies),
        ("productions", draft.without_productions),
        ("events", draft.without_events),
    ):
        if len(named) > MOST_NAMED:
            raise UserError(f"a newsletter names at most {MOST_NAMED} {what}; make a segment that says it shorter")

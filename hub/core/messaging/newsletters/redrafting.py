"""What a newsletter is, as a draft of which some is to be changed."""

from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.newsletters.drafts import Draft
from hub.core.messaging.newsletters.service import NewsletterState


def draft_of(state: NewsletterState) -> Draft:
    """The draft that would make a newsletter as it is; ``Newsletters.change`` takes a whole one."""
    newsletter = state.newsletter
    return Draft(
        name=newsletter.name,
        template=state.template,
        channels={ConsentChannel(name): state.connections.get(name) for name in newsletter.channels.split(",")},
        permission=newsletter.permission,
        segments=state.segments,
        companies=state.companies,
        without_productions=newsletter.without.get("productions", []),
        without_events=newsletter.without.get("events", []),
        campaign_link=state.campaign_link,
        subject=newsletter.subject,
        own_text=newsletter.own_text,
        tracks_opens=newsletter.tracks_opens,
        tracks_clicks=newsletter.tracks_clicks,
    )

"""Newsletters as they travel, and what was asked for as the core wants it."""

from typing import Any

from hub.api.models.newsletters import (
    ChannelChoice,
    ChannelOut,
    Estimate,
    LeftOutOut,
    NewNewsletter,
    NewsletterChange,
    NewsletterOut,
    NewsletterPreviewOut,
    ReachOut,
    StatusCount,
)
from hub.api.routes.templates import measured
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.newsletters.drafts import Draft
from hub.core.messaging.newsletters.recipients import LeftOut, Recipients
from hub.core.messaging.newsletters.service import NewsletterState
from hub.core.messaging.newsletters.trial import NewsletterPreview
from hub.core.store.tables import MessageStatus

_OTHERWISE = {"without_production": "without_productions", "without_event": "without_events"}
"""Fields that the core calls otherwise."""


def draft_fields(asked: NewNewsletter | NewsletterChange) -> dict[str, Any]:
    """What was said of a newsletter, by the names of the fields of ``Draft``."""
    said = {_OTHERWISE.get(name, name): getattr(asked, name) for name in asked.model_fields_set}
    if "channels" in said:
        said["channels"] = _chosen(said["channels"])
    return said


def shown_newsletter(state: NewsletterState) -> NewsletterOut:
    """A newsletter as it travels."""
    newsletter = state.newsletter
    assert newsletter.id is not None
    status: Any = newsletter.status
    left_out = {LeftOut(reason): count for reason, count in newsletter.left_out.items()}
    return NewsletterOut(
        id=newsletter.id,
        name=newsletter.name,
        template=state.template,
        channels=[
            ChannelOut(channel=_word(channel), connection=state.connections[channel])
            for channel in newsletter.channels.split(",")
        ],
        permission=newsletter.permission,
        segments=list(state.segments),
        companies=list(state.companies),
        without_production=newsletter.without.get("productions", []),
        without_event=newsletter.without.get("events", []),
        campaign_link=state.campaign_link,
        subject=newsletter.subject,
        own_text=newsletter.own_text,
        tracks_opens=newsletter.tracks_opens,
        tracks_clicks=newsletter.tracks_clicks,
        status=status,
        send_at=newsletter.send_at,
        chosen=newsletter.chosen,
        recipients=newsletter.recipients,
        left_out=_left_out(left_out),
        messages=[
            StatusCount(status=_word(one.value), count=state.counts[one.value])
            for one in MessageStatus
            if one.value in state.counts
        ],
        message=newsletter.message,
        started_at=newsletter.started_at,
        ended_at=newsletter.ended_at,
        created_at=newsletter.created_at,
        changed_at=newsletter.changed_at,
    )


def shown_estimate(found: Recipients) -> Estimate:
    """How many would get a newsletter, as it travels."""
    return Estimate(
        chosen=found.chosen,
        recipients=found.size,
        channels=[ReachOut(channel=_word(one.channel.value), count=len(one.numbers)) for one in found.reaches],
        left_out=_left_out(found.left_out),
    )


def shown_preview(found: NewsletterPreview) -> NewsletterPreviewOut:
    """A preview of a newsletter as it travels."""
    return NewsletterPreviewOut(
        channel=_word(found.channel.value),
        subject=found.rendered.subject,
        text=found.rendered.text,
        html=found.rendered.html,
        measure=measured(found.measure),
        withheld=found.withheld or None,
    )


def new_draft(asked: NewNewsletter) -> Draft:
    """What a newsletter is to be."""
    return Draft(**draft_fields(asked))


def _chosen(channels: list[ChannelChoice]) -> dict[ConsentChannel, str | None]:
    return {ConsentChannel(one.channel): one.connection for one in channels}


def _left_out(counts: dict[LeftOut, int]) -> list[LeftOutOut]:
    return [LeftOutOut(reason=_word(reason.value), count=counts[reason]) for reason in LeftOut if reason in counts]


def _word(value: str) -> Any:
    return value

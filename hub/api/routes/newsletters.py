"""Operations on newsletters: make, change, look at, and remove them."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Body, Query, Response

from hub.api.authorisation import GuardedRoute, needs
from hub.api.cursors import read_number, write_cursor
from hub.api.dependencies import Cursor, Limit, NewsletterId, TheHub
from hub.api.models.campaign_links import FollowedLinkList, FollowedLinkOut
from hub.api.models.messages import MessagePage
from hub.api.models.newsletters import (
    Estimate,
    NewNewsletter,
    NewsletterChange,
    NewsletterOut,
    NewsletterPage,
    NewsletterPreviewAsked,
    NewsletterPreviewOut,
    NewsletterTestAsked,
    NewsletterTestOut,
)
from hub.api.models.templates import FindingList
from hub.api.newsletters import draft_fields, new_draft, shown_estimate, shown_newsletter, shown_preview
from hub.api.routes import campaign_links, messages
from hub.api.routes.describing import LOCATION, errors
from hub.api.routes.templates import shown_finding
from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.newsletters.redrafting import draft_of
from hub.core.store.tables import MessageStatus

router = APIRouter(prefix="/newsletters", tags=["newsletters"], route_class=GuardedRoute)

_READ = needs(Scope.MESSAGES_READ)
_WRITE = needs(Scope.MESSAGES_WRITE)
_SEES_CUSTOMERS = needs(Scope.SEGMENTS_READ)
_INVENTED = NewsletterPreviewAsked(customer_number=None, channel=None)


@router.get(
    "", operation_id="listNewsletters", summary="List newsletters", dependencies=[_READ], responses=errors(400)
)
def list_newsletters(hub: TheHub, cursor: Cursor = None, limit: Limit = 100) -> NewsletterPage:
    """The newsletters, newest first, each with how its messages stand."""
    found = hub.newsletters.all(before=read_number("newsletters", cursor), limit=limit + 1)
    after = write_cursor("newsletters", found[limit - 1].id or 0) if len(found) > limit else None
    states = hub.newsletters.states(found[:limit])
    return NewsletterPage(items=[shown_newsletter(state) for state in states], next_cursor=after)


@router.post(
    "", status_code=201, operation_id="createNewsletter", summary="Make a newsletter", dependencies=[_WRITE],
    responses={201: {"headers": LOCATION}, **errors(404, 409, body=True)},
)  # fmt: skip
def create_newsletter(hub: TheHub, asked: NewNewsletter, response: Response) -> NewsletterOut:
    """Make a newsletter, which nobody gets before it is scheduled or sent. Its reach: see `estimateNewsletter`."""
    made = hub.newsletters.create(new_draft(asked))
    response.headers["Location"] = f"/api/v1/newsletters/{made.id}"
    return stored(hub, made.id or 0)


@router.get(
    "/{newsletter_id}", operation_id="getNewsletter", summary="Get a newsletter", dependencies=[_READ],
    responses=errors(404),
)  # fmt: skip
def get_newsletter(hub: TheHub, newsletter_id: NewsletterId) -> NewsletterOut:
    """A newsletter, with how it and its messages stand."""
    return stored(hub, newsletter_id)


@router.patch(
    "/{newsletter_id}", operation_id="changeNewsletter", summary="Change a newsletter", dependencies=[_WRITE],
    responses=errors(404, 409, body=True),
)  # fmt: skip
def change_newsletter(hub: TheHub, newsletter_id: NewsletterId, asked: NewsletterChange) -> NewsletterOut:
    """Change a newsletter before it goes out. One that is scheduled stays so."""
    newsletter = hub.newsletters.of_id(newsletter_id)
    (state,) = hub.newsletters.states([newsletter])
    hub.newsletters.change(newsletter, replace(draft_of(state), **draft_fields(asked)))
    return stored(hub, newsletter_id)


@router.delete(
    "/{newsletter_id}", status_code=204, operation_id="removeNewsletter", summary="Remove a newsletter",
    dependencies=[_WRITE], responses=errors(404, 409),
)  # fmt: skip
def remove_newsletter(hub: TheHub, newsletter_id: NewsletterId) -> None:
    """Forget a newsletter that did not go out. One that did stays, with what became of its messages."""
    hub.newsletters.remove(hub.newsletters.of_id(newsletter_id))


@router.get(
    "/{newsletter_id}/estimate", operation_id="estimateNewsletter", summary="Estimate a newsletter's reach",
    dependencies=[_READ], responses=errors(404, 502),
)  # fmt: skip
def estimate_newsletter(hub: TheHub, newsletter_id: NewsletterId) -> Estimate:
    """How many would get it on each channel if it went out now, and how many would not, by reason."""
    return shown_estimate(hub.newsletters.estimate(hub.newsletters.of_id(newsletter_id)))


@router.get(
    "/{newsletter_id}/check", operation_id="checkNewsletter", summary="Check a newsletter's words",
    dependencies=[_READ], responses=errors(404),
)  # fmt: skip
def check_newsletter(hub: TheHub, newsletter_id: NewsletterId) -> FindingList:
    """Everything in its words that would keep it from being sent, to everybody or to some customers."""
    found = hub.newsletter_checks.findings(hub.newsletters.of_id(newsletter_id))
    return FindingList(items=[shown_finding(one) for one in found])


@router.post(
    "/{newsletter_id}/preview", operation_id="previewNewsletter", summary="Preview a newsletter",
    dependencies=[_READ, _SEES_CUSTOMERS], responses=errors(404, 502, body=True),
)  # fmt: skip
def preview_newsletter(
    hub: TheHub, newsletter_id: NewsletterId, asked: Annotated[NewsletterPreviewAsked, Body()] = _INVENTED
) -> NewsletterPreviewOut:
    """A newsletter as a customer gets it, or somebody invented. Nothing is sent, and its links count nobody."""
    newsletter = hub.newsletters.of_id(newsletter_id)
    return shown_preview(hub.newsletter_trial.preview(newsletter, asked.customer_number, _channel(asked)))


@router.post(
    "/{newsletter_id}/test", operation_id="testNewsletter", summary="Send a test of a newsletter",
    dependencies=[_WRITE, _SEES_CUSTOMERS], responses=errors(404, 502, body=True),
)  # fmt: skip
def test_newsletter(hub: TheHub, newsletter_id: NewsletterId, asked: NewsletterTestAsked) -> NewsletterTestOut:
    """Send a newsletter to an address of your own, with a customer's data or invented ones. It counts nowhere."""
    newsletter = hub.newsletters.of_id(newsletter_id)
    receipt = hub.newsletter_trial.test(newsletter, asked.address, asked.customer_number, _channel(asked))
    return NewsletterTestOut(reference=receipt.reference, delivery=receipt.delivery.value, parts=receipt.parts)


@router.get(
    "/{newsletter_id}/messages", operation_id="listNewsletterMessages", summary="List a newsletter's messages",
    dependencies=[_READ], responses=errors(400, 404),
)  # fmt: skip
def list_newsletter_messages(
    hub: TheHub,
    newsletter_id: NewsletterId,
    status: Annotated[MessageStatus | None, Query(description="only those that stand so; all if left out")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> MessagePage:
    """The newsletter's messages with what became of each, in the order in which they are sent."""
    newsletter = hub.newsletters.of_id(newsletter_id)
    list_name = f"messages {newsletter_id} {status}"
    after = read_number(list_name, cursor)
    found = hub.newsletters.messages(newsletter, status=status, after=after, limit=limit + 1)
    following = write_cursor(list_name, found[limit - 1].id or 0) if len(found) > limit else None
    return MessagePage(items=[messages.shown(one) for one in found[:limit]], next_cursor=following)


@router.get(
    "/{newsletter_id}/links", operation_id="listNewsletterLinks", summary="List a newsletter's links",
    dependencies=[_READ], responses=errors(404),
)  # fmt: skip
def list_newsletter_links(hub: TheHub, newsletter_id: NewsletterId) -> FollowedLinkList:
    """The links that were in a newsletter's messages, the most followed first, with what each brought."""
    hub.newsletters.of_id(newsletter_id)
    return FollowedLinkList(
        items=[
            FollowedLinkOut(
                url=one.url,
                campaign_link_id=one.campaign_link_id,
                figures=campaign_links.shown_figures(one.figures),
            )
            for one in hub.campaign_links.newsletter_figures(newsletter_id)
        ]
    )


def stored(hub: Hub, newsletter_id: int) -> NewsletterOut:
    """A newsletter as it is kept: instants in whole seconds, names as they are now."""
    return shown_newsletter(*hub.newsletters.states([hub.newsletters.of_id(newsletter_id)]))


def _channel(asked: NewsletterPreviewAsked) -> ConsentChannel | None:
    return ConsentChannel(asked.channel) if asked.channel else None

"""Operations that let newsletters go out, and stop them."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Body, Response

from hub.api import problems
from hub.api.authorisation import GuardedRoute, needs
from hub.api.background import BackgroundRuns
from hub.api.dependencies import Background, NewsletterId, TheHub
from hub.api.models.newsletters import NewsletterOut, ScheduleAsked, SendAsked
from hub.api.routes.describing import LOCATION, errors
from hub.api.routes.newsletters import stored
from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.contracts.errors import InUse, UserError
from hub.core.store.tables import Newsletter, NewsletterStatus

router = APIRouter(prefix="/newsletters/{newsletter_id}", tags=["newsletters"], route_class=GuardedRoute)

_WRITE = needs(Scope.MESSAGES_WRITE)
_ANY_NUMBER = SendAsked(expected=None)
_AT_ONCE = ScheduleAsked(expected=None, at=None)
_LATE = timedelta(minutes=1)
"""Clocks differ, and a request takes its time."""
_BEGUN: Mapping[int | str, dict[str, Any]] = {
    202: {"description": "It goes on in the background; ask at Location how it stands.", "headers": LOCATION}
}


@router.post(
    "/schedule", operation_id="scheduleNewsletter", summary="Schedule a newsletter", dependencies=[_WRITE],
    responses=errors(404, 409, 502, body=True),
)  # fmt: skip
def schedule_newsletter(
    hub: TheHub, newsletter_id: NewsletterId, asked: Annotated[ScheduleAsked, Body()] = _AT_ONCE
) -> NewsletterOut:
    """Let a newsletter go out by itself at a time. Its words and its channels are checked now, and again then."""
    newsletter = hub.newsletters.of_id(newsletter_id)
    if asked.at is not None and asked.at < hub.clock() - _LATE:
        raise UserError(
            f"{asked.at:%Y-%m-%d %H:%M} UTC has passed; say a time to come, or none to send it at once"
        )
    _see_that_expected(hub, newsletter, asked)
    hub.newsletters.schedule(newsletter, asked.at)
    return stored(hub, newsletter_id)


@router.post(
    "/unschedule", operation_id="unscheduleNewsletter", summary="Take a newsletter's schedule back",
    dependencies=[_WRITE], responses=errors(404, 409),
)  # fmt: skip
def unschedule_newsletter(hub: TheHub, newsletter_id: NewsletterId) -> NewsletterOut:
    """Let a scheduled newsletter wait until it is scheduled or sent again."""
    hub.newsletters.unschedule(hub.newsletters.of_id(newsletter_id))
    return stored(hub, newsletter_id)


@router.post(
    "/send", status_code=202, operation_id="sendNewsletter", summary="Send a newsletter", dependencies=[_WRITE],
    responses={**_BEGUN, **errors(404, 409, 502, body=True)},
)  # fmt: skip
def send_newsletter(
    hub: TheHub,
    background: Background,
    newsletter_id: NewsletterId,
    response: Response,
    asked: Annotated[SendAsked, Body()] = _ANY_NUMBER,
) -> NewsletterOut:
    """Let a newsletter go out now, in the background. If its words or channels are not in order, nothing is sent.

    One that is being sent already goes on, should its process have died.
    """
    newsletter = hub.newsletters.of_id(newsletter_id)
    if newsletter.status != NewsletterStatus.SENDING:
        _see_that_expected(hub, newsletter, asked)
        newsletter = hub.newsletters.schedule(newsletter)
    return _going_on(hub, background, newsletter, response)


@router.post(
    "/pause", operation_id="pauseNewsletter", summary="Pause a newsletter", dependencies=[_WRITE],
    responses=errors(404, 409),
)  # fmt: skip
def pause_newsletter(hub: TheHub, newsletter_id: NewsletterId) -> NewsletterOut:
    """Stop sending a newsletter after the messages that are under way."""
    hub.newsletters.pause(hub.newsletters.of_id(newsletter_id))
    return stored(hub, newsletter_id)


@router.post(
    "/resume", status_code=202, operation_id="resumeNewsletter", summary="Resume a newsletter",
    dependencies=[_WRITE], responses={**_BEGUN, **errors(404, 409, 502)},
)  # fmt: skip
def resume_newsletter(
    hub: TheHub, background: Background, newsletter_id: NewsletterId, response: Response
) -> NewsletterOut:
    """Go on with a newsletter that was paused, or that failed and is mended. Nobody gets it twice."""
    newsletter = hub.newsletters.resume(hub.newsletters.of_id(newsletter_id))
    return _going_on(hub, background, newsletter, response)


@router.post(
    "/cancel", operation_id="cancelNewsletter", summary="Cancel a newsletter", dependencies=[_WRITE],
    responses=errors(404, 409),
)  # fmt: skip
def cancel_newsletter(hub: TheHub, newsletter_id: NewsletterId) -> NewsletterOut:
    """End a newsletter for good: whoever has not been sent it does not get it."""
    hub.newsletters.cancel(hub.newsletters.of_id(newsletter_id))
    return stored(hub, newsletter_id)


def _see_that_expected(hub: Hub, newsletter: Newsletter, asked: SendAsked) -> None:
    """See that a newsletter goes to no more customers than whoever sends it expects."""
    if asked.expected is None:
        return
    found = hub.newsletters.estimate(newsletter).size
    if found > asked.expected:
        detail = (
            f"the newsletter {newsletter.name!r} would go to {found:,} customers now, and {asked.expected:,} are "
            "expected; look at its estimate, and send it with the new number if that is right"
        )
        raise problems.ProblemRaised(problems.CHANGED, detail)


def _going_on(hub: Hub, background: BackgroundRuns, newsletter: Newsletter, response: Response) -> NewsletterOut:
    """Bring a newsletter to its end in the background, unless another process does so already."""
    assert newsletter.id is not None
    with suppress(InUse):
        begun = hub.newsletters.begin(newsletter)
        background.start(
            f"sending of the newsletter {newsletter.id} {begun.lease}",
            lambda: hub.newsletters.finish(begun),
            lambda: hub.newsletters.let_go(begun),
        )
    response.headers["Location"] = f"/api/v1/newsletters/{newsletter.id}"
    return stored(hub, newsletter.id)

"""Where providers call the hub. The signature that a channel checks is all that lets them in."""

import logging

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from hub.api import problems
from hub.api.dependencies import TheHub
from hub.core.app import Hub
from hub.core.contracts.channel_abilities import WebhookAnswer, WebhookRequest
from hub.core.contracts.errors import HubError, NotFound, Rejected, TryAgain
from hub.core.messaging.fates.webhooks import PATH

router = APIRouter()

_LARGEST_ID = 2**31 - 1
_REFUSED = problems.Kind(403, "not-signed", "Nobody knows who sent this")
_log = logging.getLogger(__name__)


@router.post(PATH + "{connection}", include_in_schema=False)
@router.get(PATH + "{connection}", include_in_schema=False)
async def receive(request: Request, hub: TheHub) -> Response:
    """Take a provider's call and answer it as the channel says."""
    connection = request.path_params["connection"]
    if not connection.isascii() or not connection.isdecimal() or int(connection[:20]) > _LARGEST_ID:
        raise _nothing_here()
    called = WebhookRequest(
        request.method,
        _address(request, hub.settings.public_url),
        {name.lower(): value for name, value in request.headers.items()},
        await request.body(),
    )
    answer = await run_in_threadpool(_heard, hub, int(connection), called)
    return Response(answer.body, answer.status, dict(answer.headers))


def _heard(hub: Hub, connection_id: int, called: WebhookRequest) -> WebhookAnswer:
    try:
        return hub.fates.receive(connection_id, called)
    except Rejected as error:
        _log.warning("a call to the webhook of connection %d was refused: %s", connection_id, error)
        raise problems.ProblemRaised(_REFUSED, "the signature is missing or wrong") from None
    except NotFound:
        raise _nothing_here() from None
    except HubError as error:
        # Whoever calls here is not to learn what is wrong with the hub, only to come again.
        if not isinstance(error, TryAgain):
            _log.error("a call to the webhook of connection %d could not be taken: %s", connection_id, error)
        after = error.after if isinstance(error, TryAgain) else None
        headers = problems.retry_after(after)
        raise problems.ProblemRaised(problems.TRY_AGAIN, "come again later", headers) from None


def _address(request: Request, public_url: str) -> str:
    """The address as the provider called it: what stands before the hub may have changed scheme and host."""
    path: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope.get("query_string", b"")
    root = public_url.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"
    return root + path.decode("latin-1") + (f"?{query.decode('latin-1')}" if query else "")


def _nothing_here() -> problems.ProblemRaised:
    return problems.ProblemRaised(problems.NOT_FOUND, "there is no webhook at this address")

"""Operations for whoever watches the service. They need no token and give nothing away."""

import logging

from fastapi import APIRouter

from hub.api import problems
from hub.api.dependencies import TheHub
from hub.api.models.health import Health, Liveness
from hub.api.routes.describing import open_errors
from hub.core.contracts.errors import HubError
from hub.core.store.schema import HEAD, version_of

router = APIRouter(prefix="/health", tags=["health"])

_log = logging.getLogger(__name__)


@router.get("", operation_id="getHealth", summary="Is the service fit to work?", responses=open_errors(500, 503))
def get_health(hub: TheHub) -> Health:
    """The process answers, and the store can be reached and has this version's tables."""
    try:
        version = version_of(hub.database)
    except HubError as error:
        # The sentence names the store's address, which is not for everyone.
        _log.error("the store can't be used: %s", error)
        detail = "the store can't be used just now; the log of the server says why"
        raise problems.ProblemRaised(problems.STORE, detail, problems.retry_after()) from error
    if version != HEAD:
        detail = f"the store's tables are at {version}, this version needs {HEAD}; restart with the right version"
        raise problems.ProblemRaised(problems.STORE, detail, problems.retry_after())
    return Health(status="ok", schema_version=version)


@router.get("/live", operation_id="getLiveness", summary="Is the process alive?", responses=open_errors(500))
async def get_liveness() -> Liveness:  # a coroutine, so that it answers though all threads are busy
    """The process answers; nothing else is asked."""
    return Liveness(status="ok")

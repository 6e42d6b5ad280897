"""Operations on addresses that nothing more is sent to: list them, add one, lift one."""

from typing import Any

from fastapi import APIRouter

from hub.api.authorisation import GuardedRoute, needs
from hub.api.cursors import read_number, write_cursor
from hub.api.dependencies import Cursor, Limit, TheHub
from hub.api.models.suppressions import AddressOnChannel, SuppressionOut, SuppressionPage
from hub.api.routes.describing import errors
from hub.core.access.tokens import Scope
from hub.core.contracts.records import ConsentChannel
from hub.core.store.tables import Suppression, SuppressionReason

router = APIRouter(prefix="/suppressions", tags=["suppressions"], route_class=GuardedRoute)

_READ = needs(Scope.MESSAGES_READ)
_WRITE = needs(Scope.MESSAGES_WRITE)


@router.get(
    "", operation_id="listSuppressions", summary="List suppressions", dependencies=[_READ], responses=errors(400)
)
def list_suppressions(hub: TheHub, cursor: Cursor = None, limit: Limit = 100) -> SuppressionPage:
    """The addresses that nothing more is sent to, newest first: why and since when, never which."""
    found = hub.suppressions.all(read_number("suppressions", cursor), limit + 1)
    after = write_cursor("suppressions", found[limit - 1].id or 0) if len(found) > limit else None
    return SuppressionPage(items=[_shown(one) for one in found[:limit]], next_cursor=after)


@router.post(
    "", status_code=204, operation_id="suppressAddress", summary="Suppress an address", dependencies=[_WRITE],
    responses=errors(body=True),
)  # fmt: skip
def suppress_address(hub: TheHub, asked: AddressOnChannel) -> None:
    """Send nothing more to an address on a channel, whatever its owner agreed to. Once more changes nothing."""
    hub.suppressions.add(ConsentChannel(asked.channel), asked.address, SuppressionReason.BY_HAND)


@router.post(
    "/lift", status_code=204, operation_id="liftSuppression", summary="Lift a suppression", dependencies=[_WRITE],
    responses=errors(404, body=True),
)  # fmt: skip
def lift_suppression(hub: TheHub, asked: AddressOnChannel) -> None:
    """Let messages go to an address again, if its owner agreed to them."""
    hub.suppressions.lift(ConsentChannel(asked.channel), asked.address)


def _shown(one: Suppression) -> SuppressionOut:
    assert one.id is not None
    channel: Any = one.channel
    reason: Any = one.reason
    return SuppressionOut(id=one.id, channel=channel, reason=reason, detail=one.detail, at=one.at)

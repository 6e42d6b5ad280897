"""The operation that hands a shop the links by which a customer begins conversations."""

from fastapi import APIRouter

from hub.api.authorisation import GuardedRoute, needs
from hub.api.dependencies import CustomerNumber, TheHub
from hub.api.models.chat_links import ChatLinkList, ChatLinkOut
from hub.api.routes.describing import errors
from hub.core.access.tokens import Scope

router = APIRouter(prefix="/customers", tags=["customers"], route_class=GuardedRoute)


@router.get(
    "/{number}/chat-links", operation_id="listChatLinks", summary="List a customer's links into conversations",
    dependencies=[needs(Scope.MESSAGES_READ), needs(Scope.SEGMENTS_READ)], responses=errors(404),
)  # fmt: skip
def list_chat_links(hub: TheHub, number: CustomerNumber) -> ChatLinkList:
    """Where this customer begins a conversation on each chat service, such that the hub knows who they are.

    Show a link to this customer alone: whoever follows it is this customer from then on. It gives no consent.
    """
    return ChatLinkList(
        items=[
            ChatLinkOut(channel=one.channel.value, url=one.url, reason=one.reason or None)
            for one in hub.chat_links.of(number)
        ],
        good_until=hub.chat_links.good_until(),
    )

"""Operations on messages to single customers, and on what became of messages."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Response

from hub.api import problems
from hub.api.authorisation import GuardedRoute, needs
from hub.api.cursors import LARGEST_ID, read_number, write_cursor
from hub.api.dependencies import Cursor, CustomerNumber, Limit, TheHub
from hub.api.models.messages import (
    MessageDetailOut,
    MessageEventList,
    MessageEventOut,
    MessageOut,
    MessagePage,
    NewMessage,
)
from hub.api.routes.describing import LOCATION, errors
from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.contracts.records import ConsentChannel
from hub.core.store.tables import OutboxMessage

router = APIRouter(tags=["messages"], route_class=GuardedRoute)

_READ = needs(Scope.MESSAGES_READ)
_WRITE = needs(Scope.MESSAGES_WRITE)
_MessageId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="id of the message", examples=[17])]
_Key = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=200,
        pattern=r"^[\x20-\x7e]+$",
        description="a word of your own: requests with the same word are one message, however often they come",
    ),
]


@router.post(
    "/customers/{number}/messages", status_code=201, operation_id="writeMessage", summary="Write to a customer",
    dependencies=[_WRITE], responses={201: {"headers": LOCATION}, **errors(404, 502, body=True)},
)  # fmt: skip
def write_message(
    hub: TheHub,
    number: CustomerNumber,
    asked: NewMessage,
    response: Response,
    idempotency_key: _Key = None,
) -> MessageDetailOut:
    """Send a message to one customer at once; if the provider can't take it just now, it goes out soon.

    Ask again with the same `Idempotency-Key` when no answer came: they get it once.
    """
    message = hub.single_messages.write(
        number,
        ConsentChannel(asked.channel),
        asked.text,
        subject=asked.subject,
        permission=asked.permission,
        connection=asked.connection,
        key=idempotency_key,
    )
    made = _detail(hub, message)
    said = (number, asked.channel, asked.permission, asked.subject.strip(), asked.text)
    if said != (made.customer_number, made.channel, made.permission, made.subject, made.text):
        detail = f"this Idempotency-Key belongs to another message, {made.id}; choose another key"
        raise problems.ProblemRaised(problems.REFUSED, detail)
    response.headers["Location"] = f"/api/v1/messages/{message.id}"
    return made


@router.get(
    "/customers/{number}/messages", operation_id="listCustomerMessages", summary="List a customer's messages",
    dependencies=[_READ], responses=errors(400, 404),
)  # fmt: skip
def list_customer_messages(
    hub: TheHub, number: CustomerNumber, cursor: Cursor = None, limit: Limit = 100
) -> MessagePage:
    """What a customer was sent, newsletters too, newest first."""
    list_name = f"messages of {number}"
    found = hub.single_messages.of_customer(number, before=read_number(list_name, cursor), limit=limit + 1)
    after = write_cursor(list_name, found[limit - 1].id or 0) if len(found) > limit else None
    return MessagePage(items=[shown(one) for one in found[:limit]], next_cursor=after)


@router.get(
    "/messages/{message_id}", operation_id="getMessage", summary="Get a message", dependencies=[_READ],
    responses=errors(404),
)  # fmt: skip
def get_message(hub: TheHub, message_id: _MessageId) -> MessageDetailOut:
    """A message, of a newsletter or not, with what became of it."""
    return _detail(hub, hub.single_messages.of_id(message_id))


@router.get(
    "/messages/{message_id}/events", operation_id="listMessageEvents", summary="List what became of a message",
    dependencies=[_READ], responses=errors(404),
)  # fmt: skip
def list_message_events(hub: TheHub, message_id: _MessageId) -> MessageEventList:
    """All that became known of a message, oldest first; also what programs did and not the customer."""
    message = hub.single_messages.of_id(message_id)
    found = []
    for one in hub.fates.events_of(message.id or 0):
        fate: Any = one.fate
        found.append(MessageEventOut(fate=fate, at=one.at, reason=one.reason, is_robot=one.is_robot))
    return MessageEventList(items=found)


def shown(message: OutboxMessage) -> MessageOut:
    """A message as it travels."""
    return MessageOut(**_fields(message))


def _detail(hub: Hub, message: OutboxMessage) -> MessageDetailOut:
    words = hub.single_messages.words(message)
    return MessageDetailOut(
        **_fields(message),
        permission=words.permission if words else None,
        subject=words.subject if words else None,
        text=words.text if words else None,
    )


def _fields(message: OutboxMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "newsletter_id": message.newsletter_id,
        "customer_number": message.customer_number,
        "channel": message.channel,
        "status": message.status,
        "reason": message.reason,
        "parts": message.parts,
        "created_at": message.created_at,
        "sent_at": message.sent_at,
        "not_before": message.not_before,
    }

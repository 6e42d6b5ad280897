"""What Viber tells a bot's webhook, as it words it, and how it signs it."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

Event = Mapping[str, Any]


def fate(kind: str, token: int, user: str, at: datetime, description: str = "") -> Event:
    """Of a message: ``delivered``, ``seen`` or ``failed``."""
    told = {"event": kind, "timestamp": _stamp(at), "message_token": token, "user_id": user}
    return {**told, "desc": description} if kind == "failed" else told


def written(user: str, text: str, at: datetime, tracking_data: str = "") -> Event:
    """A customer wrote; what the last message to them was tracked by comes back."""
    message = {"type": "text", "text": text, "tracking_data": tracking_data}
    return {
        "event": "message",
        "timestamp": _stamp(at),
        "message_token": 4_912_661_846_655_238_145,
        "sender": _person(user),
        "message": message,
    }


def begun(user: str, at: datetime, context: str = "") -> Event:
    """A customer opened the conversation, perhaps by a link that carries a context."""
    return {
        "event": "conversation_started",
        "timestamp": _stamp(at),
        "message_token": 4_912_661_846_655_238_146,
        "type": "open",
        "context": context,
        "user": _person(user),
        "subscribed": False,
    }


def followed(user: str, at: datetime) -> Event:
    """A customer follows the bot from now on."""
    token = 4_912_661_846_655_238_147
    return {"event": "subscribed", "timestamp": _stamp(at), "user": _person(user), "message_token": token}


def left(user: str, at: datetime) -> Event:
    """A customer stopped following."""
    token = 4_912_661_846_655_238_148
    return {"event": "unsubscribed", "timestamp": _stamp(at), "user_id": user, "message_token": token}


def registered(at: datetime) -> Event:
    """A webhook was set: the first call of it."""
    return {"event": "webhook", "timestamp": _stamp(at), "message_token": 4_912_661_846_655_238_149}


def signed(event: Event, token: str) -> tuple[Mapping[str, str], bytes]:
    """Headers and body of a call; the signature is over the very bytes."""
    body = json.dumps(event).encode()
    signature = hmac.new(token.encode(), body, hashlib.sha256).hexdigest()
    return {"Content-Type": "application/json", "X-Viber-Content-Signature": signature}, body


def tell(address: str, event: Event, token: str) -> int:
    """Call a webhook; the status it answers, or 0 when it can't be reached."""
    headers, body = signed(event, token)
    try:
        return httpx.post(address, content=body, headers=dict(headers), timeout=10, trust_env=False).status_code
    except httpx.HTTPError:
        return 0


def _person(user: str) -> Mapping[str, Any]:
    return {"id": user, "name": "Ada", "avatar": "", "country": "DE", "language": "de", "api_version": 10}


def _stamp(at: datetime) -> int:
    return int(at.timestamp() * 1000)

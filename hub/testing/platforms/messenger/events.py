"""What Meta tells a Page's webhook, as it words it, and how it signs it."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx

Item = Mapping[str, Any]


def written(page: str, customer: str, text: str, at: datetime, ref: str = "") -> Item:
    """A customer wrote, perhaps after they followed a link that carries a token."""
    message: dict[str, Any] = {"mid": f"m_from_{customer}", "text": text}
    if ref:
        message["referral"] = {"ref": ref, "source": "ADS", "type": "OPEN_THREAD"}
    return {**_between(customer, page, at), "message": message}


def echo(page: str, customer: str, text: str, at: datetime) -> Item:
    """What the Page itself sent."""
    return {**_between(page, customer, at), "message": {"is_echo": True, "mid": "m_echo", "text": text}}


def began(page: str, customer: str, at: datetime, ref: str = "", payload: str = "GET_STARTED") -> Item:
    """A customer pressed a button, the first one perhaps."""
    postback: dict[str, Any] = {"title": "Get started", "payload": payload}
    if ref:
        postback["referral"] = {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}
    return {**_between(customer, page, at), "postback": postback}


def followed_link(page: str, customer: str, at: datetime, ref: str) -> Item:
    """A customer came back by a link that carries a token."""
    referral = {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}
    return {**_between(customer, page, at), "referral": referral}


def opted_in(page: str, customer: str, at: datetime, ref: str) -> Item:
    """A customer used a button on a website."""
    return {**_between(customer, page, at), "optin": {"ref": ref}}


def stopped_notifications(page: str, customer: str, at: datetime) -> Item:
    """A customer wants no more marketing messages of a topic."""
    optin = {"type": "notification_messages", "notification_messages_status": "STOP_NOTIFICATIONS"}
    return {**_between(customer, page, at), "optin": optin}


def delivered(page: str, customer: str, mids: Sequence[str] | None, at: datetime) -> Item:
    """Messages reached a customer; older programs of theirs do not say which."""
    delivery: dict[str, Any] = {"watermark": _stamp(at)}
    if mids is not None:
        delivery["mids"] = list(mids)
    return {"sender": {"id": customer}, "recipient": {"id": page}, "delivery": delivery}


def read(page: str, customer: str, at: datetime) -> Item:
    """A customer read everything sent up to now."""
    return {**_between(customer, page, at), "read": {"watermark": _stamp(at)}}


def signed(
    page: str, items: Sequence[Item], secret: str, key: str = "messaging"
) -> tuple[Mapping[str, str], bytes]:
    """Headers and body of a call; the signature is over the very bytes."""
    entry = {"id": page, "time": 1_700_000_000_000, key: list(items)}
    # Meta escapes whatever is not ASCII, slashes as well, and signs that.
    body = json.dumps({"object": "page", "entry": [entry]}).replace("/", "\\/").encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}, body


def tell(address: str, page: str, items: Sequence[Item], secret: str) -> int:
    """Call a webhook; the status it answers, or 0 when it can't be reached."""
    headers, body = signed(page, items, secret)
    try:
        return httpx.post(address, content=body, headers=dict(headers), timeout=10, trust_env=False).status_code
    except httpx.HTTPError:
        return 0


def confirm(address: str, verify_token: str) -> bool:
    """Ask a webhook whether it is there, as Meta does before it is used."""
    challenge = "1158201444"
    asked = {"hub.mode": "subscribe", "hub.verify_token": verify_token, "hub.challenge": challenge}
    try:
        answer = httpx.get(address, params=asked, timeout=10, trust_env=False)
    except httpx.HTTPError:
        return False
    return answer.status_code == 200 and answer.text == challenge


def _between(sender: str, recipient: str, at: datetime) -> Item:
    return {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": _stamp(at)}


def _stamp(at: datetime) -> int:
    return int(at.timestamp() * 1000)

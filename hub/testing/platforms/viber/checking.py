"""What Viber demands of a request that sends a message. Each check answers with a status, 0 for none."""

from collections.abc import Mapping
from typing import Any

LARGEST = 30 * 1000
"""Of a request, in bytes."""

MISTAKES = {
    1: "invalidUrl", 2: "invalidAuthToken", 3: "badData", 4: "missingData", 5: "receiverNotRegistered",
    6: "receiverNotSubscribed", 7: "publicAccountBlocked", 8: "publicAccountNotFound",
    9: "publicAccountSuspended", 10: "webhookNotSet", 11: "receiverNoSuitableDevice", 12: "tooManyRequests",
    13: "apiVersionNotSupported", 14: "incompatibleWithVersion", 15: "publicAccountNotAuthorized",
    19: "cannotSendBroadcast", 21: "unsupportedCountry", 23: "freeMessagesExceeded", 24: "noBalance",
    1000: "general",
}  # fmt: skip


def message_mistake(body: Mapping[str, Any], size: int) -> int:
    """What is wrong with a message, whoever it is for."""
    sender = body.get("sender")
    if "type" not in body or "text" not in body or not isinstance(sender, dict) or not sender.get("name"):
        return 4
    text, name, tracking = body["text"], sender["name"], body.get("tracking_data", "")
    right = (
        size <= LARGEST
        and body["type"] == "text"
        and isinstance(text, str)
        and 0 < len(text) <= 7000
        and isinstance(name, str)
        and len(name) <= 28
        and isinstance(tracking, str)
        and len(tracking) <= 4000
        and isinstance(body.get("min_api_version", 1), int)
        and not body.keys()
        - {"type", "text", "sender", "tracking_data", "min_api_version", "receiver", "broadcast_list"}
    )
    return 0 if right else 3


def receivers_mistake(receivers: Any) -> int:
    """What is wrong with the list of a broadcast."""
    if not receivers:
        return 4
    right = (
        isinstance(receivers, list) and len(receivers) <= 300 and all(isinstance(one, str) for one in receivers)
    )
    return 0 if right and len(set(receivers)) == len(receivers) else 3

"""What is told of a customer's links into conversations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hub.cli.output import moment
from hub.core.messaging.chat_links import ChatLink


def link_data(found: Sequence[ChatLink], until: datetime) -> dict[str, Any]:
    """A customer's links, for programs."""
    items = [{"channel": one.channel.value, "url": one.url, "reason": one.reason or None} for one in found]
    return {"items": items, "good_until": until}


def link_text(found: Sequence[ChatLink], until: datetime, zone: str) -> str:
    """A customer's links, for people; nothing of ``until`` where there is no link."""
    lines = [f"{one.channel.value}: {one.url or f'no link: {one.reason}'}" for one in found]
    if any(one.url for one in found):
        lines.append(f"Good until {moment(until, zone)}; show them to this customer alone.")
    return "\n".join(lines)

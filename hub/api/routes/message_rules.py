"""Operations on the rules of when and how often customers are written to."""

from datetime import time
from typing import Any

from fastapi import APIRouter

from hub.api.authorisation import GuardedRoute, needs
from hub.api.dependencies import TheHub
from hub.api.models.message_rules import MessageRulesIn, MessageRulesOut
from hub.api.routes.describing import errors
from hub.core.access.tokens import Scope
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.rules import Rules

router = APIRouter(prefix="/message-rules", tags=["messages"], route_class=GuardedRoute)


@router.get(
    "", operation_id="getMessageRules", summary="Get the message rules",
    dependencies=[needs(Scope.MESSAGES_READ)], responses=errors(),
)  # fmt: skip
def get_message_rules(hub: TheHub) -> MessageRulesOut:
    """The quiet hours, and how many newsletters a customer gets at most."""
    return _shown(hub.message_ruling.now())


@router.put(
    "", operation_id="setMessageRules", summary="Set the message rules",
    dependencies=[needs(Scope.MESSAGES_WRITE)], responses=errors(body=True),
)  # fmt: skip
def set_message_rules(hub: TheHub, asked: MessageRulesIn) -> MessageRulesOut:
    """Replace the rules. They hold for newsletters that are being sent already, too; not for single messages."""
    return _shown(
        hub.message_ruling.change(
            quiet_from=_time(asked.quiet_from),
            quiet_until=_time(asked.quiet_until),
            quiet_channels=tuple(ConsentChannel(name) for name in dict.fromkeys(asked.quiet_channels)),
            most_messages=asked.most_messages,
            most_days=asked.most_days,
        )
    )


def _shown(rules: Rules) -> MessageRulesOut:
    channels: list[Any] = [channel.value for channel in rules.quiet_channels]
    return MessageRulesOut(
        quiet_from=_clock(rules.quiet_from),
        quiet_until=_clock(rules.quiet_until),
        quiet_channels=channels,
        most_messages=rules.most_messages,
        most_days=rules.most_days,
    )


def _time(clock: str | None) -> time | None:
    return None if clock is None else time.fromisoformat(clock)


def _clock(moment: time | None) -> str | None:
    return None if moment is None else f"{moment:%H:%M}"

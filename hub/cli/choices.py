"""Turns words of the command line into the values the core wants; a wrong word is wrong usage."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

import typer

if TYPE_CHECKING:
    from hub.core.access.tokens import Scope
    from hub.core.contracts.records import ConsentChannel
    from hub.core.registry.reports import Kind
    from hub.core.segments.people.members import MemberOrder
    from hub.core.store.tables import MessageStatus, SyncMode
    from hub.core.sync.previewing import Change

ChoiceT = TypeVar("ChoiceT", bound=StrEnum)


def day(text: str) -> date:
    """A day such as 2024-01-31."""
    wrong = typer.BadParameter(f"{text!r} is no day; write one such as 2024-01-31")
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise wrong
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong from None


def instant(text: str) -> datetime:
    """An instant with its zone, such as 2026-01-31T09:30Z or 2026-01-31T10:30+01:00."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise typer.BadParameter(f"{text!r} is no instant; write one with its zone, such as 2026-01-31T09:30Z")
    return found


def pairs(said: Iterable[str], option: str, form: str) -> dict[str, str]:
    """Names with values, said as ``NAME=VALUE`` each. An error never repeats a value: it may be secret."""
    found: dict[str, str] = {}
    for position, text in enumerate(said, start=1):
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise typer.BadParameter(f"number {position} is not of the form {form}", param_hint=option)
        if name in found:
            raise typer.BadParameter(f"{name!r} is said twice", param_hint=option)
        found[name] = value
    return found


def sync_mode(text: str) -> "SyncMode":
    """What a sync does to its audience."""
    from hub.core.store.tables import SyncMode

    return _one_of(SyncMode, text)


def planned_change(text: str) -> "Change | str":
    """A kind of change that a run would make, or all of them."""
    from hub.core.sync.previewing import Change

    return text if text == "all" else _one_of(Change, text)


def consent_channel(text: str) -> "ConsentChannel":
    """A channel consent is given for."""
    from hub.core.contracts.records import ConsentChannel

    return _one_of(ConsentChannel, text)


def message_status(text: str) -> "MessageStatus":
    """What became of a message."""
    from hub.core.store.tables import MessageStatus

    return _one_of(MessageStatus, text)


def component_kind(text: str) -> "Kind":
    """What a component is."""
    from hub.core.registry.reports import Kind

    if text == Kind.CRITERION:
        raise typer.BadParameter("a criterion needs no connection")
    return _one_of(Kind, text)


def scope(text: str) -> "Scope":
    """What a token may do."""
    from hub.core.access.tokens import Scope

    return _one_of(Scope, text)


def member_order(text: str) -> "MemberOrder":
    """What members are sorted by."""
    from hub.core.segments.people.members import MemberOrder

    return _one_of(MemberOrder, text)


def _one_of(choice: type[ChoiceT], text: str) -> ChoiceT:
    try:
        return choice(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is none of {', '.join(choice)}") from None

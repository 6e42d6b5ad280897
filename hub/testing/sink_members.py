"""Invented members and what the conformance suites of audience sinks ask about them."""

from collections.abc import Callable, Iterable
from typing import Any

from pydantic import SecretStr

from hub import AudienceSink, IdentifierKind, Member, Removal, Settings

Held = Callable[[str], set[str]]
"""Given an audience's id, the references of all members the other side holds in it just now."""

_VALUES: dict[str, Callable[[int], str | int]] = {
    "external_id": lambda number: f"crm-{number}",
    "email": lambda number: f"person{number}@example.com",
    "phone": lambda number: f"+4915100{number:06d}",
    "first_name": lambda number: f"Given{number}",
    "last_name": lambda number: f"Family{number}",
    "gender": lambda _: "other",
    "country": lambda _: "DE",
    "language": lambda _: "de",
    "orders": lambda number: number % 7,
    "tickets": lambda number: number % 11,
    "revenue": lambda number: number * 100,
}
_IDENTIFIERS: dict[IdentifierKind, Callable[[int], str]] = {
    IdentifierKind.EMAIL: lambda number: f"person{number}@example.com",
    IdentifierKind.PHONE: lambda number: f"+4915100{number:06d}",
    IdentifierKind.CUSTOMER: str,
}


def invented_member(sink: AudienceSink[Any], number: int) -> Member:
    """A member who does not exist, with all that the sink asks for."""
    return Member(
        number=number,
        identifiers={kind: _IDENTIFIERS[kind](number) for kind in sorted(sink.accepts)},
        traits={name: _VALUES[name](number) if name in _VALUES else f"Text {number}" for name in sink.traits},
    )


def references(sink: AudienceSink[Any], members: Iterable[Member]) -> set[str]:
    """What ``held`` must return when exactly these members are held."""
    return {sink.reference(member) for member in members}


def removals(sink: AudienceSink[Any], members: Iterable[Member]) -> list[Removal]:
    """The removals of these members."""
    return [Removal(member.number, sink.reference(member)) for member in members]


def secrets_of(settings: Settings) -> list[str]:
    """The secrets in a component's settings, in clear."""
    values = (getattr(settings, name) for name in type(settings).model_fields)
    return [value.get_secret_value() for value in values if isinstance(value, SecretStr)]

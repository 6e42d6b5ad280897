"""Everything that can go wrong, as classes that say who must act.

HubError
├── UserError               the user mends it; never retried
│   ├── SettingsError       a setting is missing or wrong
│   ├── NotAuthorised       a platform refuses the key or token
│   ├── DefinitionError     a segment's text or tree is wrong; knows the place
│   ├── NotFound            nothing has that name
│   ├── NameTaken           the name is in use
│   ├── InUse               something else still needs it
│   ├── InputError          a file or request can't be read as what it is said to be
│   └── StoreError          the database can't be used as it is
├── IntegratorError         a plugin breaks its contract
├── TryAgain                a passing fault; the hub tries again by itself
├── FateUnknown             it may have been done or not; never repeated unless repeating does no harm
└── Rejected                the platform refuses this one member or message
"""

from dataclasses import dataclass
from enum import StrEnum


class HubError(Exception):
    """Base of every error the hub raises on purpose. Its text is one sentence fit to be shown."""


class UserError(HubError):
    """The user can mend this: the text names the thing and the mend."""


class SettingsError(UserError):
    """A setting is missing or wrong. Change it with ``hub connect`` or in the settings file."""


class NotAuthorised(UserError):
    """A platform refuses the key or token. Never retried: enter a new one with ``hub connect``."""


class NotFound(UserError):
    """Nothing has the name or number asked for."""


class NameTaken(UserError):
    """The name is in use in this organisation. Choose another, or restore the removed one."""


class InUse(UserError):
    """Something else still needs this. The text names it."""


class InputError(UserError):
    """A file or request can't be read as what it is said to be. The text says why."""


class StoreError(UserError):
    """The database can't be used: locked, read-only, missing, or written by a newer version."""


@dataclass(frozen=True)
class Place:
    """Where in a text a mistake stands. Lines and columns count from 1, ``length`` in characters."""

    line: int
    column: int
    length: int = 1


class DefinitionError(UserError):
    """A segment's definition is wrong.

    Attributes:
        place: where in the text, or None when the definition came as a tree.
        hint: what was expected there, or an empty string.
    """

    def __init__(self, message: str, place: Place | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.place = place
        self.hint = hint


class IntegratorError(HubError):
    """A plugin breaks its contract. Whoever maintains the plugin mends it.

    Attributes:
        plugin: the name under which the plugin was found.
    """

    def __init__(self, plugin: str, message: str) -> None:
        super().__init__(f"plugin {plugin!r}: {message}")
        self.plugin = plugin


class TryAgain(HubError):
    """A passing fault: a time-out, a throttle, a platform in trouble. Nobody needs to act.

    Attributes:
        after: how many seconds the platform asks to wait, or None when it does not say.
    """

    def __init__(self, message: str, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class FateUnknown(HubError):
    """The connection broke after the other side had everything and before it answered.

    What was sent may have been taken or lost, and nobody can tell. The hub does not send it again unless
    the channel keeps ids; it reports it, so that a person can ask the provider.
    """


class Refusal(StrEnum):
    """What a platform refuses for good."""

    MESSAGE = "message"
    """This one; another may be taken."""
    ADDRESS = "address"
    """Whatever is sent to the address: it does not exist, or takes nothing."""
    UNSUBSCRIBED = "unsubscribed"
    """Whatever is sent to the address: its owner told the platform to stop."""


class Rejected(HubError):
    """The platform refuses this one member or message for good; all others go on.

    Attributes:
        refusal: what is refused, so that nothing more is sent to an address that is dead or unsubscribed.
    """

    def __init__(self, message: str, refusal: Refusal = Refusal.MESSAGE) -> None:
        super().__init__(message)
        self.refusal = refusal

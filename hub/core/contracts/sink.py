"""The contract of an audience sink: a place outside that holds a copy of a segment."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from hub.core.contracts.component import Component, SettingsT


class IdentifierKind(StrEnum):
    """What a platform can recognise a customer by. The hub normalises each before it hands it over."""

    EMAIL = "email"
    """Trimmed, lower-case, with a valid form."""
    PHONE = "phone"
    """E.164, such as +4915112345678."""
    CUSTOMER = "customer"
    """The customer's number in the hub, as text."""


@dataclass(frozen=True, slots=True)
class Member:
    """A customer who belongs in an audience."""

    number: int
    """The customer's number in the hub; never leaves it, but says which member an outcome is about."""
    identifiers: Mapping[IdentifierKind, str]
    """Only the kinds the sink accepts, only those the customer has; never empty."""
    traits: Mapping[str, str | int | None]
    """The columns the sink asked for in ``traits``: None where unknown; money in minor units."""


@dataclass(frozen=True, slots=True)
class Removal:
    """A customer who must leave an audience, known only by what was sent before."""

    number: int
    reference: str
    """What ``reference`` returned for the member that was sent."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A member the platform refused, with its reason in plain words."""

    number: int
    reason: str
    permanent: bool = True
    """False when the very same member may be accepted another time."""


class AudienceSink(Component[SettingsT], ABC):
    """Keeps an audience on another platform.

    Every operation must be repeatable: the hub may send the same batch again after a crash.
    """

    accepts: ClassVar[frozenset[IdentifierKind]]
    """Which identifiers the platform recognises; a customer with none of them is not sent."""
    traits: tuple[str, ...] = ()
    """Which of the customer's columns go along (see ``MEMBER_TRAITS``); an instance may add some by settings."""
    largest_batch: ClassVar[int]
    """The most members one call to ``add`` or ``remove`` may carry."""

    @abstractmethod
    def check(self) -> None:
        """See ``Component.check``."""

    @abstractmethod
    def ensure_audience(self, name: str, known: str | None) -> str:
        """Return the platform's id of the audience, made now if it does not exist.

        Args:
            name: what the user calls it.
            known: the id an earlier call returned, or None. If the platform no longer knows it, raise
                ``NotFound``: its members are lost with it, and the user must know.
        """

    @abstractmethod
    def reference(self, member: Member) -> str:
        """What is needed to find this member again when only that is left.

        It is kept for as long as the platform holds the member and handed back in a ``Removal``, also when
        the customer has another address meanwhile or is erased. Prefer a digest to the address itself.
        """

    @abstractmethod
    def add(self, audience: str, members: Sequence[Member]) -> Sequence[Rejection]:
        """Add or update members; return those refused. All others are then held by the platform.

        Raises:
            TryAgain: nothing is known of the batch; the hub sends it again.
            NotAuthorised, SettingsError, NotFound: the run ends and says so.
        """

    @abstractmethod
    def remove(self, audience: str, removals: Sequence[Removal]) -> Sequence[Rejection]:
        """Take members out. One who is not there any more counts as removed, not as refused."""

    @property
    def form(self) -> str:
        """In which form members are sent: another text means that the same member would now be sent otherwise.

        All members are then sent again. Say here which settings shape what is sent, such as a mapping of columns,
        and count up when a new version of the plugin writes members down in another way.
        """
        return ""

    def foresee(self, members: Sequence[Member]) -> Sequence[Rejection]:
        """Tell which members would be refused, as far as that is known without asking the platform."""
        return ()


class ReplacingSink(ABC):
    """What an audience sink offers, besides, that can exchange all members of an audience at once."""

    @abstractmethod
    def replace(self, audience: str, batches: Iterable[Sequence[Member]], total: int) -> Iterator[Rejection]:
        """Make an audience hold these members and nobody else; yield those refused.

        The hub uses it for a first full load. Nothing counts as held before the iterator has ended, and nothing
        as changed if it fails or is left early.

        Args:
            audience: its id.
            batches: the members, in pieces of at most ``largest_batch``; to be taken one after the other.
            total: about how many members there are.

        Raises:
            TryAgain, NotAuthorised, SettingsError, NotFound: see ``AudienceSink.add``.
        """


class ErasingSink(ABC):
    """What an audience sink offers, besides, that can delete a person from its platform for good."""

    @abstractmethod
    def erase(self, audience: str, removals: Sequence[Removal]) -> Sequence[Rejection]:
        """Take members out and delete whatever else the platform keeps of them: they were erased in the hub.

        One who is not there any more counts as erased.
        """


class DepartureReason(StrEnum):
    """Why a member no longer wants to be, or can be, written to on the platform."""

    UNSUBSCRIBED = "unsubscribed"
    """They asked for it there."""
    BOUNCED = "bounced"
    """What is sent to their address comes back."""
    COMPLAINED = "complained"
    """They reported a message as unwanted."""


@dataclass(frozen=True, slots=True)
class Departure:
    """A member who withdrew on the platform itself."""

    reference: str
    """As ``AudienceSink.reference`` makes it."""
    reason: DepartureReason
    at: datetime
    """When, in UTC."""


@dataclass(frozen=True)
class Departures:
    """A piece of what was read back."""

    found: Sequence[Departure]
    cursor: str
    """Where to go on after this piece, in the sink's own words."""


class ReportingSink(ABC):
    """What an audience sink offers, besides, whose platform tells who withdrew there."""

    @abstractmethod
    def departures(self, audience: str, cursor: str | None) -> Iterator[Departures]:
        """Yield who withdrew since ``cursor`` (None: ever), in pieces that are each kept before the next.

        The hub notes them as withdrawals of consent, for those among them whom it sent. Telling one twice does no
        harm.

        Raises:
            TryAgain, NotAuthorised, SettingsError, NotFound: see ``AudienceSink.add``.
        """


MEMBER_TRAITS: Sequence[str] = (
    "external_id", "email", "phone", "title", "first_name", "last_name", "gender", "street", "postcode", "city",
    "region", "country", "language", "orders", "tickets", "revenue",
)  # fmt: skip
"""Columns a sink may ask for in ``AudienceSink.traits``."""

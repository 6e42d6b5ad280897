"""What a Mailchimp account holds: lists with their contacts, static segments (tags) and merge fields."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


def subscriber_hash(address: str) -> str:
    """Mailchimp's id of a contact: MD5 of the lower-case address."""
    return hashlib.md5(address.lower().encode(), usedforsecurity=False).hexdigest()


@dataclass
class Contact:
    """One address on a list."""

    email_address: str
    status: str
    merge_fields: dict[str, Any] = field(default_factory=dict)
    language: str = ""
    email_type: str = "html"
    tags: set[int] = field(default_factory=set)
    changed_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When anything about the contact changed last, tags included. It is shown in whole seconds."""
    unsubscribed_at: datetime | None = None
    unsubscribe_reason: str = ""

    @property
    def id(self) -> str:
        """The subscriber hash."""
        return subscriber_hash(self.email_address)


@dataclass
class Segment:
    """A static segment, which is what the pages call a tag."""

    id: int
    name: str
    members: dict[str, None] = field(default_factory=dict)
    """Subscriber hashes, in the order of adding."""


@dataclass(frozen=True)
class MergeField:
    """A column of a list. ``kind`` is Mailchimp's ``type``: text, number, date, dropdown …"""

    tag: str
    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    phone_format: str = "none"
    """Of a phone field: ``US`` or ``none``, which is any number."""


@dataclass
class AudienceList:
    """A list, which is what the pages call an audience."""

    id: str
    name: str
    contacts: dict[str, Contact] = field(default_factory=dict)
    segments: dict[int, Segment] = field(default_factory=dict)
    merge_fields: dict[str, MergeField] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)
    """Hashes of addresses that were deleted permanently: they can't be imported again."""
    next_segment: int = 10001

    def put_tag(self, contact: Contact, segment: Segment) -> bool:
        """Tag a contact; say whether that changed anything."""
        is_new = segment.id not in contact.tags
        contact.tags.add(segment.id)
        segment.members[contact.id] = None
        return is_new

    def take_tag(self, contact: Contact, segment: Segment) -> bool:
        """Take a tag from a contact; say whether that changed anything."""
        had_it = segment.id in contact.tags
        contact.tags.discard(segment.id)
        segment.members.pop(contact.id, None)
        return had_it

    def segment_named(self, name: str) -> Segment | None:
        """The static segment of that name; names do not tell capitals apart."""
        return next((one for one in self.segments.values() if one.name.lower() == name.lower()), None)

    def make_segment(self, name: str) -> Segment:
        """Add an empty static segment."""
        segment = Segment(self.next_segment, name)
        self.segments[segment.id] = segment
        self.next_segment += 1
        return segment

    def forget(self, contact: Contact) -> None:
        """Delete a contact for good."""
        for tag in list(contact.tags):
            self.take_tag(contact, self.segments[tag])
        del self.contacts[contact.id]
        self.forgotten.add(contact.id)


@dataclass
class Account:
    """Everything behind one API key. Hold ``lock`` while reading or changing it."""

    key: str = field(repr=False)
    lists: dict[str, AudienceList] = field(default_factory=dict)
    fake_domains: frozenset[str] = frozenset({"fake.example"})
    """Domains whose addresses "look fake or invalid"."""
    poison: set[str] = field(default_factory=set)
    """Addresses over which a whole batch is refused with a 400."""
    ignored: set[str] = field(default_factory=set)
    """Addresses that static segments pass over in silence although the list has them."""
    echoes_tags: bool = True
    """Whether contacts are shown with their tags."""
    sorts: bool = True
    """Whether a listing of contacts comes in the order that was asked for."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    """The platform's time."""
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def make_list(self, name: str, *fields: MergeField) -> AudienceList:
        """Add a list with the merge fields FNAME and LNAME and those given."""
        with self.lock:
            made = AudienceList(f"{len(self.lists) + 1:x}".rjust(10, "a"), name)
            for one in (MergeField("FNAME"), MergeField("LNAME"), *fields):
                made.merge_fields[one.tag] = one
            self.lists[made.id] = made
            return made

    def touch(self, contact: Contact, status: str | None = None, reason: str = "") -> None:
        """Note that a contact changed now, and that its status did if one is given."""
        contact.changed_at = self.clock()
        if status == "unsubscribed" and contact.status != status:
            contact.unsubscribed_at, contact.unsubscribe_reason = contact.changed_at, reason
        contact.status = status or contact.status

    def everything(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """All lists as plain values, for inspection from another process."""
        for one in self.lists.values():
            members = {
                contact.email_address: {
                    "status": contact.status,
                    "merge_fields": contact.merge_fields,
                    "tags": sorted(one.segments[tag].name for tag in contact.tags),
                }
                for contact in one.contacts.values()
            }
            segments = {segment.name: segment.id for segment in one.segments.values()}
            yield one.id, {"name": one.name, "members": members, "segments": segments}

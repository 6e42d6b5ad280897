"""The Mailchimp sink: a segment as a tag in an audience, or as the audience itself."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from hub import (
    AudienceSink,
    Context,
    Departures,
    ErasingSink,
    IdentifierKind,
    Member,
    NotFound,
    Rejection,
    Removal,
    ReportingSink,
    SettingsError,
)
from hub_mailchimp.addresses import is_address
from hub_mailchimp.api import Api, path
from hub_mailchimp.archive import ARCHIVED, archive, restore
from hub_mailchimp.contacts import Contacts, subscriber_hash
from hub_mailchimp.departures import Reading
from hub_mailchimp.erasing import delete_permanently
from hub_mailchimp.fields import ADDRESS, ADDRESS_TRAITS, read_fields
from hub_mailchimp.settings import MailchimpSettings, OnErasure, Target
from hub_mailchimp.subscribing import Outcome, audience_is_gone, subscribe
from hub_mailchimp.tags import ensure_tag, put_tag, set_tag, tag_name

_UNREACHABLE = {
    "unsubscribed": "This contact has unsubscribed in Mailchimp and can only subscribe again themselves.",
    "cleaned": "Mail to this address bounced, so Mailchimp no longer sends there.",
}
_BASE_TRAITS = ("first_name", "last_name", "language")
_NO_ADDRESS = "This customer has no e-mail address."
_MALFORMED = "The e-mail address is not written as one."
_FORM = 2
"""To be raised when contacts are written down otherwise: all are then sent once more."""


class MailchimpSink(AudienceSink[MailchimpSettings], ErasingSink, ReportingSink):
    """Keeps a tag or an audience in Mailchimp. Nobody who has unsubscribed is ever subscribed again."""

    name = "mailchimp"
    label = "Mailchimp"
    help = "Keeps a tag in a Mailchimp audience, or the whole audience, true to a segment."
    settings_model = MailchimpSettings
    accepts = frozenset({IdentifierKind.EMAIL})
    traits: tuple[str, ...] = _BASE_TRAITS
    largest_batch = 500

    def __init__(
        self, settings: MailchimpSettings, context: Context, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        super().__init__(settings, context)
        self._api = Api(settings, context, sleep)
        mapped = (
            trait
            for column in settings.merge_fields.values()
            for trait in (ADDRESS_TRAITS if column == ADDRESS else (column,))
        )
        # The class names the least, the settings may ask for more: only an instance knows.
        self.traits = tuple(dict.fromkeys((*_BASE_TRAITS, *mapped)))

    def check(self) -> None:
        """See ``Component.check``."""
        settings = self.settings
        if not self._api.call("GET", path("lists", settings.list_id)).is_success:
            raise SettingsError(
                f"list_id: Mailchimp has no audience with the ID {settings.list_id}. "
                "Copy it from the audience's settings."
            )
        fields = read_fields(self._api, settings.list_id, settings.merge_fields)
        for tag in sorted(settings.merge_fields.keys() - fields.keys()):
            self.context.log.warning("Mailchimp's audience has no merge field %s: it is not sent", tag)

    def ensure_audience(self, name: str, known: str | None) -> str:
        """See ``AudienceSink.ensure_audience``: the tag's id, or the audience's own."""
        list_id = self.settings.list_id
        if self.settings.target is Target.TAG:
            if known is None:
                return ensure_tag(self._api, list_id, name)
            tag_name(self._api, list_id, known)
            return known
        if known not in (None, list_id):
            raise NotFound(
                f"list_id is {list_id} now, but this sync began with the Mailchimp audience {known}. "
                "Put the old ID back, or set the sync up anew."
            )
        if not self._api.call("GET", path("lists", list_id)).is_success:
            raise audience_is_gone(list_id)
        return list_id

    def reference(self, member: Member) -> str:
        """Mailchimp's own id of a contact, which does not show the address."""
        return subscriber_hash(member.identifiers[IdentifierKind.EMAIL])

    @property
    def form(self) -> str:
        """See ``AudienceSink.form``.

        Not ``status_if_new``: it changes nothing for contacts who are there.
        """
        settings = self.settings
        return json.dumps(
            [_FORM, settings.target, dict(settings.merge_fields), self.context.currency], sort_keys=True
        )

    def foresee(self, members: Sequence[Member]) -> Sequence[Rejection]:
        """See ``AudienceSink.foresee``: an address must have the form of one. The rest only Mailchimp knows."""
        addresses = ((member.number, _address(member)) for member in members)
        return [
            Rejection(number, _MALFORMED if address else _NO_ADDRESS)
            for number, address in addresses
            if not is_address(address)
        ]

    def add(self, audience: str, members: Sequence[Member]) -> Sequence[Rejection]:
        """See ``AudienceSink.add``."""
        rejected: list[Rejection] = []
        for start in range(0, len(members), self.largest_batch):
            rejected += self._add(audience, members[start : start + self.largest_batch])
        return rejected

    def remove(self, audience: str, removals: Sequence[Removal]) -> Sequence[Rejection]:
        """See ``AudienceSink.remove``: the tag is taken away, or the contact archived."""
        return _rejections(removals, lambda hashes: self._remove(audience, hashes))

    def erase(self, audience: str, removals: Sequence[Removal]) -> Sequence[Rejection]:
        """See ``ErasingSink.erase``: the contact is deleted permanently, also if it was there before the hub."""
        if self.settings.on_erasure is OnErasure.LEAVE:
            return self.remove(audience, removals)
        return _rejections(removals, lambda hashes: delete_permanently(self._api, self.settings.list_id, hashes))

    def departures(self, audience: str, cursor: str | None) -> Iterator[Departures]:
        """See ``ReportingSink.departures``: who unsubscribed from the audience or bounced, with the tag or not."""
        return Reading(self._api, self.settings.list_id, self.context.clock).since(cursor)

    def _add(self, audience: str, members: Sequence[Member]) -> Iterator[Rejection]:
        addresses = {member.number: _address(member) for member in members}
        items = {
            address: self._contacts.write(address, member)
            for member in members
            if (address := addresses[member.number])
        }
        self._contacts.tell_misfits(self.context.log)
        outcome = subscribe(self._api, self.settings.list_id, items)
        if self.settings.target is Target.TAG:
            self._tag(audience, outcome)
        else:
            restore(self._api, self.settings.list_id, outcome, self.settings.status_of_returned)
            for address, reason in _unreachable(outcome):
                outcome.refuse(address, reason)
        for member in members:
            address = addresses[member.number]
            if not address:
                yield Rejection(member.number, _NO_ADDRESS)
            elif address in outcome.refused:
                reason = outcome.refused[address]
                yield Rejection(member.number, reason, permanent=reason != ARCHIVED)

    def _tag(self, tag: str, outcome: Outcome) -> None:
        for address, shown in list(outcome.held.items()):
            if shown.get("status") == "archived":
                outcome.refuse(address, ARCHIVED)
        put_tag(self._api, self.settings.list_id, tag, outcome)
        silent = len(_unreachable(outcome))
        if silent:
            self.context.log.info(
                "%d of %d contacts tagged in Mailchimp are not subscribed there: they get no mail",
                silent,
                len(outcome.held),
            )

    def _remove(self, audience: str, hashes: Sequence[str]) -> list[str | None]:
        list_id = self.settings.list_id
        if self.settings.target is Target.AUDIENCE:
            return archive(self._api, list_id, hashes, self.settings.status_of_returned)
        name = tag_name(self._api, list_id, audience)
        answers = set_tag(self._api, list_id, name, hashes, active=False)
        return [None if one.is_success or one.status == 404 else one.detail for one in answers]

    @cached_property
    def _contacts(self) -> Contacts:
        """Reads the audience's merge fields once, when the first batch is sent."""
        settings, context = self.settings, self.context
        fields = read_fields(self._api, settings.list_id, settings.merge_fields)
        return Contacts(
            fields, settings.merge_fields, settings.status_if_new.value, context.currency, context.country
        )


def _rejections(
    removals: Sequence[Removal], take: Callable[[Sequence[str]], Sequence[str | None]]
) -> list[Rejection]:
    """Take each contact once, and tell a refusal to all who share it."""
    hashes = list(dict.fromkeys(removal.reference for removal in removals))
    reasons = dict(zip(hashes, take(hashes), strict=True)) if hashes else {}
    shared = ((removal.number, reasons[removal.reference]) for removal in removals)
    return [Rejection(number, reason) for number, reason in shared if reason is not None]


def _address(member: Member) -> str:
    return member.identifiers.get(IdentifierKind.EMAIL, "").strip().lower()


def _unreachable(outcome: Outcome) -> list[tuple[str, str]]:
    shown = ((address, str(contact.get("status"))) for address, contact in outcome.held.items())
    return [(address, _UNREACHABLE[status]) for address, status in shown if status in _UNREACHABLE]

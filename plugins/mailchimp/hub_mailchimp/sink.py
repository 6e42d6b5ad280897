"""The Mailchimp sink: a segment as a tag in an audience, or as the audience itself."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from hub import (
    AudienceSink,
    Context,
    IdentifierKind,
    Member,
    NotFound,
    Rejection,
    Removal,
    SettingsError,
)
from hub_mailchimp.api import Api, path
from hub_mailchimp.archive import ARCHIVED, archive, restore
from hub_mailchimp.contacts import Contacts, read_columns, subscriber_hash
from hub_mailchimp.settings import MailchimpSettings, Target, find_base_url
from hub_mailchimp.subscribing import Outcome, audience_is_gone, subscribe
from hub_mailchimp.tags import ensure_tag, put_tag, set_tag, tag_name

_UNREACHABLE = {
    "unsubscribed": "This contact has unsubscribed in Mailchimp and can only subscribe again themselves.",
    "cleaned": "Mail to this address bounced, so Mailchimp no longer sends there.",
}
_BASE_TRAITS = ("first_name", "last_name", "language")


class MailchimpSink(AudienceSink[MailchimpSettings]):
    """Keeps a tag or an audience in Mailchimp. Nobody who has unsubscribed is ever subscribed again."""

    name = "mailchimp"
    label = "Mailchimp"
    help = "Keeps a tag in a Mailchimp audience, or the whole audience, true to a segment."
    settings_model = MailchimpSettings
    accepts = frozenset({IdentifierKind.EMAIL})
    traits: tuple[str, ...] = _BASE_TRAITS
    largest_batch = 500

    def __init__(self, settings: MailchimpSettings, context: Context) -> None:
        super().__init__(settings, context)
        self._api = Api(context.http, find_base_url(settings), settings.api_key, settings.timeout)
        mapped = settings.merge_fields.values()
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
        columns = read_columns(self._api, settings.list_id, settings.merge_fields)
        for tag in settings.merge_fields.keys() - columns.keys():
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

    def add(self, audience: str, members: Sequence[Member]) -> Sequence[Rejection]:
        """See ``AudienceSink.add``."""
        rejected: list[Rejection] = []
        for start in range(0, len(members), self.largest_batch):
            rejected += self._add(audience, members[start : start + self.largest_batch])
        return rejected

    def remove(self, audience: str, removals: Sequence[Removal]) -> Sequence[Rejection]:
        """See ``AudienceSink.remove``: the tag is taken away, or the contact archived."""
        hashes = list(dict.fromkeys(removal.reference for removal in removals))
        if not hashes:
            return []
        reasons = dict(zip(hashes, self._remove(audience, hashes), strict=True))
        return [
            Rejection(removal.number, reason)
            for removal in removals
            if (reason := reasons[removal.reference]) is not None
        ]

    def _add(self, audience: str, members: Sequence[Member]) -> Iterator[Rejection]:
        addresses = {member.number: _address(member) for member in members}
        items = {
            address: self._contacts.write(address, member)
            for member in members
            if (address := addresses[member.number])
        }
        outcome = subscribe(self._api, self.settings.list_id, items)
        if self.settings.target is Target.TAG:
            self._tag(audience, outcome)
        else:
            restore(self._api, self.settings.list_id, outcome)
            for address, reason in _unreachable(outcome):
                outcome.refuse(address, reason)
        for member in members:
            address = addresses[member.number]
            if not address:
                yield Rejection(member.number, "This customer has no e-mail address.")
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
            return archive(self._api, list_id, hashes)
        name = tag_name(self._api, list_id, audience)
        answers = set_tag(self._api, list_id, name, hashes, active=False)
        return [None if one.is_success or one.status == 404 else one.detail for one in answers]

    @cached_property
    def _contacts(self) -> Contacts:
        """Reads the audience's merge fields once, when the first batch is sent."""
        wanted = self.settings.merge_fields
        columns = read_columns(self._api, self.settings.list_id, wanted)
        return Contacts(columns, wanted, self.context.currency)


def _address(member: Member) -> str:
    return member.identifiers.get(IdentifierKind.EMAIL, "").strip().lower()


def _unreachable(outcome: Outcome) -> list[tuple[str, str]]:
    shown = ((address, str(contact.get("status"))) for address, contact in outcome.held.items())
    return [(address, _UNREACHABLE[status]) for address, status in shown if status in _UNREACHABLE]

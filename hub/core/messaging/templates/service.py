"""What can be done with templates: make, change, check, preview and remove them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.core.contracts.channel_abilities import TextMeasure
from hub.core.contracts.errors import InUse, NotFound, SettingsError
from hub.core.contracts.vocabularies import ConsentChannel
from hub.core.messaging.channels import Channels
from hub.core.messaging.templates import invented
from hub.core.messaging.templates.checking import Finding, check_contents, refuse_mistakes
from hub.core.messaging.templates.contents import Contents, Wording, clean_language, clean_wording
from hub.core.messaging.templates.facts import CustomerFacts
from hub.core.messaging.templates.rendering import Rendered, Renderer, RenderFault, RenderRequest
from hub.core.segments.references.naming import clean_name
from hub.core.store import templates as stored
from hub.core.store.database import Database
from hub.core.store.segments import folded
from hub.core.store.tables import MessageTemplate, MessageWording, Organisation

_MOST_NAMED = 3
"""Newsletters that an error names."""


@dataclass(frozen=True)
class TemplateState:
    """A template with what it has wordings for."""

    template: MessageTemplate
    wordings: Sequence[tuple[ConsentChannel, str]]
    """Channel and language of each; an empty language is for whoever has no wording in their own."""


@dataclass(frozen=True)
class Preview:
    """A wording as a customer gets it."""

    wording: Wording
    rendered: Rendered | RenderFault
    measure: TextMeasure | None
    """How long its text is, on a channel that counts in parts and is connected."""


class Templates:
    """The templates of one organisation.

    Args:
        database: the store's.
        organisation: whose templates.
        facts: what templates may speak of.
        channels: measure texts.
        clock: the time now, in UTC.
    """

    def __init__(
        self,
        database: Database,
        organisation: Organisation,
        facts: CustomerFacts,
        channels: Channels,
        clock: Callable[[], datetime],
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._organisation = organisation
        self._organisation_id = organisation.id
        self._facts = facts
        self._channels = channels
        self._clock = clock

    def create(self, name: str) -> MessageTemplate:
        """Make a template; it says nothing yet.

        Raises:
            NameTaken: a template has that name.
            UserError: the name will not do.
        """
        name, now = clean_name(name, "template"), self._now()
        template = MessageTemplate(
            organisation_id=self._organisation_id,
            name=name,
            folded_name=folded(name),
            created_at=now,
            changed_at=now,
        )
        with self._database.session(write=True) as session:
            stored.add_template(session, template)
        return template

    def rename(self, template: MessageTemplate, name: str) -> MessageTemplate:
        """Call a template otherwise.

        Raises:
            NotFound: it was removed.
            NameTaken: another one has that name.
            UserError: the name will not do.
        """
        name = clean_name(name, "template")
        with self._database.session(write=True) as session:
            current = self._held(session, template)
            stored.check_name(session, self._organisation_id, name, current.id)
            current.name, current.folded_name, current.changed_at = name, folded(name), self._now()
        return current

    def remove(self, template: MessageTemplate) -> None:
        """Forget a template and its wordings.

        Raises:
            NotFound: it was removed already.
            InUse: a newsletter says what it says. One that was sent, too: its figures name the template.
        """
        with self._database.session(write=True) as session:
            current = self._held(session, template)
            used = stored.newsletters_of(session, current)
            if used:
                raise InUse(_used(current.name, used))
            stored.delete_template(session, current)

    def named(self, name: str) -> MessageTemplate:
        """The template of that name, in any case.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            return stored.template_named(session, self._organisation_id, name)

    def of_id(self, template_id: int) -> MessageTemplate:
        """The template of that id.

        Raises:
            NotFound: there is none.
        """
        with self._database.session() as session:
            return stored.template_of(session, self._organisation_id, template_id)

    def all(self, *, after: str | None = None, limit: int | None = None) -> Sequence[TemplateState]:
        """Templates by name without regard to case; for paging from after a name."""
        with self._database.session() as session:
            found = stored.templates(session, self._organisation_id, after=after, limit=limit)
            keys = stored.keys_of_wordings(session, [one.id for one in found if one.id is not None])
        return [
            TemplateState(one, [(ConsentChannel(channel), language) for channel, language in keys[one.id or 0]])
            for one in found
        ]

    def set_wording(self, template: MessageTemplate, wording: Wording) -> Wording:
        """Put words in a template, in the place of those on the same channel in the same language.

        Newsletters that are being sent already keep the words they began with.

        Returns:
            The wording as it is kept.

        Raises:
            NotFound: the template was removed.
            DefinitionError: the words have a mistake; the place says where, in the part that the sentence names.
            UserError: they are too long, empty, or nothing that the channel carries.
            TryAgain: they can't be checked just now.
        """
        wording = clean_wording(wording)
        fields = self._fields()
        with self._renderer() as renderer:
            refuse_mistakes(wording, renderer, fields)
        with self._database.session(write=True) as session:
            current = self._held(session, template)
            assert current.id is not None
            stored.put_wording(
                session,
                MessageWording(
                    template_id=current.id,
                    channel=wording.channel.value,
                    language=wording.language,
                    subject=wording.subject,
                    text=wording.text,
                    html=wording.html,
                ),
            )
            current.changed_at = self._now()
        return wording

    def remove_wording(self, template: MessageTemplate, channel: ConsentChannel, language: str = "") -> None:
        """Take words out of a template.

        Raises:
            NotFound: the template was removed, or has no such wording.
            UserError: the language is no code.
        """
        language = clean_language(language)
        with self._database.session(write=True) as session:
            current = self._held(session, template)
            stored.delete_wording(session, current, channel.value, language)
            current.changed_at = self._now()

    def contents(self, template: MessageTemplate) -> Contents:
        """All that a template says: by channel, then by language.

        Raises:
            NotFound: it was removed.
        """
        with self._database.session() as session:
            current = stored.template_of(session, self._organisation_id, template.id or 0)
            wordings = stored.wordings_of(session, [current.id or 0])[current.id or 0]
        return Contents(
            tuple(
                Wording(ConsentChannel(one.channel), one.language, one.subject, one.text, one.html)
                for one in wordings
            )
        )

    def check(self, template: MessageTemplate, certain: Collection[str] = ()) -> Sequence[Finding]:
        """Everything that would keep messages from being sent: mistakes, and values that may be missing.

        Args:
            template: which one.
            certain: names that are known though they may be missing, such as ``own_text`` or ``campaign_link``
                of a newsletter that has one.

        Raises:
            NotFound: it was removed.
            TryAgain: it can't be checked just now.
        """
        return self.check_contents(self.contents(template), certain)

    def check_contents(self, contents: Contents, certain: Collection[str] = ()) -> Sequence[Finding]:
        """As ``check``, of wordings that may not be stored, such as those with a newsletter's own subject.

        Raises:
            TryAgain: they can't be checked just now.
        """
        known = {*certain, *self._facts.certain()}
        with self._renderer() as renderer:
            return check_contents(contents, renderer, self._fields(), self._organisation.currency, known)

    def preview(
        self,
        template: MessageTemplate,
        channel: ConsentChannel,
        customer: int | None = None,
        language: str | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> Preview:
        """A template as a customer gets it; nothing is sent.

        Args:
            template: which one.
            channel: where it would go.
            customer: the customer's number; None: somebody invented, of whom all is known.
            language: shows the wording for it; the customer's own if None.
            extra: what a newsletter would add, such as ``own_text``; invented where it is left out.

        Raises:
            NotFound: there is no such template or customer.
            UserError: it has no wording for the channel.
            TryAgain: it can't be rendered just now.
        """
        contents = self.contents(template)
        data = self.data(customer)
        person = data["customer"]
        own = person.get("language") if isinstance(person, Mapping) else None
        wanted = language or (own if customer is not None else None)
        wording = contents.wording(channel, wanted)
        request = RenderRequest(wording, wanted or "", {**data, **(extra or {})})
        with self._renderer() as renderer:
            (rendered,) = renderer.render([request])
        measured = self.measure(channel, rendered.text) if isinstance(rendered, Rendered) else None
        return Preview(wording, rendered, measured)

    def measure(self, channel: ConsentChannel, text: str) -> TextMeasure | None:
        """How long a text is on a channel; None where that counts no parts, or nothing is connected to it.

        Raises:
            IntegratorError: the channel's plugin has a mistake.
        """
        try:
            opened = self._channels.open(self._channels.connection(channel).id or 0)
        except (NotFound, SettingsError):
            return None
        try:
            return opened.measure(text)
        finally:
            opened.close()

    def data(self, customer: int | None) -> Mapping[str, object]:
        """What a template may speak of, for a customer; what belongs to a newsletter is invented.

        Args:
            customer: the customer's number; None: somebody invented, of whom all is known.

        Raises:
            NotFound: there is no such customer.
        """
        somebody = invented.full(self._fields(), self._organisation.currency)
        somebody |= {"organisation": {"name": self._organisation.name}}
        if customer is None:
            return somebody
        found = self._facts.of([customer])
        if customer not in found:
            raise NotFound(f"there is no customer {customer}; if there was one, they have been erased")
        return {**somebody, **found[customer]}

    def _fields(self) -> Mapping[str, str]:
        with self._database.session() as session:
            return stored.custom_fields(session, self._organisation_id)

    def _held(self, session: Session, template: MessageTemplate) -> MessageTemplate:
        return stored.template_of(session, self._organisation_id, template.id or 0, hold=True)

    def _renderer(self) -> Renderer:
        return Renderer(self._organisation.time_zone, self._organisation.currency)

    def _now(self) -> datetime:
        return self._clock().replace(microsecond=0)  # as it is stored


def _used(name: str, used: Sequence[tuple[str, bool]]) -> str:
    going = [newsletter for newsletter, ended in used if not ended]
    some = [f"{newsletter!r}" for newsletter in (going or [one for one, _ in used])[:_MOST_NAMED]]
    more = len(going or used) - len(some)
    said = ", ".join(some) + (f" and {more} more" if more else "")
    what = f"the newsletter {said}" if len(some) == 1 and not more else f"the newsletters {said}"
    if going:
        return f"the template {name!r} is used by {what}; choose another template there first"
    return (
        f"the template {name!r} was sent with {what}, whose figures name it; remove that first, or leave the "
        "template where it is"
    )

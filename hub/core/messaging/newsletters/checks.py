"""Sees whether a newsletter can go out at all, before anything is sent."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

from hub.core.contracts.errors import SettingsError, UserError
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.newsletters.recipients import channels_of
from hub.core.messaging.newsletters.words import campaign_url
from hub.core.messaging.sending.world import MessagingWorld
from hub.core.messaging.templates.checking import Finding
from hub.core.messaging.templates.contents import Contents
from hub.core.messaging.templates.service import Templates
from hub.core.store.tables import Newsletter

_TOLD = 5
"""So many findings are told with an error; `hub template check` tells all."""


class NewsletterChecks:
    """Checks newsletters.

    Args:
        world: the hub around them.
        templates: know what newsletters say.
        public_url: the setting: where customers reach the hub; links to unsubscribe lead there.
    """

    def __init__(self, world: MessagingWorld, templates: Templates, public_url: str) -> None:
        self._world = world
        self._templates = templates
        self._public_url = public_url

    def contents(self, newsletter: Newsletter) -> Contents:
        """What a newsletter says: its template's wordings for its channels, with its own subject if it has one.

        Raises:
            UserError: the template has no wording for one of its channels.
        """
        contents = self._templates.contents(self._templates.of_id(newsletter.template_id))
        channels = channels_of(newsletter)
        for channel in channels:
            contents.wording(channel, None)
        own = [one for one in contents.wordings if one.channel in channels]
        if newsletter.subject:
            own = [
                replace(one, subject=newsletter.subject) if one.channel is ConsentChannel.EMAIL else one
                for one in own
            ]
        return Contents(tuple(own))

    def findings(self, newsletter: Newsletter) -> Sequence[Finding]:
        """What is wrong with a newsletter's words, for everybody or for some customers.

        Raises:
            UserError: the template has no wording for one of its channels.
            TryAgain: they can't be tried out just now.
        """
        certain = {
            name
            for name, given in (
                ("own_text", newsletter.own_text.strip()),
                ("campaign_link", newsletter.campaign_link_id),
            )
            if given
        }
        return self._templates.check_contents(self.contents(newsletter), certain)

    def check(self, newsletter: Newsletter) -> Contents:
        """See that a newsletter can go out: its words are right, and each channel is ready; nothing is sent.

        Returns:
            What it says.

        Raises:
            UserError: it can't, and why: a mistake in the template, a refused key, a missing setting.
            TryAgain: a provider can't be reached just now.
        """
        contents = self.contents(newsletter)
        self._check_public_url(channels_of(newsletter))
        campaign_url(self._world, newsletter)
        findings = self.findings(newsletter)
        if findings:
            told = "; ".join(str(one) for one in findings[:_TOLD])
            more = f"; and {len(findings) - _TOLD} more" if len(findings) > _TOLD else ""
            raise UserError(f"the newsletter {newsletter.name!r} can't be sent with these words: {told}{more}")
        for connection_id in newsletter.connections.values():
            with closing(self._world.channels.open(connection_id)) as channel:
                channel.check()
        return contents

    def _check_public_url(self, channels: Sequence[ConsentChannel]) -> None:
        if not self._public_url:
            raise SettingsError(
                "a newsletter needs a link to unsubscribe: set `public_url` to the address under which customers "
                "reach the hub"
            )
        if ConsentChannel.EMAIL in channels and not self._public_url.startswith("https://"):
            raise SettingsError(
                "unsubscribing with one click (RFC 8058) needs an address that begins with https://; set "
                "`public_url` to one"
            )

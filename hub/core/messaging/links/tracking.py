"""Makes the links of a newsletter's messages tell who followed them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from hub.core.access.signatures import Signatures
from hub.core.messaging.conversation_tokens import ConversationTokens
from hub.core.messaging.links.addresses import TRAP, PublicAddresses
from hub.core.messaging.links.rewriting import Split, as_attribute, inserted, split_html, split_text
from hub.core.messaging.templates.rendering import Rendered
from hub.core.store import links as stored
from hub.core.store.database import Database
from hub.core.store.tables import CampaignLink, Newsletter, Organisation
from hub.core.store.texts import storable

MOST_LINKS = 1_000
"""Addresses of one newsletter that are tracked; further ones stay as they are."""
LONGEST_URL = 2_000
"""Bytes of an address that is tracked: what an index of PostgreSQL surely takes."""


class LinkTracking:
    """Rewrites links of messages.

    Args:
        database: the store's.
        signatures: sign what the addresses carry.
        public_url: the setting: where the server is reached.
        organisation: whose messages.
    """

    def __init__(
        self, database: Database, signatures: Signatures, public_url: str, organisation: Organisation
    ) -> None:
        assert organisation.id is not None
        self._database = database
        self._addresses = PublicAddresses(public_url, signatures)
        self._conversations = ConversationTokens(signatures)
        self._organisation_id = organisation.id

    def track(self, newsletter: Newsletter, messages: Sequence[tuple[int, Rendered]]) -> Sequence[Rendered]:
        """Messages whose links lead through the hub, as far as the newsletter asks for that.

        Addresses of the hub itself stay, but for those of campaign links, which become a click of theirs. Links
        into conversations stay, too: each customer has one of their own, which is nobody else's to read. Without
        the setting ``public_url`` everything stays.

        Args:
            newsletter: which one.
            messages: their ids in the outbox and what they say.

        Returns:
            What they say then, in their order.

        Raises:
            StoreError, TryAgain: the links can't be stored.
        """
        whole = [rendered for _, rendered in messages]
        if not self._addresses.are_known:
            return whole
        if newsletter.tracks_clicks:
            splits = [(split_html(each.html or ""), split_text(each.text)) for each in whole]
            links = self._links(newsletter, splits)
            whole = [
                self._rewritten(links, message_id, rendered, *split)
                for (message_id, rendered), split in zip(messages, splits, strict=True)
            ]
        if newsletter.tracks_opens:
            whole = [
                self._with_picture(message_id, rendered)
                for (message_id, _), rendered in zip(messages, whole, strict=True)
            ]
        return whole

    def unsubscribe_url(self, message_id: int) -> str:
        """Where the consent is taken back under which a message was sent, with one click.

        Raises:
            SettingsError: the setting ``public_url`` is empty.
        """
        return self._addresses.unsubscribe(message_id)

    def campaign_url(self, link: CampaignLink) -> str:
        """The public address of a campaign link.

        Raises:
            SettingsError: the setting ``public_url`` is empty.
        """
        return self._addresses.campaign(link.code)

    def _links(self, newsletter: Newsletter, splits: Iterable[Sequence[Split]]) -> Mapping[str, int]:
        """The ids of the links of messages, by address; new ones are stored."""
        urls = dict.fromkeys(url for both in splits for split in both for url in split.urls)
        codes = {url: self._addresses.campaign_code(url) for url in urls}
        wanted = [url for url, code in codes.items() if code or (_can_be_kept(url) and not self._stays(url))]
        if not wanted:
            return {}
        of_newsletter = newsletter.id or 0
        with self._database.reading() as connection:
            known = stored.tracked(connection, of_newsletter)
        if all(url in known for url in wanted) or len(known) >= MOST_LINKS:
            return known
        with self._database.writing() as connection:
            found = {code for code in codes.values() if code}
            campaigns = stored.campaigns_of_codes(connection, self._organisation_id, found) if found else {}
            new = [url for url in wanted if codes[url] is None or codes[url] in campaigns]
            of_campaign = {url: campaigns.get(codes[url] or "") for url in new}
            return stored.track(connection, of_newsletter, of_campaign, MOST_LINKS)

    def _stays(self, url: str) -> bool:
        return self._addresses.is_own(url) or self._conversations.is_in(url)

    def _rewritten(
        self, links: Mapping[str, int], message_id: int, rendered: Rendered, in_html: Split, in_text: Split
    ) -> Rendered:
        urls = {*in_html.urls, *in_text.urls}
        others = {url: self._addresses.click(links[url], message_id) for url in urls if url in links}
        if not others:
            return rendered
        text, html = in_text.joined(others), rendered.html
        if html is not None:
            html = in_html.joined(others, as_attribute)
            if any(url in others for url in in_html.urls):
                html = inserted(html, self._trap(message_id))
        return replace(rendered, text=text, html=html)

    def _trap(self, message_id: int) -> str:
        """A link that is not shown, nor read out, nor reached by key."""
        address = as_attribute(self._addresses.click(TRAP, message_id))
        return f'<a href={address} style="display:none" aria-hidden="true" tabindex="-1" rel="nofollow"></a>'

    def _with_picture(self, message_id: int, rendered: Rendered) -> Rendered:
        if rendered.html is None:
            return rendered
        address = as_attribute(self._addresses.open(message_id))
        picture = f'<img src={address} width="1" height="1" alt="" style="display:block;border:0">'
        return replace(rendered, html=inserted(rendered.html, picture))


def _can_be_kept(url: str) -> bool:
    return storable(url) and len(url.encode()) <= LONGEST_URL

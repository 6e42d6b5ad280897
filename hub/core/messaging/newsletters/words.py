"""What a newsletter says to one customer."""

from collections.abc import Mapping

from hub.core.contracts.channel import Message
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.sending.world import MessagingWorld
from hub.core.messaging.templates.contents import Contents
from hub.core.messaging.templates.rendering import Rendered, RenderRequest
from hub.core.store.tables import CampaignLink, Newsletter


class Words:
    """A newsletter's words, with what is the same for all of its messages.

    Args:
        newsletter: which one.
        contents: the wordings of its template.
        campaign_link: the public address of its campaign link; empty if it has none.
    """

    def __init__(self, newsletter: Newsletter, contents: Contents, campaign_link: str) -> None:
        self._contents = contents
        self._data: dict[str, object] = {"own_text": newsletter.own_text or None}
        if campaign_link:
            self._data["campaign_link"] = campaign_link

    def request(self, channel: ConsentChannel, facts: Mapping[str, object], unsubscribe_url: str) -> RenderRequest:
        """What is to be rendered for a customer.

        Args:
            channel: where the message goes.
            facts: what is known of the customer, see ``CustomerFacts``.
            unsubscribe_url: where they unsubscribe.

        Raises:
            UserError: the template has no wording for the channel.
        """
        customer = facts.get("customer")
        language = customer.get("language") if isinstance(customer, Mapping) else None
        wording = self._contents.wording(channel, language)
        data = {**facts, **self._data, "unsubscribe_url": unsubscribe_url}
        return RenderRequest(wording, language or wording.language, data)


def message_of(identity: str, address: str, rendered: Rendered, unsubscribe_url: str | None) -> Message:
    """A message that is ready to send.

    Args:
        identity: the same for the same message, and for no other.
        address: whom it goes to.
        rendered: what it says.
        unsubscribe_url: where its receiver unsubscribes with one click; None where the channel has no such thing.
    """
    return Message(
        id=identity,
        to=address,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        unsubscribe_url=unsubscribe_url,
    )


def campaign_url(world: MessagingWorld, newsletter: Newsletter) -> str:
    """The public address of a newsletter's campaign link; empty if it has none.

    Raises:
        SettingsError: it is not known where customers reach the hub.
    """
    if newsletter.campaign_link_id is None:
        return ""
    with world.database.session() as session:
        link = session.get_one(CampaignLink, newsletter.campaign_link_id)
    return world.tracking.campaign_url(link)

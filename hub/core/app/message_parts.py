"""The parts of a hub that write to customers, and that know what they agreed to."""

from functools import cached_property

from hub.core.app.segment_parts import SegmentParts
from hub.core.consents.capturing import Capturing
from hub.core.consents.proof import Proof
from hub.core.consents.service import Consents
from hub.core.consents.texts import ConsentTexts
from hub.core.messaging.channels import Channels
from hub.core.messaging.chat_links import ChatLinks
from hub.core.messaging.confirming import Confirming
from hub.core.messaging.conversations import Conversations
from hub.core.messaging.fates.service import Fates
from hub.core.messaging.links.addresses import PublicAddresses
from hub.core.messaging.links.campaigns import CampaignLinks
from hub.core.messaging.links.following import Following
from hub.core.messaging.links.tracking import LinkTracking
from hub.core.messaging.newsletters.audience import NewsletterAudience
from hub.core.messaging.newsletters.checks import NewsletterChecks
from hub.core.messaging.newsletters.recipients import FindRecipients
from hub.core.messaging.newsletters.runner import NewsletterRunner
from hub.core.messaging.newsletters.service import Newsletters
from hub.core.messaging.newsletters.trial import NewsletterTrial
from hub.core.messaging.rules import MessageRuling
from hub.core.messaging.sending.world import MessagingWorld
from hub.core.messaging.single import SingleMessages
from hub.core.messaging.suppressions import Suppressions
from hub.core.messaging.templates.facts import CustomerFacts
from hub.core.messaging.templates.rendering import Renderer
from hub.core.messaging.templates.service import Templates
from hub.core.messaging.unsubscribing import Unsubscribing
from hub.core.store.revisions import store_name


class MessageParts(SegmentParts):
    """Consents, templates, newsletters, messages and what became of them."""

    @cached_property
    def channels(self) -> Channels:
        """The connections that carry messages."""
        # A request that was perhaps taken must not be repeated: nobody gets a message twice.
        return Channels(
            self.database,
            self.organisation,
            self.registry,
            lambda connection: self.connections.component(connection, repeatable=False),
        )

    @cached_property
    def fates(self) -> Fates:
        """What became of messages, and what customers answered."""
        return Fates(self.database, self.organisation, self.channels, self.signatures, self.clock)

    @cached_property
    def customer_facts(self) -> CustomerFacts:
        """What messages may tell customers of themselves."""
        return CustomerFacts(
            self.database,
            self.organisation,
            lambda: self.evaluator,
            self.clock,
            lambda numbers: self.chat_links.by_customer(numbers),
        )

    @cached_property
    def templates(self) -> Templates:
        """What can be done with templates of messages."""
        return Templates(self.database, self.organisation, self.customer_facts, self.channels, self.clock)

    @cached_property
    def suppressions(self) -> Suppressions:
        """Addresses that nothing more is sent to."""
        return Suppressions(self.database, self.organisation, self.clock)

    @cached_property
    def conversations(self) -> Conversations:
        """Conversations on chat services."""
        return Conversations(self.organisation, self.signatures, self.clock)

    @cached_property
    def chat_links(self) -> ChatLinks:
        """Customers' links into conversations."""
        return ChatLinks(self.database, self.organisation, self.channels, self.conversations)

    @cached_property
    def campaign_links(self) -> CampaignLinks:
        """What can be done with campaign links."""
        addresses = PublicAddresses(self.settings.public_url, self.signatures)
        return CampaignLinks(self.database, self.organisation, addresses, self.clock)

    @cached_property
    def link_tracking(self) -> LinkTracking:
        """Makes links of messages tell who followed them."""
        return LinkTracking(self.database, self.signatures, self.settings.public_url, self.organisation)

    @cached_property
    def following(self) -> Following:
        """Where links lead, and who followed them."""
        return Following(self.database, self.organisation, self.signatures, self.clock)

    @cached_property
    def message_ruling(self) -> MessageRuling:
        """When and how often customers are written to."""
        return MessageRuling(self.database, self.organisation, self.clock)

    @cached_property
    def _messaging(self) -> MessagingWorld:
        return MessagingWorld(
            database=self.database,
            organisation=self.organisation,
            channels=self.channels,
            facts=self.customer_facts,
            tracking=self.link_tracking,
            suppressions=self.suppressions,
            conversations=self.conversations,
            ruling=self.message_ruling,
            open_renderer=lambda: Renderer(self.organisation.time_zone, self.organisation.currency),
            paces=self.home / "paces",
            clock=self.clock,
            store=store_name(self.database),
        )

    @cached_property
    def single_messages(self) -> SingleMessages:
        """Writes to single customers."""
        return SingleMessages(self._messaging)

    @cached_property
    def newsletters(self) -> Newsletters:
        """What can be done with newsletters."""
        audience = NewsletterAudience(self.database, lambda: self.engine, self.segments)
        recipients = FindRecipients(self.database, self.organisation, audience)
        runner = NewsletterRunner(self._messaging, recipients, self.newsletter_checks, self.owner)
        return Newsletters(
            self.database,
            self.organisation,
            self.channels,
            self.newsletter_checks,
            recipients,
            runner,
            self.clock,
        )

    @cached_property
    def newsletter_trial(self) -> NewsletterTrial:
        """Tries newsletters out."""
        return NewsletterTrial(self._messaging, self.templates, self.newsletter_checks)

    @cached_property
    def newsletter_checks(self) -> NewsletterChecks:
        """Sees whether newsletters can go out."""
        return NewsletterChecks(self._messaging, self.templates, self.settings.public_url)

    @cached_property
    def unsubscribing(self) -> Unsubscribing:
        """Takes back consents by the links in messages."""
        return Unsubscribing(self.database, self.organisation, self.signatures, self.clock)

    @cached_property
    def consent_texts(self) -> ConsentTexts:
        """What customers are asked to agree to."""
        return ConsentTexts(self.database, self.organisation, self.clock)

    @cached_property
    def capturing(self) -> Capturing:
        """Records what customers tick on a shop's pages."""
        return Capturing(self.database, self.organisation, self.clock)

    @cached_property
    def consents(self) -> Consents:
        """What customers confirm and withdraw."""
        return Consents(self.database, self.organisation, self.signatures, self.clock)

    @cached_property
    def consent_proof(self) -> Proof:
        """Proves what customers agreed to."""
        return Proof(self.database, self.organisation, self.clock)

    @cached_property
    def confirming(self) -> Confirming:
        """Asks addresses to confirm permissions."""
        return Confirming(
            self.database,
            self.organisation,
            self.channels,
            self.signatures,
            self.settings.public_url,
            self.clock,
        )

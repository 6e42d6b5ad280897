"""The hub's tables, by area. Importing this package makes ``metadata`` complete."""

from hub.core.store.tables.base import metadata, table_of
from hub.core.store.tables.catalogue import Category, Event, Product, Production, Venue
from hub.core.store.tables.consents import Consent, ConsentRequest, ConsentText
from hub.core.store.tables.customers import (
    Company,
    Customer,
    CustomerGroup,
    CustomerGroupMember,
    CustomerTag,
    CustomField,
    CustomValue,
    Identity,
    Subscription,
    Tag,
)
from hub.core.store.tables.feeds import Feed, FeedRead, FeedVersion
from hub.core.store.tables.imports import ImportRejection, ImportRun, ImportStatus
from hub.core.store.tables.links import CampaignLink, LinkClick, TrackedLink
from hub.core.store.tables.messages import (
    EarlyReport,
    MessageEvent,
    MessageStatus,
    MessageTemplate,
    MessageWording,
    Newsletter,
    NewsletterCompany,
    NewsletterSegment,
    NewsletterStatus,
    OutboxMessage,
    WrittenMessage,
)
from hub.core.store.tables.organisations import Organisation, Source
from hub.core.store.tables.purchases import Cart, Order, OrderLine
from hub.core.store.tables.reaching import Conversation, MessageRules, Suppression, SuppressionReason
from hub.core.store.tables.segments import (
    KeptBitmap,
    ResultCause,
    Segment,
    SegmentAnswer,
    SegmentKind,
    SegmentMember,
    SegmentReason,
    SegmentResult,
    View,
)
from hub.core.store.tables.syncs import (
    Connection,
    LedgerEntry,
    LedgerReference,
    LedgerState,
    RunStatus,
    Sync,
    SyncMode,
    SyncPosition,
    SyncReading,
    SyncRejection,
    SyncRun,
)
from hub.core.store.tables.system import AccessToken, JobFiring, Revision, Tombstone

__all__ = [
    "AccessToken", "CampaignLink", "Cart", "Category", "Company", "Connection", "Consent", "ConsentRequest",
    "ConsentText", "Conversation", "CustomField", "CustomValue", "Customer", "CustomerGroup",
    "CustomerGroupMember", "CustomerTag", "EarlyReport", "Event", "Feed", "FeedRead", "FeedVersion", "Identity",
    "ImportRejection", "ImportRun", "ImportStatus", "JobFiring", "KeptBitmap", "LedgerEntry", "LedgerReference",
    "LedgerState", "LinkClick", "MessageEvent", "MessageRules", "MessageStatus", "MessageTemplate",
    "MessageWording", "Newsletter", "NewsletterCompany", "NewsletterSegment", "NewsletterStatus", "Order",
    "OrderLine", "Organisation", "OutboxMessage", "Product", "Production", "ResultCause", "Revision",
    "RunStatus", "Segment", "SegmentAnswer", "SegmentKind", "SegmentMember", "SegmentReason", "SegmentResult",
    "Source", "Subscription", "Suppression", "SuppressionReason", "Sync", "SyncMode", "SyncPosition",
    "SyncReading", "SyncRejection", "SyncRun", "Tag", "Tombstone", "TrackedLink", "Venue", "View",
    "WrittenMessage", "metadata", "table_of",
]  # fmt: skip

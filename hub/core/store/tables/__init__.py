"""The hub's tables, by area. Importing this package makes ``metadata`` complete."""

from hub.core.store.tables.base import metadata, table_of
from hub.core.store.tables.catalogue import Category, Event, Product, Production, Venue
from hub.core.store.tables.consents import Consent, ConsentText
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
from hub.core.store.tables.organisations import Organisation, Source
from hub.core.store.tables.purchases import Cart, Order, OrderLine
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
    "AccessToken", "Cart", "Category", "Company", "Connection", "Consent", "ConsentText", "CustomField",
    "CustomValue", "Customer", "CustomerGroup", "CustomerGroupMember", "CustomerTag", "Event", "Feed", "FeedRead",
    "FeedVersion", "Identity", "ImportRejection", "ImportRun", "ImportStatus", "JobFiring", "KeptBitmap",
    "LedgerEntry", "LedgerReference", "LedgerState", "Order", "OrderLine", "Organisation", "Product", "Production",
    "ResultCause", "Revision", "RunStatus", "Segment", "SegmentAnswer", "SegmentKind", "SegmentMember",
    "SegmentReason", "SegmentResult", "Source", "Subscription", "Sync", "SyncMode", "SyncPosition", "SyncReading",
    "SyncRejection", "SyncRun", "Tag", "Tombstone", "Venue", "View", "metadata", "table_of",
]  # fmt: skip

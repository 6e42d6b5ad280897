"""All that a plugin author imports: the hook marker, the four contracts, records and errors.

Names are loaded when first used, so that ``hub --help`` starts without the libraries behind them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pluggy import HookimplMarker

if TYPE_CHECKING:
    from hub.core.contracts.calendar import Calendar
    from hub.core.contracts.channel import Carries, Delivery, Message, MessageChannel, Receipt
    from hub.core.contracts.channel_abilities import (
        BatchChannel,
        ChannelEvent,
        CollectingChannel,
        ConversationChannel,
        Fate,
        FateReport,
        Heard,
        MeasuringChannel,
        PollingChannel,
        StopRequest,
        TextMeasure,
        WebhookAnswer,
        WebhookChannel,
        WebhookRequest,
    )
    from hub.core.contracts.component import Component, Context, Settings
    from hub.core.contracts.criterion import Criterion, Parameters, Question
    from hub.core.contracts.distribution import Distribution, DistributionKind
    from hub.core.contracts.errors import (
        DefinitionError,
        FateUnknown,
        HubError,
        InputError,
        IntegratorError,
        InUse,
        NotAuthorised,
        NotFound,
        Refusal,
        Rejected,
        SettingsError,
        TryAgain,
        UserError,
    )
    from hub.core.contracts.parameters import DateTest, Keyword, Number, NumberTest, OneOf, Text, TextTest
    from hub.core.contracts.records import (
        LINE_COLUMN,
        RECORDS,
        AccountKind,
        AccountStatus,
        Batch,
        CartRecord,
        CompanyRecord,
        ConsentChannel,
        ConsentRecord,
        CustomerRecord,
        CustomFieldRecord,
        CustomFieldType,
        CustomValueRecord,
        EventRecord,
        Gender,
        GroupRecord,
        IdentityRecord,
        OrderLineRecord,
        OrderRecord,
        OrderStatus,
        ProductRecord,
        Record,
        RejectedRow,
        SalesChannel,
        SubscriptionRecord,
        TagRecord,
        VenueRecord,
        arrow_schema,
        value_type,
    )
    from hub.core.contracts.relations import Relations
    from hub.core.contracts.sink import (
        MEMBER_TRAITS,
        AudienceSink,
        Departure,
        DepartureReason,
        Departures,
        ErasingSink,
        IdentifierKind,
        Member,
        Rejection,
        Removal,
        ReplacingSink,
        ReportingSink,
    )
    from hub.core.contracts.source import DataSource
    from hub.core.contracts.spreadsheets import GUARDED

__all__ = [
    "GUARDED",
    "LINE_COLUMN",
    "MEMBER_TRAITS",
    "RECORDS",
    "AccountKind",
    "AccountStatus",
    "AudienceSink",
    "Batch",
    "BatchChannel",
    "Calendar",
    "Carries",
    "CartRecord",
    "ChannelEvent",
    "CollectingChannel",
    "CompanyRecord",
    "Component",
    "ConsentChannel",
    "ConsentRecord",
    "Context",
    "ConversationChannel",
    "Criterion",
    "CustomFieldRecord",
    "CustomFieldType",
    "CustomValueRecord",
    "CustomerRecord",
    "DataSource",
    "DateTest",
    "DefinitionError",
    "Delivery",
    "Departure",
    "DepartureReason",
    "Departures",
    "Distribution",
    "DistributionKind",
    "ErasingSink",
    "EventRecord",
    "Fate",
    "FateReport",
    "FateUnknown",
    "Gender",
    "GroupRecord",
    "Heard",
    "HubError",
    "IdentifierKind",
    "IdentityRecord",
    "InUse",
    "InputError",
    "IntegratorError",
    "Keyword",
    "MeasuringChannel",
    "Member",
    "Message",
    "MessageChannel",
    "NotAuthorised",
    "NotFound",
    "Number",
    "NumberTest",
    "OneOf",
    "OrderLineRecord",
    "OrderRecord",
    "OrderStatus",
    "Parameters",
    "PollingChannel",
    "ProductRecord",
    "Question",
    "Receipt",
    "Record",
    "Refusal",
    "Rejected",
    "RejectedRow",
    "Rejection",
    "Relations",
    "Removal",
    "ReplacingSink",
    "ReportingSink",
    "SalesChannel",
    "Settings",
    "SettingsError",
    "StopRequest",
    "SubscriptionRecord",
    "TagRecord",
    "Text",
    "TextMeasure",
    "TextTest",
    "TryAgain",
    "UserError",
    "VenueRecord",
    "WebhookAnswer",
    "WebhookChannel",
    "WebhookRequest",
    "arrow_schema",
    "hookimpl",
    "value_type",
]

hookimpl = HookimplMarker("hub")
"""Marks a function of a plugin module as the implementation of the hook of the same name."""

_HOMES = {
    "channel_abilities": (
        "BatchChannel", "ChannelEvent", "CollectingChannel", "ConversationChannel", "Fate", "FateReport", "Heard",
        "MeasuringChannel", "PollingChannel", "StopRequest", "TextMeasure", "WebhookAnswer", "WebhookChannel",
        "WebhookRequest",
    ),
    "channel": ("Carries", "Delivery", "Message", "MessageChannel", "Receipt"),
    "component": ("Component", "Context", "Settings"),
    "calendar": ("Calendar",),
    "distribution": ("Distribution", "DistributionKind"),
    "criterion": ("Criterion", "Parameters", "Question"),
    "errors": (
        "DefinitionError", "FateUnknown", "HubError", "InputError", "IntegratorError", "InUse", "NotAuthorised",
        "NotFound", "Refusal", "Rejected", "SettingsError", "TryAgain", "UserError",
    ),
    "parameters": ("DateTest", "Keyword", "Number", "NumberTest", "OneOf", "Text", "TextTest"),
    "records": (
        "LINE_COLUMN", "RECORDS", "AccountKind", "AccountStatus", "Batch", "CartRecord", "CompanyRecord",
        "ConsentChannel", "ConsentRecord", "CustomFieldRecord", "CustomFieldType", "CustomValueRecord",
        "CustomerRecord", "EventRecord", "Gender", "GroupRecord", "IdentityRecord", "OrderLineRecord",
        "OrderRecord", "OrderStatus", "ProductRecord", "Record", "RejectedRow", "SalesChannel",
        "SubscriptionRecord", "TagRecord", "VenueRecord", "arrow_schema", "value_type",
    ),
    "relations": ("Relations",),
    "sink": (
        "MEMBER_TRAITS", "AudienceSink", "Departure", "DepartureReason", "Departures", "ErasingSink",
        "IdentifierKind", "Member", "Rejection", "Removal", "ReplacingSink", "ReportingSink",
    ),
    "source": ("DataSource",),
    "spreadsheets": ("GUARDED",),
}  # fmt: skip


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"hub.core.contracts.{home}"), name)
    raise AttributeError(f"module 'hub' has no attribute {name!r}")

"""Newsletters as they travel."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from hub.api.cursors import LARGEST_ID
from hub.api.models.asking import WITHOUT_EVENT, WITHOUT_PRODUCTION, Showing
from hub.api.models.base import Change, Instant, Model, Name, NextCursor, Text
from hub.api.models.messages import Address, MessageStatus
from hub.api.models.syncs import Channel
from hub.api.models.templates import MeasureOut
from hub.core.messaging.newsletters.drafts import LONGEST_OWN_TEXT, LONGEST_SUBJECT, MOST_NAMED

Status = Literal["draft", "scheduled", "sending", "paused", "sent", "cancelled", "failed"]
Reason = Literal["no_consent", "no_address", "suppressed", "same_address"]

_REASONS = (
    "no_consent: did not give the permission on any of its channels; no_address: has no usable address where they "
    "gave it; suppressed: nothing more is sent to the address; same_address: another customer with the same "
    "address gets it"
)
_EVERYBODY = "without segments and companies it goes to all subscribers: whoever gave the permission"
_CHANNELS = "where it goes, in the order of preference: each customer gets it once, on the first that reaches them"
_EXAMPLE: dict[str, Any] = {
    "name": "May", "template": "Monthly", "channels": [{"channel": "email"}, {"channel": "sms"}],
    "segments": ["Regulars"], "without_event": ["E-17"], "subject": "What is on in May",
}  # fmt: skip
_NEWSLETTER: dict[str, Any] = {
    "id": 1, "name": "May", "template": "Monthly", "channels": [{"channel": "email", "connection": "mail"}],
    "permission": "newsletter", "segments": ["Regulars"], "companies": [], "without_production": [],
    "without_event": [], "campaign_link": None, "subject": "", "own_text": "", "tracks_opens": True,
    "tracks_clicks": True, "status": "sent", "send_at": None, "chosen": 1230, "recipients": 1204,
    "left_out": [{"reason": "no_consent", "count": 26}],
    "messages": [{"status": "bounced", "count": 4}, {"status": "delivered", "count": 1200}],
    "message": "", "started_at": "2026-05-06T08:00:00Z", "ended_at": "2026-05-06T08:02:00Z",
    "created_at": "2026-05-05T08:00:00Z", "changed_at": "2026-05-06T08:00:00Z",
}  # fmt: skip


class ChannelChoice(Model):
    """A channel that a newsletter goes out on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"channel": "email"}, {"channel": "sms", "connection": "texts"}]}
    )

    channel: Channel = Field(description="the channel")
    connection: Name | None = Field(
        None, description="name of the connection, made with `hub connect`; the oldest on the channel if left out"
    )


def _once(channels: list[ChannelChoice] | None) -> None:
    names = [one.channel for one in channels or ()]
    if len(names) != len(set(names)):
        raise ValueError("name each channel once")


_Channels = Annotated[list[ChannelChoice], Field(min_length=1, max_length=5)]
_Names = Annotated[list[Name], Field(max_length=MOST_NAMED)]
_Showings = Annotated[list[Showing], Field(max_length=MOST_NAMED)]
_Subject = Annotated[Text, Field(max_length=LONGEST_SUBJECT)]
_OwnText = Annotated[Text, Field(max_length=LONGEST_OWN_TEXT)]


class NewNewsletter(Model):
    """A newsletter to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "May", "template": "Monthly"}, _EXAMPLE]})

    name: Name = Field(description="what it is called")
    template: Name = Field(description="name of the template: what it says")
    channels: _Channels = Field([ChannelChoice(channel="email", connection=None)], description=_CHANNELS)
    permission: Name = Field("newsletter", description="only customers who gave this permission get it")
    segments: _Names = Field([], description=f"names of the segments it is for; {_EVERYBODY}")
    companies: _Names = Field([], description="names of the business partners whose contacts it is for")
    without_production: _Showings = Field([], description=WITHOUT_PRODUCTION)
    without_event: _Showings = Field([], description=WITHOUT_EVENT)
    campaign_link: Name | None = Field(None, description="name of its campaign link, if it has one")
    subject: _Subject = Field("", description="replaces the template's subject, if it is not empty")
    own_text: _OwnText = Field("", description="what the template shows as `own_text`")
    tracks_opens: bool = Field(True, description="whether it is counted who looks at it")
    tracks_clicks: bool = Field(True, description="whether it is counted who follows its links")

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        _once(self.channels)
        return self


class NewsletterChange(Change):
    """What is to be changed of a newsletter; what is left out stays as it is."""

    may_be_null = frozenset({"campaign_link"})

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"subject": "What is on in June"}, {"segments": [], "campaign_link": None}]
        }
    )

    name: Name | None = Field(None, description="its new name")
    template: Name | None = Field(None, description="name of the template")
    channels: _Channels | None = Field(None, description=_CHANNELS)
    permission: Name | None = Field(None, description="only customers who gave this permission get it")
    segments: _Names | None = Field(None, description=f"names of the segments it is for; {_EVERYBODY}")
    companies: _Names | None = Field(None, description="names of the business partners whose contacts it is for")
    without_production: _Showings | None = Field(None, description=WITHOUT_PRODUCTION)
    without_event: _Showings | None = Field(None, description=WITHOUT_EVENT)
    campaign_link: Name | None = Field(None, description="name of its campaign link; null for none")
    subject: _Subject | None = Field(None, description="replaces the template's subject, if it is not empty")
    own_text: _OwnText | None = Field(None, description="what the template shows as `own_text`")
    tracks_opens: bool | None = Field(None, description="whether it is counted who looks at it")
    tracks_clicks: bool | None = Field(None, description="whether it is counted who follows its links")

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        _once(self.channels)
        return self


class ChannelOut(Model):
    """A channel that a newsletter goes out on."""

    model_config = ConfigDict(
        title="NewsletterChannel",
        json_schema_extra={"examples": [{"channel": "email", "connection": "mail"}]},
    )

    channel: Channel = Field(description="the channel")
    connection: str = Field(description="name of the connection")


class LeftOutOut(Model):
    """Customers whom a newsletter is meant for and who do not get it, for one reason."""

    model_config = ConfigDict(
        title="LeftOut", json_schema_extra={"examples": [{"reason": "no_consent", "count": 26}]}
    )

    reason: Reason = Field(description=_REASONS)
    count: int = Field(description="how many of them there are")


class StatusCount(Model):
    """Messages that stand alike."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "delivered", "count": 1200}]})

    status: MessageStatus = Field(description="how they stand")
    count: int = Field(description="how many of them there are")


class NewsletterOut(Model):
    """A message to many customers, and how it stands."""

    model_config = ConfigDict(title="Newsletter", json_schema_extra={"examples": [_NEWSLETTER]})

    id: int = Field(description="its id, which never changes")
    name: str = Field(description="what it is called")
    template: str = Field(description="name of the template")
    channels: list[ChannelOut] = Field(description="where it goes, in the order of preference")
    permission: str = Field(description="only customers who gave this permission get it")
    segments: list[str] = Field(description=f"names of the segments it is for; {_EVERYBODY}")
    companies: list[str] = Field(description="names of the business partners whose contacts it is for")
    without_production: list[str] = Field(description="ticket holders of these productions do not get it")
    without_event: list[str] = Field(description="ticket holders of these events do not get it")
    campaign_link: str | None = Field(description="name of its campaign link; null if it has none")
    subject: str = Field(description="replaces the template's subject, if it is not empty")
    own_text: str = Field(description="what the template shows as `own_text`")
    tracks_opens: bool = Field(description="whether it is counted who looks at it")
    tracks_clicks: bool = Field(description="whether it is counted who follows its links")
    status: Status = Field(
        description="draft: nobody gets it yet; scheduled: it goes out by itself at its time; sending; paused: "
        "somebody stopped it; sent: every message was handed over or has ended otherwise; cancelled: ended for "
        "good; failed: somebody must mend what `message` says, then it can be resumed"
    )
    send_at: datetime | None = Field(description="when it goes out by itself; null for at once, or by hand")
    chosen: int = Field(description="how many customers were meant when sending began; 0 before")
    recipients: int = Field(description="how many of them have a message; 0 before sending begins")
    left_out: list[LeftOutOut] = Field(description="how many of them have none, by reason")
    messages: list[StatusCount] = Field(description="how its messages stand; only statuses that there are")
    message: str = Field(description="how it stands, in one sentence for people; may be empty")
    started_at: datetime | None = Field(description="when sending began; null before")
    ended_at: datetime | None = Field(description="when sending ended; null before")
    created_at: datetime = Field(description="when it was made")
    changed_at: datetime = Field(description="when somebody last changed it")


class NewsletterPage(Model):
    """A page of newsletters, newest first."""

    items: list[NewsletterOut] = Field(description="the newsletters of this page")
    next_cursor: NextCursor


class ReachOut(Model):
    """How many a newsletter would reach on a channel."""

    model_config = ConfigDict(title="Reach", json_schema_extra={"examples": [{"channel": "email", "count": 1204}]})

    channel: Channel = Field(description="the channel")
    count: int = Field(description="how many customers would get it there")


class Estimate(Model):
    """Who would get a newsletter if it went out now, in numbers."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "chosen": 1230, "recipients": 1204, "channels": [{"channel": "email", "count": 1204}],
                    "left_out": [{"reason": "no_consent", "count": 26}],
                }
            ]
        }
    )  # fmt: skip

    chosen: int = Field(description="how many customers it is meant for")
    recipients: int = Field(description="how many of them would get it; give it as `expected` when you send it")
    channels: list[ReachOut] = Field(description="how many on each channel, in the order of preference")
    left_out: list[LeftOutOut] = Field(description="how many would not get it, by reason")


_EXPECTED = (
    "the most recipients you expect, as the estimate told: if it would go to more now, the answer is 409, "
    "and nothing is sent; any number if left out"
)


class SendAsked(Model):
    """How a newsletter is to be sent."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"expected": 1204}]})

    expected: int | None = Field(None, ge=0, le=LARGEST_ID, description=_EXPECTED)


class ScheduleAsked(SendAsked):
    """When a newsletter is to go out."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"at": "2126-05-06T08:00:00Z"}, {"expected": 1204}]})

    at: Instant | None = Field(None, description="when it goes out by itself; as soon as possible if left out")


class NewsletterPreviewAsked(Model):
    """Whose preview of a newsletter."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"customer_number": 17, "channel": "sms"}]})

    customer_number: int | None = Field(
        None, ge=1, le=LARGEST_ID, description="the customer; somebody invented if left out"
    )
    channel: Channel | None = Field(
        None, description="which of its channels; the first one that it goes out on if left out"
    )


class NewsletterTestAsked(NewsletterPreviewAsked):
    """Where a test of a newsletter goes, and whose data it shows."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"address": "me@example.com"}, {"address": "+4930123456", "channel": "sms"}]
        }
    )

    address: Address = Field(description="an address of your own; nobody's consent is asked for it")


class NewsletterPreviewOut(Model):
    """A newsletter as a customer gets it."""

    model_config = ConfigDict(
        title="NewsletterPreview",
        json_schema_extra={
            "examples": [
                {
                    "channel": "sms", "subject": "", "text": "Hej Ada, vi ses i dag.", "html": None,
                    "measure": {"alphabet": "GSM-7", "units": 21, "parts": 1, "left": 139}, "withheld": None,
                }
            ]
        },
    )  # fmt: skip

    channel: Channel = Field(description="on which channel")
    subject: str = Field(description="the subject; empty where the channel has none")
    text: str = Field(description="the plain text")
    html: str | None = Field(description="the HTML; null where there is none")
    measure: MeasureOut | None = Field(description="how long the text is; null where the channel counts no parts")
    withheld: str | None = Field(description="why this customer would not get it; null if they would")


class NewsletterTestOut(Model):
    """The provider's word that it has a test."""

    model_config = ConfigDict(
        title="NewsletterTest",
        json_schema_extra={"examples": [{"reference": "SM17", "delivery": "queued", "parts": 1}]},
    )

    reference: str = Field(description="the provider's id of the message")
    delivery: Literal["queued", "sent"] = Field(description="queued: it will try; sent: it was handed on")
    parts: int = Field(description="as how many messages the provider counts it")

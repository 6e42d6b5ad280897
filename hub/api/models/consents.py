"""Consent texts, what customers tick, and the proof of it, as they travel."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from hub.api.cursors import LARGEST_ID
from hub.api.models.asking import Showing
from hub.api.models.base import Instant, Model, Name, NextCursor, Text
from hub.api.models.syncs import Channel
from hub.core.consents.texts import LONGEST_TEXT

_TEXT: dict[str, Any] = {
    "permission": "newsletter", "version": 1, "text": "May we write to you about our programme?",
    "channels": ["email", "sms"], "double_opt_in": True, "published_at": "2026-01-02T08:00:00Z",
}  # fmt: skip
_ENTRY: dict[str, Any] = {
    "permission": "newsletter", "channel": "email", "given": True, "at": "2026-01-31T09:30:00Z",
    "place": "registration", "version": 1,
}  # fmt: skip
_REQUEST: dict[str, Any] = {
    "id": 1, "number": 17, "permission": "newsletter", "channel": "email", "place": "registration", "version": 1,
    "asked_at": "2026-01-31T09:30:00Z", "sent_at": "2026-01-31T09:30:02Z", "confirmed_at": None,
    "expires_at": "2026-03-02T09:30:00Z", "reason": None,
}  # fmt: skip
_Version = Annotated[int, Field(ge=1, le=LARGEST_ID)]
_Line = Annotated[str, StringConstraints(strict=True, max_length=320, pattern=r"^[^\x00]*$")]


class NewConsentText(Model):
    """Words that customers are asked to agree to."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "permission": "newsletter", "text": "May we write to you about our programme?",
                    "channels": ["email", "sms"], "double_opt_in": True,
                }
            ]
        }
    )  # fmt: skip

    permission: Name = Field(description="what is agreed to")
    text: Text = Field(description=f"the words: 1 to {LONGEST_TEXT} characters")
    channels: list[Channel] | None = Field(
        None,
        min_length=1,
        max_length=5,
        description="the channels it asks for; if left out, those of the version before, and of a first one email",
    )
    double_opt_in: bool | None = Field(
        None,
        description="whether a permission counts only once its address has confirmed it; if left out, as in the "
        "version before, and in a first one not",
    )


class ConsentTextOut(Model):
    """A version of the words that customers agree to. It never changes."""

    model_config = ConfigDict(title="ConsentText", json_schema_extra={"examples": [_TEXT]})

    permission: str = Field(description="what is agreed to")
    version: int = Field(description="which version of its text this is, from 1")
    text: str = Field(description="the words")
    channels: list[Channel] = Field(description="the channels it asks for")
    double_opt_in: bool = Field(description="whether a permission counts only once its address has confirmed it")
    published_at: datetime = Field(description="when it was published")


class ConsentTextList(Model):
    """Consent texts."""

    items: list[ConsentTextOut] = Field(description="the texts")


class ShopperIn(Model):
    """A customer as a shop knows them. What the hub does not know yet is filled in, nothing is replaced."""

    model_config = ConfigDict(
        title="Shopper",
        json_schema_extra={
            "examples": [
                {
                    "source": "shop", "external_id": "C-17", "email": "ada@example.com", "first_name": "Ada",
                    "language": "de",
                }
            ]
        },
    )  # fmt: skip

    source: Name = Field(description="name of the source that knows them: the shop's")
    external_id: Showing = Field(description="its id of them; whoever is new is made")
    email: _Line | None = Field(None, description="email address")
    phone: _Line | None = Field(None, description="phone number, best with country code")
    first_name: _Line | None = Field(None, description="given name")
    last_name: _Line | None = Field(None, description="family name")
    language: _Line | None = Field(None, description="language code, such as de: in which they are spoken to")


class NewCapture(Model):
    """What a customer ticked on a page of a shop."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "customer": {"source": "shop", "external_id": "C-17", "email": "ada@example.com"},
                    "permission": "newsletter", "version": 1, "given": {"email": True, "sms": False},
                    "place": "registration", "at": "2026-01-31T09:30:00Z",
                }
            ]
        }
    )  # fmt: skip

    customer: ShopperIn = Field(description="who ticked")
    permission: Name = Field(description="what was asked for")
    version: _Version = Field(description="the version of the text that was shown; it may be an older one")
    given: dict[Channel, bool] = Field(
        min_length=1, description="the boxes that were shown, by channel, and whether each was ticked"
    )
    place: Literal["registration", "order", "profile"] = Field(
        description="the page; only on a profile, where customers see what stands, does an empty box withdraw"
    )
    guest: bool = Field(
        False, description="whether it is an order without an account, which can consent to email only"
    )
    at: Instant | None = Field(
        None, description="when; now if left out. With it, what is sent twice is recorded once"
    )


class CapturedOut(Model):
    """What became of what a customer ticked."""

    model_config = ConfigDict(
        title="Captured",
        json_schema_extra={"examples": [{"number": 17, "outcomes": {"email": "asked", "sms": "already_so"}}]},
    )

    number: int = Field(description="the customer's number in the hub")
    outcomes: dict[Channel, Literal["recorded", "already_so", "asked", "withdrawn", "left"]] = Field(
        description="by channel: recorded (given now), already_so (the log said so), asked (the address is asked "
        "to confirm), withdrawn, left (not ticked where that says nothing; what was given stands)"
    )


class NewWithdrawal(Model):
    """A customer who withdraws: named by their number, or by a source and its id."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"source": "shop", "external_id": "C-17", "permission": "newsletter", "channels": ["sms"]}
            ]
        }
    )

    number: Annotated[int, Field(ge=1, le=LARGEST_ID)] | None = Field(
        None, description="the customer's number in the hub"
    )
    source: Name | None = Field(None, description="name of the source that knows them")
    external_id: Showing | None = Field(None, description="its id of them")
    permission: Name | None = Field(None, description="which permission; all if left out")
    channels: list[Channel] | None = Field(
        None, min_length=1, max_length=5, description="on which channels; on all if left out"
    )
    place: Name = Field("profile", description="where they withdrew, as the log keeps it")


class WithdrawnOut(Model):
    """What was withdrawn."""

    model_config = ConfigDict(title="Withdrawn", json_schema_extra={"examples": [{"number": 17, "withdrawn": 1}]})

    number: int = Field(description="the customer's number in the hub")
    withdrawn: int = Field(description="how many permissions on a channel stood until now")


class ConsentRequestOut(Model):
    """A permission whose address is asked to confirm it."""

    model_config = ConfigDict(title="ConsentRequest", json_schema_extra={"examples": [_REQUEST]})

    id: int = Field(description="its id; a later request has a higher one")
    number: int = Field(description="the customer's number in the hub")
    permission: str = Field(description="which permission")
    channel: Channel = Field(description="on which channel, over which the question goes, too")
    place: str = Field(description="the page on which it was given")
    version: int = Field(description="of the text that was shown")
    asked_at: datetime = Field(description="when the customer gave it")
    sent_at: datetime | None = Field(description="when the address was asked; null if it was not yet")
    confirmed_at: datetime | None = Field(description="when it was confirmed; null if it was not")
    expires_at: datetime = Field(description="until when it can be confirmed")
    reason: str | None = Field(description="why the address can't be asked; null if nothing is in the way")


class ConsentRequestPage(Model):
    """A page of requests, newest first."""

    items: list[ConsentRequestOut] = Field(description="the requests of this page")
    next_cursor: NextCursor


class ProvenEntryOut(Model):
    """A permission that was given or withdrawn."""

    model_config = ConfigDict(title="ProvenEntry", json_schema_extra={"examples": [_ENTRY]})

    permission: str = Field(description="which permission")
    channel: str = Field(description="on which channel")
    given: bool = Field(description="whether it was given; else it was withdrawn")
    at: datetime = Field(description="when")
    place: str | None = Field(description="where; null if that is not known")
    version: int | None = Field(description="of the text that was shown; null if none is known")


class ProofOut(Model):
    """All that proves what one customer agreed to: personal data."""

    model_config = ConfigDict(
        title="Proof",
        json_schema_extra={
            "examples": [
                {
                    "organisation": "Theater am Ufer", "made_at": "2026-02-01T08:00:00Z", "number": 17,
                    "source": "shop", "external_id": "C-17", "name": "Ada Albers",
                    "addresses": {"email": ["ada@example.com"]}, "entries": [_ENTRY], "requests": [_REQUEST],
                    "texts": [_TEXT], "standing": [_ENTRY],
                }
            ]
        },
    )  # fmt: skip

    organisation: str = Field(description="who may write to them")
    made_at: datetime = Field(description="when this was looked up")
    number: int = Field(description="the customer's number in the hub")
    source: str = Field(description="the source that knows them")
    external_id: str = Field(description="its id of them")
    name: str = Field(description="what they are called; empty if that is not known")
    addresses: dict[str, list[str]] = Field(description="their addresses by kind")
    entries: list[ProvenEntryOut] = Field(description="the log, newest last")
    requests: list[ConsentRequestOut] = Field(description="what they were asked to confirm, oldest first")
    texts: list[ConsentTextOut] = Field(description="every version of a text that they saw")
    standing: list[ProvenEntryOut] = Field(description="how each permission stands now on each channel")

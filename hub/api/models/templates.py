"""Templates of messages, as they travel."""

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from hub.api.cursors import LARGEST_ID
from hub.api.models.base import Model, Name, NextCursor, Text
from hub.api.models.syncs import Channel
from hub.core.messaging.templates.contents import LONGEST_HTML, LONGEST_SUBJECT, LONGEST_TEXT

_WORDING: dict[str, Any] = {
    "channel": "email", "language": "de", "subject": 'Neues für {{ customer.first_name | otherwise("Sie") }}',
    "text": "", "html": "<mjml><mj-body><mj-section><mj-column><mj-text>{{ own_text }}</mj-text></mj-column>"
    "</mj-section></mj-body></mjml>",
}  # fmt: skip
_TEMPLATE: dict[str, Any] = {
    "id": 1, "name": "Monthly", "wordings": [{"channel": "email", "language": "de"}],
    "created_at": "2026-01-02T08:00:00Z", "changed_at": "2026-01-02T08:00:00Z",
}  # fmt: skip
_FINDING: dict[str, Any] = {
    "channel": "email", "language": "de", "part": "html", "line": 1, "column": 55, "word": "own_text",
    "reason": '`own_text` is missing and has no fallback; write own_text | otherwise("…") or {% if own_text %}',
}  # fmt: skip
_MEASURE: dict[str, Any] = {"alphabet": "GSM-7", "units": 21, "parts": 1, "left": 139}

Language = Field("", max_length=6, description="code such as de or de-AT; empty for whoever has none in their own")


class NewTemplate(Model):
    """A template to be made, or another name for one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Monthly"}]})

    name: Name = Field(description="what it is called")


class WordingIn(Model):
    """Words for one channel in one language."""

    model_config = ConfigDict(json_schema_extra={"examples": [_WORDING]})

    channel: Channel = Field(description="where messages with it go")
    language: str = Language
    subject: Text = Field("", max_length=LONGEST_SUBJECT, description="the subject; only on email")
    text: Text = Field(
        "", max_length=LONGEST_TEXT, description="plain text; on email, if empty, it is made from the HTML"
    )
    html: Text = Field("", max_length=LONGEST_HTML, description="MJML or HTML; only on email")


class WordingKey(Model):
    """Which words: a channel and a language."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"channel": "email", "language": "de"}]})

    channel: Channel = Field(description="the channel")
    language: str = Field(description="the language; empty for whoever has none in their own")


class WordingOut(WordingKey):
    """The words for one channel in one language."""

    model_config = ConfigDict(title="Wording", json_schema_extra={"examples": [_WORDING]})

    subject: str = Field(description="the subject; empty but on email")
    text: str = Field(description="the plain text")
    html: str = Field(description="MJML or HTML; empty but on email")


class WordingList(Model):
    """All words of a template."""

    items: list[WordingOut] = Field(description="by channel, then by language")


class TemplateOut(Model):
    """What messages say, with places for the customer's data."""

    model_config = ConfigDict(title="Template", json_schema_extra={"examples": [_TEMPLATE]})

    id: int = Field(description="its id, which never changes")
    name: str = Field(description="what it is called")
    wordings: list[WordingKey] = Field(description="which words it has")
    created_at: datetime = Field(description="when it was made")
    changed_at: datetime = Field(description="when it, or any of its words, last changed")


class TemplatePage(Model):
    """A page of templates by name."""

    items: list[TemplateOut] = Field(description="the templates of this page")
    next_cursor: NextCursor


class FindingOut(Model):
    """Something that would keep a message from being sent."""

    model_config = ConfigDict(title="Finding", json_schema_extra={"examples": [_FINDING]})

    channel: Channel = Field(description="the words' channel")
    language: str = Field(description="the words' language")
    part: Literal["subject", "text", "html", ""] = Field(description="where it stands; empty for the whole")
    line: int | None = Field(description="the line, counted from 1; null where it is not known")
    column: int | None = Field(description="the column, counted from 1; null where it is not known")
    word: str = Field(description="the word or expression; empty where it is not known")
    reason: str = Field(description="what is wrong and how it is mended, in one sentence")


class FindingList(Model):
    """Everything that was found."""

    items: list[FindingOut] = Field(description="empty when messages can be sent to everybody")


class PreviewAsked(Model):
    """Whose preview, and where it would go."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"channel": "sms", "customer_number": 17, "language": "da"}]}
    )

    channel: Channel = Field(description="where the message would go")
    customer_number: int | None = Field(
        None, ge=1, le=LARGEST_ID, description="the customer; somebody invented if left out"
    )
    language: str | None = Field(
        None, max_length=6, description="shows the words for this language; for the customer's own if left out"
    )
    own_text: Text = Field("", max_length=10_000, description="the newsletter's own text; if empty, invented")


class MeasureOut(Model):
    """How long a text is for a channel that counts in parts."""

    model_config = ConfigDict(title="Measure", json_schema_extra={"examples": [_MEASURE]})

    alphabet: str = Field(description="the alphabet it needs")
    units: int = Field(description="how many of that alphabet's units it takes")
    parts: int = Field(description="in how many parts it goes")
    left: int = Field(description="how many more units fit into the last part")


class PreviewOut(Model):
    """Words as a customer gets them."""

    model_config = ConfigDict(
        title="Preview",
        json_schema_extra={
            "examples": [
                {
                    "language": "da", "subject": "", "text": "Hej Ada, vi ses i dag.", "html": None,
                    "fault": None, "measure": _MEASURE,
                }
            ]
        },
    )  # fmt: skip

    language: str = Field(description="the language of the words that were chosen")
    subject: str | None = Field(description="the subject; null when it can't be rendered")
    text: str | None = Field(description="the plain text; null when it can't be rendered")
    html: str | None = Field(description="the HTML; null where there is none")
    fault: str | None = Field(description="why it can't be rendered for this customer; null when it can")
    measure: MeasureOut | None = Field(
        description="how long the text is; null where the channel counts no parts, or is not connected"
    )


class TextAsked(Model):
    """A text to be measured."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"channel": "sms", "text": "See you on Thursday."}]})

    channel: Channel = Field(description="where it would go")
    text: Text = Field(max_length=LONGEST_TEXT, description="the text as a customer would get it")


class MeasuredOut(Model):
    """A measured text."""

    model_config = ConfigDict(title="Measured", json_schema_extra={"examples": [{"measure": _MEASURE}]})

    measure: MeasureOut | None = Field(
        description="how long it is; null where the channel counts no parts, or is not connected"
    )

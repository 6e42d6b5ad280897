"""Operations on templates of messages: make, change, check, preview, measure and remove them."""

from typing import Any

from fastapi import APIRouter, Response

from hub.api.authorisation import GuardedRoute, needs
from hub.api.cursors import read_text, write_cursor
from hub.api.dependencies import Cursor, Limit, TemplateId, TheHub
from hub.api.models.templates import (
    FindingList,
    FindingOut,
    MeasuredOut,
    MeasureOut,
    NewTemplate,
    PreviewAsked,
    PreviewOut,
    TemplateOut,
    TemplatePage,
    TextAsked,
    WordingIn,
    WordingKey,
    WordingList,
    WordingOut,
)
from hub.api.routes.describing import LOCATION, errors
from hub.core.access.tokens import Scope
from hub.core.app import Hub
from hub.core.contracts.channel_abilities import TextMeasure
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.templates.checking import Finding
from hub.core.messaging.templates.contents import Wording
from hub.core.messaging.templates.rendering import Rendered
from hub.core.messaging.templates.service import TemplateState

router = APIRouter(prefix="/templates", tags=["templates"], route_class=GuardedRoute)

_READ = needs(Scope.MESSAGES_READ)
_WRITE = needs(Scope.MESSAGES_WRITE)


@router.get(
    "", operation_id="listTemplates", summary="List templates", dependencies=[_READ], responses=errors(400)
)
def list_templates(hub: TheHub, cursor: Cursor = None, limit: Limit = 100) -> TemplatePage:
    """The templates by name, with what they have words for."""
    found = hub.templates.all(after=read_text("templates", cursor), limit=limit + 1)
    after = write_cursor("templates", found[limit - 1].template.name) if len(found) > limit else None
    return TemplatePage(items=[_shown(state) for state in found[:limit]], next_cursor=after)


@router.post(
    "", status_code=201, operation_id="createTemplate", summary="Make a template", dependencies=[_WRITE],
    responses={201: {"headers": LOCATION}, **errors(409, body=True)},
)  # fmt: skip
def create_template(hub: TheHub, asked: NewTemplate, response: Response) -> TemplateOut:
    """Make a template, which says nothing yet."""
    template = hub.templates.create(asked.name)
    response.headers["Location"] = f"/api/v1/templates/{template.id}"
    return _of_id(hub, template.id or 0)


@router.post(
    "/measure", operation_id="measureText", summary="Measure a text", dependencies=[_READ],
    responses=errors(502, body=True),
)  # fmt: skip
def measure_text(hub: TheHub, asked: TextAsked) -> MeasuredOut:
    """How long a text is on a channel that counts in parts, such as SMS. Nothing is sent."""
    return MeasuredOut(measure=measured(hub.templates.measure(ConsentChannel(asked.channel), asked.text)))


@router.get(
    "/{template_id}", operation_id="getTemplate", summary="Get a template", dependencies=[_READ],
    responses=errors(404),
)  # fmt: skip
def get_template(hub: TheHub, template_id: TemplateId) -> TemplateOut:
    """A template, with what it has words for."""
    return _of_id(hub, template_id)


@router.patch(
    "/{template_id}", operation_id="renameTemplate", summary="Rename a template", dependencies=[_WRITE],
    responses=errors(404, 409, body=True),
)  # fmt: skip
def rename_template(hub: TheHub, template_id: TemplateId, asked: NewTemplate) -> TemplateOut:
    """Call a template otherwise."""
    hub.templates.rename(hub.templates.of_id(template_id), asked.name)
    return _of_id(hub, template_id)


@router.delete(
    "/{template_id}", status_code=204, operation_id="removeTemplate", summary="Remove a template",
    dependencies=[_WRITE], responses=errors(404, 409),
)  # fmt: skip
def remove_template(hub: TheHub, template_id: TemplateId) -> None:
    """Forget a template that no newsletter uses or was sent with."""
    hub.templates.remove(hub.templates.of_id(template_id))


@router.get(
    "/{template_id}/wordings", operation_id="listWordings", summary="Read a template's words",
    dependencies=[_READ], responses=errors(404),
)  # fmt: skip
def list_wordings(hub: TheHub, template_id: TemplateId) -> WordingList:
    """All words of a template."""
    contents = hub.templates.contents(hub.templates.of_id(template_id))
    return WordingList(items=[_shown_wording(one) for one in contents.wordings])


@router.put(
    "/{template_id}/wordings", operation_id="setWording", summary="Set a template's words", dependencies=[_WRITE],
    responses=errors(404, body=True),
)  # fmt: skip
def set_wording(hub: TheHub, template_id: TemplateId, asked: WordingIn) -> WordingOut:
    """Put words in the place of those on the same channel in the same language.

    Words with a mistake are refused with 422 and its place. A value that may be missing is no mistake: see
    `checkTemplate`.
    """
    wording = Wording(ConsentChannel(asked.channel), asked.language, asked.subject, asked.text, asked.html)
    return _shown_wording(hub.templates.set_wording(hub.templates.of_id(template_id), wording))


@router.post(
    "/{template_id}/wordings/remove", status_code=204, operation_id="removeWording",
    summary="Remove some of a template's words", dependencies=[_WRITE], responses=errors(404, body=True),
)  # fmt: skip
def remove_wording(hub: TheHub, template_id: TemplateId, asked: WordingKey) -> None:
    """Take the words for a channel in a language out of a template."""
    hub.templates.remove_wording(hub.templates.of_id(template_id), ConsentChannel(asked.channel), asked.language)


@router.get(
    "/{template_id}/check", operation_id="checkTemplate", summary="Check a template", dependencies=[_READ],
    responses=errors(404),
)  # fmt: skip
def check_template(hub: TheHub, template_id: TemplateId) -> FindingList:
    """Everything that would keep messages from being sent: mistakes, and values that some customers lack."""
    found = hub.templates.check(hub.templates.of_id(template_id))
    return FindingList(items=[shown_finding(one) for one in found])


@router.post(
    "/{template_id}/preview", operation_id="previewTemplate", summary="Preview a template",
    dependencies=[_READ, needs(Scope.SEGMENTS_READ)], responses=errors(404, 502, body=True),
)  # fmt: skip
def preview_template(hub: TheHub, template_id: TemplateId, asked: PreviewAsked) -> PreviewOut:
    """A template as a customer gets it, or somebody invented. Nothing is sent."""
    extra: dict[str, object] = {"own_text": asked.own_text} if asked.own_text else {}
    found = hub.templates.preview(
        hub.templates.of_id(template_id),
        ConsentChannel(asked.channel),
        asked.customer_number,
        asked.language,
        extra,
    )
    rendered = found.rendered if isinstance(found.rendered, Rendered) else None
    return PreviewOut(
        language=found.wording.language,
        subject=rendered.subject if rendered else None,
        text=rendered.text if rendered else None,
        html=rendered.html if rendered else None,
        fault=None if isinstance(found.rendered, Rendered) else found.rendered.reason,
        measure=measured(found.measure),
    )


def _of_id(hub: Hub, template_id: int) -> TemplateOut:
    template = hub.templates.of_id(template_id)
    keys = [(one.channel, one.language) for one in hub.templates.contents(template).wordings]
    return _shown(TemplateState(template, keys))


def _shown(state: TemplateState) -> TemplateOut:
    template = state.template
    assert template.id is not None
    return TemplateOut(
        id=template.id,
        name=template.name,
        wordings=[
            WordingKey(channel=_channel(channel), language=language) for channel, language in state.wordings
        ],
        created_at=template.created_at,
        changed_at=template.changed_at,
    )


def _shown_wording(one: Wording) -> WordingOut:
    return WordingOut(
        channel=_channel(one.channel), language=one.language, subject=one.subject, text=one.text, html=one.html
    )


def shown_finding(one: Finding) -> FindingOut:
    """What was found, as it travels."""
    part: Any = one.part
    return FindingOut(
        channel=_channel(one.channel),
        language=one.language,
        part=part,
        line=one.line or None,
        column=one.column or None,
        word=one.word,
        reason=one.reason,
    )


def measured(measure: TextMeasure | None) -> MeasureOut | None:
    """How long a text is, as it travels."""
    if measure is None:
        return None
    return MeasureOut(alphabet=measure.alphabet, units=measure.units, parts=measure.parts, left=measure.left)


def _channel(channel: ConsentChannel) -> Any:
    return channel.value

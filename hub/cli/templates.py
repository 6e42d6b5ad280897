"""What is told of templates, and how their words are read."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from hub.cli.output import safe
from hub.cli.texts import text_of
from hub.core.contracts.errors import UserError
from hub.core.contracts.records import ConsentChannel
from hub.core.messaging.templates.checking import Finding
from hub.core.messaging.templates.contents import Contents, Wording
from hub.core.messaging.templates.rendering import Rendered, RenderFault
from hub.core.messaging.templates.service import Preview, TemplateState


def wording_of(channel: ConsentChannel, language: str, subject: str, text: str, html: str) -> Wording:
    """Words as they were said, those in files read.

    Raises:
        InputError: a file can't be read as text.
    """
    return Wording(channel, language, subject, text_of(text), text_of(html))


def state_data(state: TemplateState) -> dict[str, Any]:
    """A template, for programs."""
    return {
        "name": state.template.name,
        "wordings": [{"channel": channel.value, "language": language} for channel, language in state.wordings],
        "created_at": state.template.created_at,
        "changed_at": state.template.changed_at,
    }


def words_for(wordings: Sequence[tuple[ConsentChannel, str]]) -> str:
    """Channels and languages, in a few words."""
    return ", ".join(f"{channel} ({language})" if language else channel.value for channel, language in wordings)


def contents_data(name: str, contents: Contents) -> dict[str, Any]:
    """A template's words, for programs."""
    return {"name": name, "wordings": contents.to_json()}


def contents_text(name: str, contents: Contents) -> str:
    """A template's words, for people."""
    if not contents.wordings:
        return f"The template {safe(name)!r} says nothing yet."
    return "\n\n".join(_wording_text(one) for one in contents.wordings)


def finding_data(finding: Finding) -> dict[str, Any]:
    """What was found, for programs."""
    return {**asdict(finding), "line": finding.line or None, "column": finding.column or None}


def findings_text(found: Sequence[Finding]) -> str:
    """What was found, a line each."""
    return "\n".join(safe(str(one)) for one in found)


def preview_data(preview: Preview) -> dict[str, Any]:
    """A preview, for programs."""
    rendered = preview.rendered
    return {
        "channel": preview.wording.channel.value,
        "language": preview.wording.language,
        "subject": rendered.subject if isinstance(rendered, Rendered) else None,
        "text": rendered.text if isinstance(rendered, Rendered) else None,
        "html": rendered.html if isinstance(rendered, Rendered) else None,
        "fault": rendered.reason if isinstance(rendered, RenderFault) else None,
        "measure": asdict(preview.measure) if preview.measure else None,
    }


def preview_text(preview: Preview, *, html: bool) -> str:
    """A preview, for people.

    Args:
        preview: what is shown.
        html: whether its HTML is shown, and not the text.

    Raises:
        UserError: it can't be rendered for this customer, or has no HTML.
    """
    rendered = preview.rendered
    if isinstance(rendered, RenderFault):
        raise UserError(f"this customer would get nothing: {rendered.reason}")
    if html:
        if rendered.html is None:
            raise UserError("these words have no HTML; leave out --html to see the text")
        return rendered.html
    lines = [f"Subject: {safe(rendered.subject)}\n"] if rendered.subject else []
    lines.append(safe(rendered.text))
    if preview.measure is not None:
        parts = "1 part" if preview.measure.parts == 1 else f"{preview.measure.parts} parts"
        lines.append(f"\n({parts} in {preview.measure.alphabet}, {preview.measure.left} more fit into the last)")
    return "\n".join(lines)


def _wording_text(one: Wording) -> str:
    heading = words_for([(one.channel, one.language)])
    parts = (("subject", one.subject), ("text", one.text), ("html", one.html))
    return "\n".join(f"{heading}, {name}:\n{safe(said)}" for name, said in parts if said)

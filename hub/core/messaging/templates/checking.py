"""Checks templates before anybody is written to: what is wrong, and what would be missing for some customers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from hub.core.contracts.errors import DefinitionError, Place
from hub.core.contracts.vocabularies import ConsentChannel
from hub.core.messaging.templates import invented
from hub.core.messaging.templates.contents import Contents, Wording
from hub.core.messaging.templates.mistakes import Mistake
from hub.core.messaging.templates.rendering import Renderer, RenderRequest


@dataclass(frozen=True)
class Finding:
    """Something in a wording that would keep a message from being sent, to everybody or to some customers."""

    channel: ConsentChannel
    language: str
    part: str
    """subject, text or html."""
    line: int
    """Counted from 1; 0 where it is not known."""
    column: int
    """Counted from 1; 0 where it is not known."""
    word: str
    """The word or expression; empty where it is not known."""
    reason: str
    """What is wrong and how it is mended, in one sentence."""

    def __str__(self) -> str:
        where = f"{self.channel}, {self.language}" if self.language else str(self.channel)
        line = f", line {self.line}" if self.line else ""
        return f"{where}, {self.part or 'message'}{line}: {self.reason}"


def check_contents(
    contents: Contents,
    renderer: Renderer,
    fields: Mapping[str, str],
    currency: str,
    certain: Collection[str] = (),
) -> Sequence[Finding]:
    """Everything that is found in a template's wordings.

    Args:
        contents: the wordings.
        renderer: tries them out.
        fields: the types of the organisation's custom fields by name.
        currency: the organisation's.
        certain: names that are known though they may be missing, see ``invented.with_gaps``.
    """
    found: dict[Finding, None] = {}
    for wording in contents.wordings:
        inspected = renderer.inspect(wording, list(fields))
        mistakes = list(inspected.mistakes)
        if not mistakes:
            people = [
                invented.full(fields, currency),
                *invented.with_gaps(fields, currency, inspected.paths, certain),
            ]
            mistakes += renderer.try_out([RenderRequest(wording, wording.language, data) for data in people])
        found |= dict.fromkeys(_finding(wording, one) for one in mistakes)
    return list(found)


def refuse_mistakes(wording: Wording, renderer: Renderer, fields: Mapping[str, str]) -> None:
    """See that a wording can be understood.

    Raises:
        DefinitionError: it can't; with the place in the part that the sentence names.
    """
    for mistake in renderer.inspect(wording, list(fields)).mistakes[:1]:
        place = Place(mistake.line, max(1, mistake.column), max(1, len(mistake.word))) if mistake.line else None
        raise DefinitionError(f"{wording.name}, {mistake}", place)


def _finding(wording: Wording, mistake: Mistake) -> Finding:
    return Finding(
        wording.channel, wording.language, mistake.part, mistake.line, mistake.column, mistake.word, mistake.reason
    )

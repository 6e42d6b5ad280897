"""Renders one wording for one customer after another; what is compiled is compiled once. Runs in the process that
renders.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from types import TracebackType
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import TemplateSyntaxError
from jinja2.exceptions import SecurityError

from hub.core.contracts.vocabularies import ConsentChannel
from hub.core.messaging.templates.contents import Wording
from hub.core.messaging.templates.filters import locale_of, with_lines
from hub.core.messaging.templates.given import MissingValue, UnknownName, values_of
from hub.core.messaging.templates.inspecting import mistakes_in, parsed, paths_in
from hub.core.messaging.templates.masking import Compiled, compile_mjml, is_mjml
from hub.core.messaging.templates.mistakes import Mistake, Wrong, mistake_at
from hub.core.messaging.templates.plain_text import text_of
from hub.core.messaging.templates.protocol import Limits, Rendering, Setup
from hub.core.messaging.templates.sandbox import Sandbox
from hub.core.messaging.templates.vocabulary import NAMES_IN


class OutOfTime(BaseException):
    """The time for one message is over. No library may take it for an error of its own."""


class _TooLong(Exception):
    pass


@dataclass(frozen=True)
class _Part:
    """A part of a wording, ready to be filled in."""

    name: str
    source: str
    template: Any
    paths: frozenset[str]
    lines: Sequence[int]
    """As ``Compiled.lines``; empty: its lines are those of the source."""

    def line(self, compiled: int) -> int:
        """The line of the source that a line of what was compiled comes from."""
        if not self.lines:
            return compiled
        return self.lines[compiled - 1] if 0 < compiled <= len(self.lines) else 0


class Writer:
    """Renders wordings.

    Args:
        setup: where days are, which money it is, and the limits.
    """

    def __init__(self, setup: Setup) -> None:
        zone = ZoneInfo(setup.time_zone)
        self._limits: Limits = setup.limits
        self._zone = zone
        self._plain = Sandbox(zone, setup.currency, escapes=False)
        self._escaping = Sandbox(zone, setup.currency, escapes=True)

    def prepare(self, wording: Wording) -> "Prepared":
        """Compile a wording.

        Raises:
            Wrong: a part can't be understood or compiled.
        """
        return Prepared(wording, {name: self._part(name, getattr(wording, name)) for name in _parts(wording)})

    def inspect(self, wording: Wording, fields: Sequence[str]) -> Iterator[Mistake]:
        """Everything that is wrong with a wording whoever it is for."""
        for name in _parts(wording):
            source: str = getattr(wording, name)
            try:
                tree = parsed(source, name, self._sandbox(name))
                found = list(mistakes_in(tree, source, name, self._sandbox(name), fields))
                if not found:
                    self._part(name, source)
            except Wrong as wrong:
                found = [wrong.mistake]
            yield from found

    def write(self, prepared: "Prepared", rendering: Rendering) -> dict[str, Any]:
        """Render a wording for one customer.

        Returns:
            ``subject``, ``text`` and ``html``; with ``collects``, an empty list as ``mistakes``.

        Raises:
            Wrong: it can't be rendered for this customer.
        """
        wording = prepared.wording
        data = dict(rendering.data)
        today = data.get("today")
        if not isinstance(today, date):
            today = data["today"] = datetime.now(self._zone).date()
        locale = locale_of(wording.language or rendering.language)
        missing: list[Mistake] = []
        written = {}
        for name, part in prepared.parts.items():
            noted: list[tuple[str, int]] | None = [] if rendering.notes_missing else None
            sandbox = self._sandbox(name)
            sandbox.speech = replace(sandbox.speech, locale=locale, today=today, missing=noted)
            written[name] = self._filled(part, data)
            missing += [_missing(part, path, part.line(line)) for path, line in noted or ()]
        subject = self._subject(written.get("subject", ""))
        html = written.get("html")
        text = written.get("text") or ("" if html is None else text_of(html))
        if not text.strip():
            raise Wrong(
                Mistake("text", 0, "", "nothing is left of it for this customer; write words that always show")
            )
        return {"subject": subject, "text": text, "html": html, "missing": [asdict(one) for one in missing]}

    def _part(self, name: str, source: str) -> _Part:
        sandbox = self._sandbox(name)
        compiled = Compiled(source, ())
        own = parsed(source, name, sandbox)
        wrong = next(mistakes_in(own, source, name, sandbox, None), None)
        if wrong is not None:
            raise Wrong(wrong)
        paths = paths_in(own)
        if name == "html" and is_mjml(source):
            compiled = compile_mjml(source, sandbox)
            own = parsed(compiled.html, name, sandbox)
        try:
            return _Part(name, source, sandbox.compiled(own), paths, compiled.lines)
        except TemplateSyntaxError as error:
            reason = (error.message or "it can't be compiled").rstrip(".")
            raise Wrong(Mistake(name, 0, "", reason)) from error
        except (RecursionError, SyntaxError, ValueError):
            raise Wrong(Mistake(name, 0, "", "it is nested too deeply")) from None

    def _sandbox(self, part: str) -> Sandbox:
        return self._escaping if part == "html" else self._plain

    def _filled(self, part: _Part, data: dict[str, object]) -> str:
        values = values_of(data)
        if part.name == "html" and isinstance(values["own_text"], str):
            values["own_text"] = with_lines(values["own_text"])
        pieces, size = [], 0
        try:
            for piece in part.template.root_render_func(part.template.new_context(values)):
                size += len(piece)
                if size > self._limits.longest_result:
                    raise _TooLong
                pieces.append(piece)
        except (Exception, OutOfTime) as error:
            raise Wrong(self._of(error, part)) from error
        return "".join(pieces)

    def _subject(self, written: str) -> str:
        subject = " ".join(written.split())
        if len(subject) > self._limits.longest_subject:
            most = self._limits.longest_subject
            raise Wrong(Mistake("subject", 0, "", f"it has more than {most} characters for this customer"))
        return subject

    def _of(self, error: BaseException, part: _Part) -> Mistake:
        line = part.line(_line_of(error.__traceback__))
        word, exhausts = "", False
        match error:
            case MissingValue():
                return _missing(part, str(error), line)
            case UnknownName():
                reason = str(error) if error.word in part.source else "there is no such name"
            case OutOfTime():
                reason, exhausts = f"it takes longer than {self._limits.seconds:g} seconds", True
            case MemoryError():
                reason, exhausts = "it takes more memory than it may", True
            case _TooLong():
                most = self._limits.longest_result
                reason, exhausts = f"it becomes longer than {most:,} characters", True
            case RecursionError():
                reason = "a macro calls itself too often"
            case OverflowError():
                reason = "a range or number is too large"
            case SecurityError():
                reason = "this is not allowed in a message"
            case _:
                # Its own sentence may hold the customer's data.
                reason = f"this can't be worked out ({type(error).__name__})"
        return replace(mistake_at(part.source, part.name, line, word, reason), exhausts=exhausts)


@dataclass(frozen=True)
class Prepared:
    """A wording, compiled."""

    wording: Wording
    parts: dict[str, _Part]

    @property
    def paths(self) -> frozenset[str]:
        """Every name that it speaks of."""
        return frozenset().union(*(part.paths for part in self.parts.values()))


def _missing(part: _Part, path: str, line: int) -> Mistake:
    # A template may work out a name of the customer's data; what it does not write itself is not repeated.
    if any(name not in part.source for name in path.split(".")):
        return Mistake(part.name, line, "", "a value is missing and has no fallback")
    written = path if path.startswith(tuple(NAMES_IN[""])) and " " not in path else "it"
    mend = f'write {written} | otherwise("…") or {{% if {written} %}}'
    return mistake_at(part.source, part.name, line, path, f"`{path}` is missing and has no fallback; {mend}")


def _parts(wording: Wording) -> Sequence[str]:
    if wording.channel is not ConsentChannel.EMAIL:
        return ("text",)
    return [name for name in ("subject", "text", "html") if getattr(wording, name).strip()]


def _line_of(traceback: TracebackType | None) -> int:
    """The line of a template that was being worked on; 0 if none was."""
    line = 0
    while traceback is not None:
        template = traceback.tb_frame.f_globals.get("__jinja_template__")
        if template is not None:
            line = template.get_corresponding_lineno(traceback.tb_lineno)
        traceback = traceback.tb_next
    return line

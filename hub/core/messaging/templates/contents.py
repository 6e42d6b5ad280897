"""What a template says on each channel and in each language."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from hub.core.contracts.errors import UserError
from hub.core.contracts.vocabularies import ConsentChannel
from hub.core.store.texts import storable

LONGEST_SUBJECT = 2_000
"""Most characters of a subject with its places for data; a rendered one has at most 998."""
LONGEST_TEXT = 100_000
"""Most characters of a plain text."""
LONGEST_HTML = 500_000
"""Most characters of HTML or MJML; mail programs cut off what is longer than some 100,000 anyway."""

_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{2}))?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Wording:
    """The words of a template on one channel in one language."""

    channel: ConsentChannel
    language: str
    """A code such as de or de-AT; empty: for whoever has no wording in their own language."""
    subject: str
    """Only on email."""
    text: str
    """Plain text; on email it may be empty, and is made from the HTML then."""
    html: str
    """MJML or HTML; only on email."""

    @property
    def name(self) -> str:
        """What it is called in sentences."""
        return f"the wording for {self.channel}" + (f" in {self.language!r}" if self.language else "")


@dataclass(frozen=True)
class Contents:
    """All wordings of a template."""

    wordings: tuple[Wording, ...]

    def wording(self, channel: ConsentChannel, language: str | None) -> Wording:
        """The wording for a customer: in their language, also ``de`` for ``de-AT``, else the one without a
        language, else the first.

        Args:
            channel: where the message goes.
            language: the customer's, as it is stored; None if it is not known.

        Raises:
            UserError: there is none for this channel.
        """
        own = {one.language.lower(): one for one in self.wordings if one.channel == channel}
        if not own:
            raise UserError(f"the template has no wording for {channel}; write one, or choose another channel")
        wanted = (language or "").strip().lower().replace("_", "-")
        for code in (wanted, wanted.partition("-")[0], ""):
            if code in own:
                return own[code]
        return next(iter(own.values()))

    def to_json(self) -> list[dict[str, Any]]:
        """As it is kept with a newsletter."""
        return [
            {
                "channel": one.channel.value,
                "language": one.language,
                "subject": one.subject,
                "text": one.text,
                "html": one.html,
            }
            for one in self.wordings
        ]

    @classmethod
    def from_json(cls, kept: Iterable[Mapping[str, Any]]) -> Self:
        """What ``to_json`` wrote."""
        return cls(tuple(Wording(**{**one, "channel": ConsentChannel(one["channel"])}) for one in kept))


def clean_wording(wording: Wording) -> Wording:
    """A wording as it is kept; whether its places for data are right is asked elsewhere.

    Raises:
        UserError: it is empty, too long, or has parts that its channel does not carry.
    """
    _check_lengths(wording)
    on_email = wording.channel is ConsentChannel.EMAIL
    if not on_email and (wording.subject or wording.html):
        raise UserError(f"{wording.name} has a subject or HTML, which only email carries; leave them out")
    if on_email and not wording.subject.strip():
        raise UserError(f"{wording.name} has no subject; write one")
    if not wording.text.strip() and not wording.html.strip():
        what = "neither text nor HTML; write at least one of them" if on_email else "no text; write one"
        raise UserError(f"{wording.name} has {what}")
    if len(wording.subject.splitlines()) > 1:
        raise UserError(f"the subject of {wording.name} has more than one line; write it on one")
    return Wording(
        wording.channel,
        clean_language(wording.language),
        wording.subject.strip(),
        wording.text.replace("\r\n", "\n"),
        wording.html.replace("\r\n", "\n"),
    )


def clean_language(language: str) -> str:
    """A language's code as it is kept, such as ``de`` or ``de-AT``; empty stays empty.

    Raises:
        UserError: it is no code.
    """
    if not language:
        return ""
    found = _LANGUAGE.fullmatch(language)
    if found is None:
        raise UserError(f"{language[:40]!r} is no language's code; write one such as de, da or de-AT")
    return found[1].lower() + (f"-{found[2].upper()}" if found[2] else "")


def _check_lengths(wording: Wording) -> None:
    for part, longest in (("subject", LONGEST_SUBJECT), ("text", LONGEST_TEXT), ("html", LONGEST_HTML)):
        said: str = getattr(wording, part)
        if len(said) > longest:
            raise UserError(
                f"the {part} of {wording.name} has {len(said):,} characters; {longest:,} are the most: shorten it"
            )
        if not storable(said):
            raise UserError(f"the {part} of {wording.name} has half characters or the character with code 0")

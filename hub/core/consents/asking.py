"""The words in which an address is asked to confirm a permission."""

from dataclasses import dataclass
from types import MappingProxyType

from hub.core.consents.languages import Language
from hub.core.contracts.records import ConsentChannel

_LONGEST_EXCERPT = 200
"""Characters of a consent text in a message that can't be of any length; the link's page shows all of it."""


@dataclass(frozen=True)
class _Words:
    subject: str
    question: str
    agreed: str
    """What stands before the consent text."""
    otherwise: str
    short: str


_WORDS = MappingProxyType(
    {
        Language.ENGLISH: _Words(
            subject="Please confirm: messages from {organisation}",
            question="{organisation} was asked to write to you by {channel}. Please confirm that you want this:",
            agreed="This is what you agree to:",
            otherwise="If it was not you who asked, do nothing: you will get no further messages. "
            "The link is good for {days} days.",
            short="{organisation}: please confirm that you want messages by {channel}. {url}\n{text}",
        ),
        Language.GERMAN: _Words(
            subject="Bitte bestätigen: Nachrichten von {organisation}",
            question="{organisation} wurde gebeten, Ihnen per {channel} zu schreiben. Bitte bestätigen Sie, dass "
            "Sie das möchten:",
            agreed="Dem stimmen Sie zu:",
            otherwise="Wenn Sie das nicht waren, tun Sie nichts: Sie erhalten keine weiteren Nachrichten. "
            "Der Link gilt {days} Tage.",
            short="{organisation}: Bitte bestätigen Sie, dass Sie Nachrichten per {channel} möchten. "
            "{url}\n{text}",
        ),
        Language.DANISH: _Words(
            subject="Bekræft venligst: beskeder fra {organisation}",
            question="{organisation} er blevet bedt om at skrive til dig på {channel}. Bekræft venligst, at du "
            "ønsker det:",
            agreed="Det siger du ja til:",
            otherwise="Hvis det ikke var dig, skal du ikke gøre noget: du får ikke flere beskeder. "
            "Linket gælder i {days} dage.",
            short="{organisation}: bekræft venligst, at du ønsker beskeder på {channel}. {url}\n{text}",
        ),
    }
)

_CHANNELS = MappingProxyType(
    {
        Language.ENGLISH: {ConsentChannel.EMAIL: "email", ConsentChannel.PHONE: "phone"},
        Language.GERMAN: {ConsentChannel.EMAIL: "E-Mail", ConsentChannel.PHONE: "Telefon"},
        Language.DANISH: {ConsentChannel.EMAIL: "e-mail", ConsentChannel.PHONE: "telefon"},
    }
)


@dataclass(frozen=True)
class Asking:
    """A message that asks to confirm."""

    subject: str
    text: str


def channel_name(channel: ConsentChannel, language: Language) -> str:
    """What people call a channel."""
    if channel is ConsentChannel.SMS:
        return "SMS"
    return _CHANNELS[language].get(channel) or channel.value.capitalize()


def asking(
    language: Language, organisation: str, channel: ConsentChannel, text: str, url: str, days: int, *, brief: bool
) -> Asking:
    """Write the message. It holds nothing that a stranger could have entered, so that nobody can misuse it.

    Args:
        language: in which it is written.
        organisation: who asks.
        channel: the channel it goes over, which the permission is for.
        text: what is agreed to.
        url: where it is confirmed.
        days: for so long that is possible.
        brief: whether length costs; then the text is cut.
    """
    words = _WORDS[language]
    filled = {"organisation": organisation, "channel": channel_name(channel, language), "url": url, "days": days}
    subject = words.subject.format(**filled)
    if brief:
        excerpt = " ".join(text.split())
        if len(excerpt) > _LONGEST_EXCERPT:
            excerpt = f"{excerpt[: _LONGEST_EXCERPT - 1].rstrip()}…"
        return Asking(subject, words.short.format(text=excerpt, **filled))
    parts = (words.question.format(**filled), url, words.agreed, text, words.otherwise.format(**filled))
    return Asking(subject, "\n\n".join(parts))

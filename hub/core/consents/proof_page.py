"""Writes a proof of consent as one page without scripts, to be read, printed and kept."""

from collections.abc import Callable
from datetime import datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

from jinja2 import Environment, StrictUndefined

from hub.core.consents.asking import channel_name
from hub.core.consents.languages import Language
from hub.core.consents.proof import ProofDocument
from hub.core.consents.proof_words import proof_words
from hub.core.contracts.records import ConsentChannel

_TEMPLATE = "proof.html"


def page(proof: ProofDocument, language: Language) -> str:
    """The page of a proof in a language."""
    template = files(__package__).joinpath(_TEMPLATE).read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.from_string(template).render(
        proof=proof,
        words=proof_words(language),
        language=language.value,
        moment=_moments(proof.time_zone),
        channel=lambda name: channel_name(ConsentChannel(name), language),
    )


def _moments(zone: str) -> Callable[[datetime], str]:
    there = ZoneInfo(zone)

    def moment(at: datetime) -> str:
        """To the second, with the zone's name and what it is ahead of UTC."""
        local = at.astimezone(there)
        offset = local.strftime("%z")
        return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()} (UTC{offset[:3]}:{offset[3:5]})"

    return moment

"""Tells programs from people by what they call themselves. Who lies about it is found by what they do."""

import re
from dataclasses import dataclass

from crawlerdetect import CrawlerDetect

LONGEST_AGENT = 200
"""Characters that are kept of what a visitor calls itself."""
_LOOKED_AT = 500

# Of security services and programs that look ahead, what the list of crawlers has not.
_LOOKS_AHEAD = re.compile(
    r"barracuda|proofpoint|urldefense|mimecast|safelinks|messagelabs|fireeye|trend ?micro|ironport|cloudmark|"
    r"zscaler|forcepoint|sophos|antivirus|anti-virus|antispam|link ?check|scanner|preview|ms-?office",
    re.IGNORECASE,
)
# Programs that people read messages in, and services that fetch pictures for them when they do.
_READS = re.compile(r"image ?proxy|mail ?proxy|outlook|ms-?office|thunderbird", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who or what asks for one of the public addresses."""

    agent: str
    """What it calls itself."""
    looks_ahead: bool = False
    """Whether it says that nobody has asked for this yet, as browsers do that fetch pages ahead."""

    @property
    def shown_agent(self) -> str:
        """What is kept of what it calls itself."""
        return "".join(each for each in self.agent[: 2 * LONGEST_AGENT] if each.isprintable())[:LONGEST_AGENT]


class Robots:
    """Knows the names of programs."""

    def __init__(self) -> None:
        self._crawlers = CrawlerDetect()

    def follows(self, visitor: Visitor) -> bool:
        """Whether it is a program that follows a link; every browser has a name."""
        agent = visitor.agent[:_LOOKED_AT]
        return visitor.looks_ahead or not agent.strip() or self._is_known(agent)

    def looks(self, visitor: Visitor) -> bool:
        """Whether it is a program that looks at a message, other than one in which a person reads it."""
        agent = visitor.agent[:_LOOKED_AT]
        return not _READS.search(agent) and (not agent.strip() or self._is_known(agent))

    def _is_known(self, agent: str) -> bool:
        return bool(_LOOKS_AHEAD.search(agent) or self._crawlers.is_crawler(agent))

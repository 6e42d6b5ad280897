"""How the story ends: what it took, where everything is, and what to try next."""

import shlex
from pathlib import Path

from hub.demo.chapters import AUDIENCE_SYNC, FILE_SYNC, WIN_BACK
from hub.demo.telling import Teller

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("segment", "list"),
    ("segment", "count", 'revenue > 500 and city = "Hamburg" and not tag "press"'),
    ("segment", "members", WIN_BACK),
    ("sync", "history", AUDIENCE_SYNC),
    ("sync", "run", FILE_SYNC),
)
"""What to try on the demo's home, as arguments of ``hub``; each works whether or not the demo goes on."""


def tell_what_next(tell: Teller, home: Path) -> None:
    """Say whether all went well, and what to try."""
    tell.line()
    if tell.failed:
        tell.line(f"{len(tell.failed)} of the checks did not hold; that is a fault in the hub. Please report it.")
    else:
        tell.line("Everything that was checked held.")
    tell.line(f"It took {tell.seconds:.1f} s. The hub is in {home}; try:")
    for arguments in COMMANDS:
        tell.detail(shlex.join(("hub", *arguments, "--home", str(home))))

"""Makes audiences, finds those made before, and tells in plain words what state one is in."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from hub import NotFound, TryAgain
from hub_facebook.graph import Graph, rows_of
from hub_facebook.judging import BLOCKED, Refused
from hub_facebook.settings import FacebookSettings

_MARK = "Kept by Audience Hub"
"""The description of audiences that the hub made."""
_NORMAL = frozenset({0, 200, 441})
"""As usual; 441: still being filled."""
_FLAGGED = 471
_REPLACING = 414


def ensure(graph: Graph, settings: FacebookSettings, name: str) -> str:
    """Return an empty audience of that name: one left behind by a crash before anybody was sent, or a new one.

    One that was filled before is not taken: who is in it is not known, and nobody would take them out.

    Raises:
        TryAgain: Meta did not name the new audience.
    """
    for row in graph.pages(settings.account, "customaudiences", fields="id,name,subtype,description"):
        is_ours = (row.get("name"), row.get("subtype"), row.get("description")) == (name, "CUSTOM", _MARK)
        if is_ours and _is_untouched(graph, str(row.get("id"))):
            return str(row["id"])
    made = graph.call(
        "POST",
        settings.account,
        "customaudiences",
        name=name,
        subtype="CUSTOM",
        description=_MARK,
        customer_file_source=settings.customer_file_source.value,
    )
    if not made.get("id"):
        raise TryAgain("Meta did not name the audience it made")
    return str(made["id"])


def watch(graph: Graph, audience: str, log: logging.Logger) -> None:
    """Look whether an audience is there and can be changed; log what a person should know.

    Raises:
        NotFound: it was deleted, or is hidden from this token.
        Refused: Meta has flagged it.
        TryAgain: it is being replaced just now.
    """
    with noticing_loss(audience):
        state = graph.call("GET", audience, fields="id,name,subtype,operation_status,delivery_status")
    if str(state.get("id")) != audience:
        raise TryAgain("Meta's answer is not about the audience asked for")
    code, description = _status(state.get("operation_status"))
    if code == _FLAGGED:
        raise Refused(BLOCKED)
    if code == _REPLACING:
        raise TryAgain("Meta is still replacing the audience's members", after=60.0)
    if code not in _NORMAL:
        log.warning("Meta says of the audience %s: %s", audience, description or f"status {code}")
    code, description = _status(state.get("delivery_status"))
    if code not in _NORMAL:
        log.info("Meta says of adverts for the audience %s: %s", audience, description or f"status {code}")


@contextmanager
def noticing_loss(audience: str) -> Iterator[None]:
    """Within the block, an audience that Meta does not know is reported as lost.

    Raises:
        NotFound: it was deleted, or is hidden from this token.
    """
    try:
        yield
    except Refused as error:
        if not error.is_unknown:
            raise
        raise NotFound(
            f"Meta has no audience {audience} any more, or hides it from this token. If it was deleted, set the "
            "sync up anew; if not, give the token's user access to the ad account."
        ) from None


def _is_untouched(graph: Graph, audience: str) -> bool:
    try:
        return not rows_of(graph.call("GET", audience, "sessions", fields="session_id", limit=1))
    except Refused:
        return False


def _status(status: Any) -> tuple[int, str]:
    if not isinstance(status, Mapping) or not isinstance(status.get("code"), int):
        return 0, ""
    return status["code"], str(status.get("description") or "")

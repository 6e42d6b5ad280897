"""Makes audiences, finds those made before, and tells in plain words what state one is in."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from hub import HubError, NotFound, TryAgain
from hub_facebook.graph import Graph, rows_of
from hub_facebook.judging import Busy, Refused
from hub_facebook.settings import FacebookSettings

_MARK = "Kept by Audience Hub"
"""The description of audiences that the hub made."""
_NORMAL = frozenset({0, 200, 441})
"""As usual; 441: still being filled."""
_FLAGGED = 471
_REPLACING = 414
_LONGEST_REPLACEMENT = timedelta(minutes=90)
"""After that Meta gives up a replacement that was not ended."""
_MOST_SESSIONS = 1000


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
    with noticing(graph, audience):
        state = graph.call("GET", audience, fields="id,name,subtype,operation_status,delivery_status")
    if str(state.get("id")) != audience:
        raise TryAgain("Meta's answer is not about the audience asked for")
    code, description = _status(state.get("operation_status"))
    if code == _FLAGGED:
        raise _flagged(audience)
    if code == _REPLACING:
        raise _patience(graph, audience, Busy("Meta is still replacing the audience's members", after=60.0))
    if code not in _NORMAL:
        log.warning("Meta says of the audience %s: %s", audience, description or f"status {code}")
    code, description = _status(state.get("delivery_status"))
    if code not in _NORMAL:
        log.info("Meta says of adverts for the audience %s: %s", audience, description or f"status {code}")


@contextmanager
def noticing(graph: Graph, audience: str) -> Iterator[None]:
    """Within the block, an audience that Meta does not know, or does not let change, is reported as such.

    Raises:
        NotFound: it was deleted, or is hidden from this token.
        Refused: Meta has flagged it.
        TryAgain: its members are being replaced, or were until the replacement was cut short; ``after`` says how
            long Meta may block it.
    """
    try:
        yield
    except Busy as error:
        raise _patience(graph, audience, error) from None
    except Refused as error:
        if error.is_flagged:
            raise _flagged(audience) from None
        if not error.is_unknown:
            raise
        raise NotFound(
            f"Meta has no audience {audience} any more, or hides it from this token. If it was deleted, set the "
            "sync up anew; if not, give the token's user access to the ad account."
        ) from None


def _flagged(audience: str) -> Refused:
    return Refused(
        f"Meta has flagged the audience {audience} and blocks changes to it. Appeal in Ads Manager under "
        "Audiences, or set the sync up anew with another audience.",
        is_flagged=True,
    )


def _patience(graph: Graph, audience: str, error: TryAgain) -> TryAgain:
    """The error with the time until a replacement under way is given up, if there is one."""
    try:
        fields = "session_id,start_time,end_time"
        sessions = list(islice(graph.pages(audience, "sessions", fields=fields), _MOST_SESSIONS))
    except HubError:
        return error
    now = graph.clock()
    begun = [_moment(row.get("start_time")) for row in sessions if row.get("end_time") in (None, "", "0")]
    # Whatever was left open earlier blocks nothing any more.
    ends = [one + _LONGEST_REPLACEMENT for one in begun if one is not None and one + _LONGEST_REPLACEMENT > now]
    if not ends:
        return error
    end = max(ends)
    return TryAgain(
        f"Meta blocks the audience {audience} until {end:%H:%M} UTC, since a replacement of its members that "
        f"began at {end - _LONGEST_REPLACEMENT:%H:%M} UTC is under way or was cut short; the sync then goes on by "
        "itself",
        after=max((end - now).total_seconds(), 60.0),
    )


def _is_untouched(graph: Graph, audience: str) -> bool:
    try:
        return not rows_of(graph.call("GET", audience, "sessions", fields="session_id", limit=1))
    except Refused:
        return False


def _status(status: Any) -> tuple[int, str]:
    if not isinstance(status, Mapping) or not isinstance(status.get("code"), int):
        return 0, ""
    return status["code"], str(status.get("description") or "")


def _moment(value: Any) -> datetime | None:
    """A time as seconds since 1970 or as text."""
    text = str(value or "")
    try:
        if text.isdigit():
            return datetime.fromtimestamp(int(text), UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

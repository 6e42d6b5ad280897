"""What tests in other processes ask of the Messenger server: its state, faults to come, and how it behaves."""

import json

from hub.testing.platforms.faults import Fault, Faults
from hub.testing.platforms.messages import HTML, Reply, Request
from hub.testing.platforms.messenger.state import Page

_KNOBS = frozenset({"webhook", "is_expired", "needs_proof", "has_human_agent", "is_restricted", "regain_minutes"})


def inspect(request: Request, page: Page, faults: Faults, requests: int) -> Reply:
    """Answer a test; hold the Page's lock.

    ``GET /__state`` shows what was sent. ``POST /__faults`` plans a fault: the fields of ``Fault``, but for an
    answer of its own ``status`` and perhaps ``page``, a text for people; besides ``times`` and ``skip``.
    ``POST /__page`` sets knobs of the Page; those in ``heard`` have just written, those in ``blocked`` blocked it.

    Args:
        request: what the test asks.
        page: the server's.
        faults: the server's.
        requests: how many it has answered.
    """
    call = (request.method, request.path)
    if call == ("GET", "/__state"):
        messages = [{"receiver": one.receiver, "text": one.text, "tag": one.tag} for one in page.messages]
        return Reply.of({"messages": messages, "heard": sorted(page.heard), "requests": requests})
    if call == ("POST", "/__faults"):
        planned = json.loads(request.body)
        times, skip = planned.pop("times", 1), planned.pop("skip", 0)
        status, text = planned.pop("status", None), planned.pop("page", "")
        reply = Reply(status, text.encode(), HTML) if status else None
        faults.add(Fault(reply, **planned), times=times, skip=skip)
        return Reply(204)
    if call == ("POST", "/__page"):
        wanted = json.loads(request.body)
        heard, blocked = wanted.pop("heard", []), wanted.pop("blocked", [])
        if wanted.keys() - _KNOBS or not isinstance(heard, list) or not isinstance(blocked, list):
            return Reply(400)
        page.heard.update(dict.fromkeys(heard, page.clock()))
        page.blocked.update(blocked)
        for name, value in wanted.items():
            setattr(page, name, value)
        return Reply(204)
    return Reply(404)

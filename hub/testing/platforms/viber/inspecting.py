"""What tests in other processes ask of the Viber server: its state, faults to come, and how it behaves."""

import json

from hub.testing.platforms.faults import Fault, Faults
from hub.testing.platforms.messages import HTML, Reply, Request
from hub.testing.platforms.viber.state import Bot

_KNOBS = frozenset({"webhook", "status", "may_broadcast"})


def inspect(request: Request, bot: Bot, faults: Faults, requests: int) -> Reply:
    """Answer a test; hold the bot's lock.

    ``GET /__state`` shows what was sent. ``POST /__faults`` plans a fault: the fields of ``Fault``, but for an
    answer of its own ``status`` and perhaps ``page``, a text for people; besides ``times`` and ``skip``.
    ``POST /__bot`` sets ``webhook``, ``status`` or ``may_broadcast``, or adds ``followers``.

    Args:
        request: what the test asks.
        bot: the server's.
        faults: the server's.
        requests: how many it has answered.
    """
    call = (request.method, request.path)
    if call == ("GET", "/__state"):
        messages = [{"receiver": one.receiver, "text": one.text} for one in bot.messages]
        return Reply.of({"messages": messages, "followers": sorted(bot.followers), "requests": requests})
    if call == ("POST", "/__faults"):
        planned = json.loads(request.body)
        times, skip = planned.pop("times", 1), planned.pop("skip", 0)
        status, page = planned.pop("status", None), planned.pop("page", "")
        reply = Reply(status, page.encode(), HTML) if status else None
        faults.add(Fault(reply, **planned), times=times, skip=skip)
        return Reply(204)
    if call == ("POST", "/__bot"):
        wanted = json.loads(request.body)
        followers = wanted.pop("followers", [])
        if wanted.keys() - _KNOBS or not isinstance(followers, list):
            return Reply(400)
        bot.followers.update(followers)
        for name, value in wanted.items():
            setattr(bot, name, value)
        return Reply(204)
    return Reply(404)

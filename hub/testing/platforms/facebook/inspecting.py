"""What tests in other processes ask of the Facebook server: its state, faults to come, and how it behaves."""

import json

from hub.testing.platforms.facebook.state import Account
from hub.testing.platforms.faults import Fault, Faults
from hub.testing.platforms.messages import HTML, Reply, Request

_ACCOUNT = frozenset({"status", "has_accepted_terms", "most_samples", "fewest", "calls_used", "regain_minutes"})
_TOKEN = frozenset({"is_expired", "expires_at", "may_be_debugged"})


def inspect(request: Request, account: Account, faults: Faults, requests: int) -> Reply:
    """Answer a test; hold the account's lock.

    ``GET /__state`` shows what it holds. ``POST /__faults`` plans a fault: the fields of ``Fault``, but for
    an answer of its own ``status`` and perhaps ``page``, a text for people; besides ``times`` and ``skip``.
    ``POST /__account`` sets fields of the account or its token, refuses more addresses (``refused``: hashes), or
    deletes the audience ``deleted``.

    Args:
        request: what the test asks.
        account: the server's.
        faults: the server's.
        requests: how many it has answered.
    """
    call = (request.method, request.path)
    if call == ("GET", "/__state"):
        audiences = {
            one.id: {"name": one.name, "people": one.people.rows(), "sessions": len(one.sessions)}
            for one in account.audiences.values()
        }
        return Reply.of({"audiences": audiences, "requests": requests})
    if call == ("POST", "/__faults"):
        planned = json.loads(request.body)
        times, skip = planned.pop("times", 1), planned.pop("skip", 0)
        status, page = planned.pop("status", None), planned.pop("page", "")
        reply = Reply(status, page.encode(), HTML) if status else None
        faults.add(Fault(reply, **planned), times=times, skip=skip)
        return Reply(204)
    if call == ("POST", "/__account"):
        return _change(account, json.loads(request.body))
    return Reply(404)


def _change(account: Account, wanted: dict[str, object]) -> Reply:
    refused, deleted = wanted.pop("refused", []), wanted.pop("deleted", None)
    if wanted.keys() - _ACCOUNT - _TOKEN or not isinstance(refused, list):
        return Reply(400)
    account.refused.update(refused)
    account.audiences.pop(str(deleted), None)
    for name, value in wanted.items():
        setattr(account if name in _ACCOUNT else account.token, name, value)
    return Reply(204)

"""Leaving and returning when the segment is the whole audience: archived, and brought back.

Mailchimp does not tell whether an archived contact had unsubscribed. So only those still subscribed are
archived, with a mark, and only those with the mark are ever brought back.
"""

from collections.abc import Sequence

from hub_mailchimp.answers import Answer
from hub_mailchimp.api import Api, path
from hub_mailchimp.contacts import subscriber_hash
from hub_mailchimp.operations import Operation, Operations
from hub_mailchimp.subscribing import Outcome, audience_is_gone
from hub_mailchimp.tags import set_tag

MARK = "Left (Audience Hub)"
"""The tag of contacts that the hub archived."""
ARCHIVED = "This contact is archived in Mailchimp. Unarchive it there to let it in again."
_DONE = frozenset({404, 405})
"""No such contact; or it is archived, bounced or not yet confirmed."""


def archive(api: Api, list_id: str, hashes: Sequence[str], status: str) -> list[str | None]:
    """Archive those contacts that are still subscribed; returns a reason for each that is refused.

    Who has unsubscribed or bounced is left as they are: they get no mail, and it must not be forgotten.

    Args:
        api: the account.
        list_id: the audience.
        hashes: the contacts.
        status: what they return with when they return (see ``restore``).

    Raises:
        NotFound: the audience is gone.
    """
    found = _read(api, list_id, hashes)
    check_audience(api, list_id, found)
    # Who is transactional only was never subscribed, and may return as nothing else.
    reachable = {"subscribed", status}
    leaving = [hashed for hashed, one in zip(hashes, found, strict=True) if one.body.get("status") in reachable]
    set_tag(api, list_id, MARK, leaving, active=True)
    answers = Operations(api).run(
        [Operation("DELETE", path("lists", list_id, "members", hashed)) for hashed in leaving]
    )
    outcomes = dict(zip(hashes, found, strict=True)) | dict(zip(leaving, answers, strict=True))
    return [_refusal(outcomes[hashed]) for hashed in hashes]


def restore(api: Api, list_id: str, outcome: Outcome, status: str) -> None:
    """Bring back the archived contacts of an outcome that carry the mark, with a status; refuse the others."""
    archived = [address for address, shown in outcome.held.items() if shown.get("status") == "archived"]
    found = _read(api, list_id, [subscriber_hash(address) for address in archived])
    returning = [address for address, one in zip(archived, found, strict=True) if _is_marked(one)]
    hashes = [subscriber_hash(address) for address in returning]
    answers = Operations(api).run(
        [
            Operation(
                "PUT", path("lists", list_id, "members", hashed), {"email_address": address, "status": status}
            )
            for address, hashed in zip(returning, hashes, strict=True)
        ]
    )
    set_tag(api, list_id, MARK, hashes, active=False)
    for address in archived:
        outcome.refuse(address, ARCHIVED)
    for address, answer in zip(returning, answers, strict=True):
        if answer.is_success:
            outcome.accept(address, answer.body)
        else:
            outcome.refuse(address, answer.detail)


def check_audience(api: Api, list_id: str, found: Sequence[Answer]) -> None:
    """Tell an audience that is gone from one that only lacks all of these contacts.

    Raises:
        NotFound: the audience is gone.
    """
    if found and all(one.status == 404 for one in found) and api.call("GET", path("lists", list_id)).status == 404:
        raise audience_is_gone(list_id)


def _read(api: Api, list_id: str, hashes: Sequence[str]) -> list[Answer]:
    return Operations(api).run([Operation("GET", path("lists", list_id, "members", one)) for one in hashes])


def _is_marked(answer: Answer) -> bool:
    return answer.is_success and any(tag.get("name") == MARK for tag in answer.rows("tags"))


def _refusal(answer: Answer) -> str | None:
    return None if answer.is_success or answer.status in _DONE else answer.detail

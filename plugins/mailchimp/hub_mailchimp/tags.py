"""Tags, which the interface calls static segments: found, made, given to contacts and taken from them."""

from collections.abc import Sequence

from hub import NotFound, SettingsError
from hub_mailchimp.answers import Answer
from hub_mailchimp.api import Api, path
from hub_mailchimp.contacts import subscriber_hash
from hub_mailchimp.operations import Operation, Operations
from hub_mailchimp.subscribing import Outcome, audience_is_gone

_LONGEST_NAME = 100


def tag_name(api: Api, list_id: str, tag: str) -> str:
    """The name a tag has now.

    Raises:
        NotFound: the tag is gone.
    """
    answer = api.call("GET", path("lists", list_id, "segments", tag))
    if not answer.is_success:
        raise tag_is_gone(tag)
    return str(answer.body.get("name"))


def ensure_tag(api: Api, list_id: str, name: str) -> str:
    """Find the tag of that name or make it; returns its id.

    Raises:
        SettingsError: Mailchimp takes no tag of that name.
        NotFound: the audience is gone.
    """
    name = name.strip()
    if len(name) > _LONGEST_NAME:
        raise SettingsError(f"A tag's name has {_LONGEST_NAME} characters at most. Shorten {name!r}.")
    found = _find_tag(api, list_id, name)
    if found is not None:
        return found
    answer = api.call("POST", path("lists", list_id, "segments"), {"name": name, "static_segment": []})
    if answer.is_success and answer.body.get("id") is not None:
        return str(answer.body["id"])
    if answer.status == 404:
        raise audience_is_gone(list_id)
    found = _find_tag(api, list_id, name)  # Somebody may have made it a moment ago.
    if found is None:
        raise SettingsError(f"Mailchimp makes no tag {name!r}: {answer.detail} Choose another name.")
    return found


def put_tag(api: Api, list_id: str, tag: str, outcome: Outcome) -> None:
    """Tag all contacts of an outcome; those that can't be tagged become refused.

    A static segment takes 500 addresses at once but is silent about those it passes over, so each address it
    does not confirm is tagged by itself, which is answered clearly.

    Raises:
        NotFound: the tag is gone.
    """
    untagged = [address for address, shown in outcome.held.items() if not _has_tag(shown.get("tags"), tag)]
    if not untagged:
        return
    answer = api.call("POST", path("lists", list_id, "segments", tag), {"members_to_add": untagged})
    if answer.status == 404:
        raise tag_is_gone(tag)
    confirmed = set()
    if answer.is_success:
        rows = answer.rows("members_added")
        confirmed = {str(row.get("email_address", "")).strip().lower() for row in rows}
    unclear = [address for address in untagged if address not in confirmed]
    if not unclear:
        return
    name = tag_name(api, list_id, tag)
    answers = set_tag(api, list_id, name, [subscriber_hash(address) for address in unclear], active=True)
    for address, one in zip(unclear, answers, strict=True):
        if one.status == 404:
            outcome.refuse(address, "Mailchimp took the contact but does not hold it. Look for it there.")
        elif not one.is_success:
            outcome.refuse(address, one.detail)


def set_tag(api: Api, list_id: str, name: str, hashes: Sequence[str], *, active: bool) -> list[Answer]:
    """Give or take a tag, contact by contact, without starting automations that wait for tags."""
    state = "active" if active else "inactive"
    body = {"tags": [{"name": name, "status": state}], "is_syncing": True}
    return Operations(api).run(
        [Operation("POST", path("lists", list_id, "members", one, "tags"), body) for one in hashes]
    )


def tag_is_gone(tag: str) -> NotFound:
    """The tag was deleted in Mailchimp."""
    return NotFound(
        f"Mailchimp no longer has the tag with the ID {tag}: it was deleted there, and no contact carries it. "
        "Set the sync up anew to make it again."
    )


def _find_tag(api: Api, list_id: str, name: str) -> str | None:
    """Names do not tell capitals apart in Mailchimp; the very same spelling goes first."""
    alike = None
    for row in api.pages(path("lists", list_id, "segments"), "segments", type="static"):
        if row.get("name") == name:
            return str(row.get("id"))
        if str(row.get("name")).lower() == name.lower():
            alike = str(row.get("id"))
    return alike


def _has_tag(tags: object, tag: str) -> bool:
    return isinstance(tags, list) and any(isinstance(one, dict) and str(one.get("id")) == tag for one in tags)

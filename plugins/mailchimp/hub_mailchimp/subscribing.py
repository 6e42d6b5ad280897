"""Sends contacts in batches and finds out what became of each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub import NotFound
from hub_mailchimp.answers import Answer
from hub_mailchimp.api import Api, path


@dataclass
class Outcome:
    """What became of a batch, by lower-case address.

    Attributes:
        held: contacts as Mailchimp showed them afterwards; empty where it showed nothing.
        refused: reasons.
    """

    held: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def accept(self, address: str, shown: Mapping[str, Any]) -> None:
        """Note that Mailchimp holds this contact."""
        self.held[address] = shown
        self.refused.pop(address, None)

    def refuse(self, address: str, reason: str) -> None:
        """Note that Mailchimp does not hold this contact."""
        self.held.pop(address, None)
        self.refused[address] = in_plain_words(reason, address)


def in_plain_words(reason: str, address: str) -> str:
    """A reason without the address in it: reasons are shown and logged, addresses are not."""
    start = reason.lower().find(address)
    while start >= 0:
        reason = f"{reason[:start]}the address{reason[start + len(address) :]}"
        start = reason.lower().find(address, start + len("the address"))
    return reason[:1].upper() + reason[1:]


def subscribe(api: Api, list_id: str, items: Mapping[str, Mapping[str, Any]]) -> Outcome:
    """Add or update contacts.

    Mailchimp answers 200 though contacts fail, and names those by address. When it refuses the whole batch
    instead, or complains of an address nobody sent, the batch is sent again in halves until the blame is clear.

    Args:
        api: the account.
        list_id: the audience.
        items: what to send, at most 500, by lower-case address.

    Raises:
        NotFound: the audience is gone.
        NotAuthorised, TryAgain: see ``Api.call``.
    """
    outcome = Outcome()
    _subscribe(api, list_id, items, outcome)
    return outcome


def _subscribe(api: Api, list_id: str, items: Mapping[str, Mapping[str, Any]], outcome: Outcome) -> None:
    if not items:
        return
    answer = api.call(
        "POST",
        path("lists", list_id),
        {"members": list(items.values()), "update_existing": True},
        skip_merge_validation="true",
    )
    if answer.status == 404:
        raise audience_is_gone(list_id)
    unclear = _read(answer, items, outcome) if answer.is_success else list(items)
    if not unclear:
        return
    if len(items) == 1:
        outcome.refuse(unclear[0], _only_reason(answer))
        return
    middle = (len(unclear) + 1) // 2
    for part in (unclear[:middle], unclear[middle:]):
        _subscribe(api, list_id, {address: items[address] for address in part}, outcome)


def _read(answer: Answer, items: Mapping[str, Any], outcome: Outcome) -> Sequence[str]:
    """Note what is clear; return the addresses of which it is not."""
    settled = set()
    for row in (*answer.rows("new_members"), *answer.rows("updated_members")):
        address = str(row.get("email_address", "")).strip().lower()
        if address in items:
            outcome.accept(address, row)
            settled.add(address)
    unknown = 0
    for error in answer.rows("errors"):
        address = str(error.get("email_address", "")).strip().lower()
        if address in items:
            outcome.refuse(address, _reason(error))
            settled.add(address)
        else:
            unknown += 1
    rest = [address for address in items if address not in settled]
    if unknown or answer.body.get("error_count", 0) != len(answer.rows("errors")):
        return rest
    for address in rest:
        outcome.accept(address, {})
    return []


def _only_reason(answer: Answer) -> str:
    if not answer.is_success:
        return answer.detail
    errors = answer.rows("errors")
    return _reason(errors[0]) if errors else "Mailchimp refuses the contact and does not say why"


def _reason(error: Mapping[str, Any]) -> str:
    reason = str(error.get("error") or "Mailchimp refuses the contact and does not say why")
    if error.get("field_message"):
        reason += f" {error.get('field') or 'Field'}: {error['field_message']}."
    return reason


def audience_is_gone(list_id: str) -> NotFound:
    """The audience was deleted in Mailchimp, or never was."""
    return NotFound(f"Mailchimp has no audience with the ID {list_id}. Correct list_id in the settings.")

"""Deletes contacts for good: everything Mailchimp keeps of a person who was erased in the hub."""

from collections.abc import Sequence

from hub_mailchimp.api import Api, path
from hub_mailchimp.archive import check_audience
from hub_mailchimp.operations import Operation, Operations


def delete_permanently(api: Api, list_id: str, hashes: Sequence[str]) -> list[str | None]:
    """Delete contacts for good, whatever their status and whoever brought them; a reason for each refused.

    Raises:
        NotFound: the audience is gone.
    """
    answers = Operations(api).run(
        [
            Operation("POST", path("lists", list_id, "members", one, "actions", "delete-permanent"))
            for one in hashes
        ]
    )
    check_audience(api, list_id, answers)
    return [None if one.is_success or one.status == 404 else one.detail for one in answers]

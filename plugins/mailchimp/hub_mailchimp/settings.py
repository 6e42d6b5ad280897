"""What a user sets for the Mailchimp sink, and where an account's interface is found."""

import hashlib
import re
from enum import StrEnum
from typing import Annotated, Literal, Protocol
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PositiveFloat, SecretStr

from hub import Settings, SettingsError

Trait = Literal[
    "external_id", "email", "phone", "title", "first_name", "last_name", "gender", "street", "postcode", "city",
    "region", "country", "language", "orders", "tickets", "revenue", "address",
]  # fmt: skip
"""A customer's column that can go into a merge field; ``address`` is all of the postal address."""

MergeTag = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,9}$")]
"""A merge field's tag: capitals, at most 10 characters."""

_DATA_CENTRE = re.compile(r"[a-z]+[0-9]+")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def _keep_the_key_safe(value: str) -> str:
    """The key goes with every request: never in clear text over a network."""
    parts = urlsplit(value)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("base_url must be an address alone, without a user, password or query")
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not parts.hostname or not is_safe:
        raise ValueError("base_url must begin with https://")
    return value.rstrip("/")


SafeAddress = Annotated[str, AfterValidator(_keep_the_key_safe)]
"""An address the key may be sent to."""


class Target(StrEnum):
    """What a segment becomes in Mailchimp."""

    TAG = "tag"
    """A tag on the audience's contacts. Who leaves loses the tag and stays a contact."""
    AUDIENCE = "audience"
    """The whole audience. Who leaves is archived."""


class StatusIfNew(StrEnum):
    """As what a contact enters that the audience does not have yet."""

    SUBSCRIBED = "subscribed"
    """Gets mail at once."""
    PENDING = "pending"
    """Gets a mail from Mailchimp that asks to confirm (double opt-in), and nothing before that."""
    TRANSACTIONAL = "transactional"
    """Never subscribed to newsletters; can only be sent what follows from an order."""


class OnErasure(StrEnum):
    """What happens to the contact of a customer who is erased in the hub."""

    DELETE = "delete"
    """It is deleted permanently: Mailchimp takes that address again only if the person subscribes there."""
    LEAVE = "leave"
    """It leaves as any other member does."""


def _usual_merge_fields() -> dict[MergeTag, Trait]:
    return {"FNAME": "first_name", "LNAME": "last_name"}


class MailchimpSettings(Settings):
    """Settings of the Mailchimp sink."""

    api_key: SecretStr = Field(description="API key, from Profile, Extras, API keys; ends in -us3 or the like")
    list_id: str = Field(
        pattern=r"^[0-9A-Za-z]{1,50}$",
        description="audience ID, from Audience, Settings, Audience name and defaults",
    )
    base_url: SafeAddress | None = Field(
        None, description="address of the interface, /3.0 included; empty: found from the key"
    )
    target: Target = Field(
        Target.TAG, description="tag: the segment is a tag in the audience; audience: it is the audience itself"
    )
    merge_fields: dict[MergeTag, Trait] = Field(
        default_factory=_usual_merge_fields,
        description="merge field tag and the customer's column that goes into it",
    )
    status_if_new: StatusIfNew = Field(
        StatusIfNew.SUBSCRIBED,
        description="as what a new contact enters: subscribed; pending: Mailchimp asks to confirm; transactional",
    )
    on_erasure: OnErasure = Field(
        OnErasure.DELETE,
        description="customers erased in the hub are deleted from the audience for good; leave: they only leave",
    )
    timeout: PositiveFloat = Field(
        120.0, description="seconds to wait for an answer; Mailchimp itself gives up after 120"
    )

    @property
    def status_of_returned(self) -> StatusIfNew:
        """As what who was archived by the hub comes back. They had confirmed before: nobody is asked twice."""
        is_transactional = self.status_if_new is StatusIfNew.TRANSACTIONAL
        return StatusIfNew.TRANSACTIONAL if is_transactional else StatusIfNew.SUBSCRIBED


class Account(Protocol):
    """The settings that say which account it is and how to reach it, of whatever component."""

    @property
    def api_key(self) -> SecretStr:
        """The key."""

    @property
    def base_url(self) -> str | None:
        """The interface's address, or None to find it from the key."""

    @property
    def timeout(self) -> float:
        """Seconds to wait for an answer."""


def find_base_url(settings: Account) -> str:
    """Where the interface is: as set, or at the data centre the key names after its only hyphen.

    Raises:
        SettingsError: the key names no data centre.
    """
    if settings.base_url is not None:
        return settings.base_url
    parts = settings.api_key.get_secret_value().split("-")
    if len(parts) != 2 or not parts[0] or not _DATA_CENTRE.fullmatch(parts[1]):
        raise SettingsError(
            "api_key is not a Mailchimp API key: it must end in a hyphen and a data centre, such as -us3. "
            "Copy it again from Mailchimp, or set base_url."
        )
    return f"https://{parts[1]}.api.mailchimp.com/3.0"


def account_name(settings: Account) -> str:
    """Tells accounts apart without showing the key: where the interface is, and a digest of the key."""
    digest = hashlib.sha256(settings.api_key.get_secret_value().encode()).hexdigest()[:16]
    return f"mailchimp {urlsplit(find_base_url(settings)).netloc} {digest}"
